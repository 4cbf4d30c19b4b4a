import type { Kysely } from 'kysely'
import { affects } from '../../core/affects.ts'
import { oneLine } from '../../core/text.ts'
import type { Advisory, EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Tables } from '../../ports/database.ts'
import type { Notice } from '../../ports/notifier.ts'
import type { Timed } from './packages.ts'

const NAMES = 400
/** Of one batch; a machine that is told of for the first time may have many. */
const MOST = 20
const LINES = 10

/** What people are told of a batch: alarms of the machine, and packages it has or ran that were taken back, or that an advisory calls malicious. Each once. */
export async function noticesOf(tx: Kysely<Tables>, host: string, told: readonly Timed[], { at, isPrivate }: { at: Date; isPrivate: (ecosystem: EcosystemId, name: string) => boolean }): Promise<Notice[]> {
  const alarms = told.filter(({ event: { kind } }) => kind === 'alarm' || kind === 'blocked')
  const had = new Map<string, { ecosystem: EcosystemId; name: string; version: string; ran: boolean; place: string | null }>()
  for (const { event: { kind, package: one, place } } of told) {
    if ((kind !== 'installed' && kind !== 'ran') || !one || one.version === null) continue
    const key = `${one.ecosystem}:${one.name}@${one.version}`
    had.set(key, { ecosystem: one.ecosystem, name: one.name, version: one.version, ran: kind === 'ran' || had.get(key)?.ran === true, place })
  }
  const bad = await knownBad(tx, [...had.values()], isPrivate)
  return [
    ...alarms.slice(0, 1).map(({ event }): Notice => ({
      id: `machine ${host} alarms ${event.id}`, kind: 'alarm', title: `${alarms.length} ${alarms.length === 1 ? 'alarm' : 'alarms'} on ${host}`, at, data: { host, alarms: alarms.length, source: event.source },
      text: [...alarms.slice(0, LINES).map(({ event: { kind, says, package: one } }) => oneLine(`${kind === 'blocked' ? 'stopped: ' : ''}${one === null ? '' : `${one.name}: `}${says}`, 300)), ...(alarms.length > LINES ? [`and ${alarms.length - LINES} more`] : []), `What it says itself: sluice hosts events ${host}`].join('\n'),
    })),
    ...bad.slice(0, MOST).map(({ one: { ecosystem, name, version, ran, place }, because }): Notice => ({
      id: `machine ${host} ${ran ? 'ran' : 'has'} ${ecosystem}:${name}@${version}`, kind: 'alarm', title: `${host} ${ran ? 'ran' : 'has'} ${ecosystem} ${name} ${version}`, at, data: { host, ecosystem, name, version, ran },
      text: [`${because}.`, ...(place === null ? [] : [oneLine(place, 300)]), `Who else has it: sluice trace ${ecosystem}:${name}@${version}`].join('\n'),
    })),
  ]
}

async function knownBad<One extends { ecosystem: EcosystemId; name: string; version: string }>(tx: Kysely<Tables>, all: readonly One[], isPrivate: (ecosystem: EcosystemId, name: string) => boolean): Promise<{ one: One; because: string }[]> {
  const found: { one: One; because: string }[] = []
  for (const [ecosystem, some] of Map.groupBy(all, (one) => one.ecosystem)) {
    const { compareVersions } = ecosystems[ecosystem]
    for (let from = 0; from < some.length; from += NAMES) {
      const part = some.slice(from, from + NAMES)
      const names = [...new Set(part.map(({ name }) => name))]
      const taken = await tx.selectFrom('tombstones').select(['name', 'version']).distinct().where('ecosystem', '=', ecosystem).where('name', 'in', names).where('step', 'in', ['decided', 'recorded', 'withdrawn']).execute()
      const advisories = await tx.selectFrom('advisories').select(['id', 'name', 'versions', 'ranges', 'summary']).where('ecosystem', '=', ecosystem).where('name', 'in', names).where('malicious', '=', 1).where('withdrawn', 'is', null).execute()
      for (const one of part) {
        const advisory = isPrivate(ecosystem, one.name) ? undefined : advisories.find(({ name, versions, ranges }) => name === one.name && affects({ versions: JSON.parse(versions) as string[], ranges: JSON.parse(ranges) as Advisory['ranges'] }, one.version, compareVersions))
        const isTaken = taken.some(({ name, version }) => name === one.name && compareVersions(version, one.version) === 0)
        if (isTaken || advisory) found.push({ one, because: isTaken ? 'It was recalled here' : oneLine(`${advisory?.id}: ${advisory?.summary}`, 400) })
      }
    }
  }
  return found
}
