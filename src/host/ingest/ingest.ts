import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { BatchAnswer, BatchHead } from '../events/batch.ts'
import { BATCH, readBatch, unpacked } from '../events/batch.ts'
import type { HostEvent } from '../events/event.ts'
import { readFalco } from '../events/falco.ts'
import { hostName } from '../events/name.ts'
import type { Read } from '../events/ocsf.ts'
import { readOsquery } from '../events/osquery.ts'
import { within } from './clock.ts'
import { keepEvents } from './events.ts'
import { endOthers, keepPackages, keepRuns } from './packages.ts'
import type { Timed } from './packages.ts'
import { withoutUser } from './private.ts'
import { has, readRanges, withAll } from './ranges.ts'
import { Rate } from './rate.ts'
import { speaksFor } from './speaks.ts'
import { noticesOf } from './telling.ts'

export interface IngestParts {
  database: Database
  clock: Clock
  notifier: Notifier
  /** Whether a name is the organisation's own: a public advisory about it is about somebody else's package. */
  isPrivate(ecosystem: EcosystemId, name: string): boolean
  /** Milliseconds that users and hosts are kept; 0: never written down; null: for good. */
  keep: { users: number | null; hosts: number | null }
}

/** Whoever sends, by the token. */
export interface Speaker {
  id: string
  name: string
}

export interface Forwarded {
  hosts: { name: string; taken: number; duplicates: number }[]
  refused: string[]
  refusedTotal: number
}

type Refused = BatchAnswer['refused'][number]

const TOLD = 20
const PROBLEMS = 20

/** Takes what machines tell. Everything in it is a claim: who may make it is checked, what it says is not. */
export class HostIngest {
  readonly #parts: IngestParts
  readonly #rate: Rate
  /** Since this process began. */
  readonly counted = { taken: 0, duplicate: 0, refused: 0 }

  constructor(parts: IngestParts) {
    this.#parts = parts
    this.#rate = new Rate(parts.clock)
  }

  /** A batch as it came. Throws `usage` where it cannot be taken as a whole, `forbidden` where this token may not speak for that machine, `rate-limited` where it sends too much. */
  async batch(speaker: Speaker, bytes: Uint8Array, coding: string | null): Promise<BatchAnswer> {
    this.#rate.take(speaker.id, 1, 0)
    const { head, lines } = await readBatch(bytes, coding)
    return this.take(speaker, head, lines)
  }

  /** What another program wrote of one or more machines. What is not of its form is counted; the rest is taken, machine by machine. Throws as `batch` does. */
  async forwarded(speaker: Speaker, source: 'falco' | 'osquery', { bytes, coding }: { bytes: Uint8Array; coding: string | null }): Promise<Forwarded> {
    this.#rate.take(speaker.id, 1, 0)
    const text = await unpacked(bytes, coding)
    const read = source === 'falco' ? readFalco(text, BATCH.events) : readOsquery(text, BATCH.events)
    if (read.length > BATCH.events) throw new SluiceError('usage', `more than ${BATCH.events} events were sent at once`, { hint: 'send fewer' })
    const refused = read.flatMap((one) => ('problem' in one ? [one.problem] : []))
    const events = read.flatMap((one) => ('problem' in one ? [] : [one]))
    const hosts: Forwarded['hosts'] = []
    for (const [host, some] of Map.groupBy(events, ({ event }) => event.host)) {
      const answer = await this.take(speaker, { host, spool: null }, some)
      hosts.push({ name: host, taken: answer.taken, duplicates: answer.duplicates })
    }
    return { hosts, refused: [...new Set(refused)].slice(0, TOLD), refusedTotal: refused.length }
  }

  /** Events that were read already; without a spool they count once by their ids. */
  async take(speaker: Speaker, head: Pick<BatchHead, 'host'> & { spool: string | null; complete?: string | undefined }, lines: readonly Read[]): Promise<BatchAnswer> {
    const { database, clock, keep, notifier } = this.#parts
    const name = hostName(head.host)
    if (name === null) throw new SluiceError('usage', `no machine can be called ${oneLine(head.host, 80)}`, { hint: 'letters, digits and . _ : -' })
    if (keep.hosts === 0) throw new SluiceError('usage', 'this gate keeps nothing of machines: privacy.keep.hosts is 0', { hint: 'set it to a duration in sluice.yaml' })
    await speaksFor(database, { token: speaker.id, host: name, now: clock.now() })
    this.#rate.take(speaker.id, 0, lines.length)
    const received = clock.now().getTime()
    const answer = await database.transaction(async (tx): Promise<BatchAnswer> => {
      const host = await hostId(tx, name, received)
      const known = head.spool === null ? undefined : await tx.selectFrom('host_spools').select('taken').where('host', '=', host).where('spool', '=', head.spool).executeTakeFirst()
      const taken = readRanges(known?.taken ?? '[]')
      const sorted = sort(lines, { name, taken, received, anonymous: keep.users === 0 })
      const stored = await keepEvents(tx, host, sorted.events, received)
      const unkept = await keepPackages(tx, host, stored)
      await keepRuns(tx, host, stored)
      for (const notice of await noticesOf(tx, name, stored, { at: new Date(received), isPrivate: this.#parts.isPrivate })) await notifier.notify(notice, tx)
      const ended = head.complete === undefined ? 0 : await endOthers(tx, host, { session: head.complete, at: received, isEmpty: lines.length === 0 })
      if (head.spool !== null) await keepSpool(tx, { host, spool: head.spool, taken: JSON.stringify(withAll(taken, sorted.sequences)), last_at: received })
      await keepHost(tx, host, { received, events: stored.length, unkept, refused: sorted.refused, complete: head.complete !== undefined })
      return {
        spool: head.spool ?? '', known: known !== undefined, upTo: sorted.sequences.reduce<number | null>((most, one) => Math.max(most ?? 0, one), null), taken: stored.length,
        duplicates: sorted.again + sorted.events.length - stored.length, ended, refused: sorted.refused.slice(0, TOLD), refusedTotal: sorted.refused.length,
      }
    })
    this.counted.taken += answer.taken
    this.counted.duplicate += answer.duplicates
    this.counted.refused += answer.refusedTotal
    return answer
  }
}

/** Which of the lines are new and of this machine. */
function sort(lines: readonly Read[], { name, taken, received, anonymous }: { name: string; taken: ReturnType<typeof readRanges>; received: number; anonymous: boolean }) {
  const events: (Timed & { clock: 'late' | 'future' | null })[] = []
  const sequences: number[] = []
  const refused: Refused[] = []
  let again = 0
  for (const line of lines) {
    if ('problem' in line) {
      refused.push({ sequence: null, says: line.problem })
      continue
    }
    const { event, sequence } = line
    if (sequence !== null) {
      if (has(taken, sequence)) {
        again += 1
        sequences.push(sequence)
        continue
      }
      sequences.push(sequence)
    }
    if (hostName(event.host) !== name) {
      refused.push({ sequence, says: `an event of another machine: ${oneLine(event.host, 80)}` })
      continue
    }
    events.push({ event: clean(anonymous ? withoutUser(event) : event), ...within(event.at.getTime(), received) })
  }
  return { events: events.sort((a, b) => a.at - b.at), sequences, refused, again }
}

/** PostgreSQL takes no NUL in text; nobody needs control characters in names. */
function clean(event: HostEvent): HostEvent {
  const line = (text: string | null, most: number): string | null => (text === null ? null : oneLine(text.toWellFormed(), most))
  return {
    ...event, user: line(event.user, 255), session: line(event.session, 64), says: oneLine(event.says.toWellFormed(), 500), source: oneLine(event.source, 64), place: line(event.place, 4_096),
    package: event.package && { ...event.package, version: line(event.package.version, 255) },
  }
}

async function hostId(tx: Kysely<Tables>, name: string, at: number): Promise<string> {
  await tx.insertInto('hosts').values({ id: randomUUID(), name, first_at: at, last_at: at, complete_at: null, events: 0, refused: 0, unkept: 0, problems: '[]' }).onConflict((conflict) => conflict.column('name').doNothing()).execute()
  return (await tx.selectFrom('hosts').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
}

const keepSpool = (tx: Kysely<Tables>, row: Tables['host_spools']): Promise<unknown> =>
  tx.insertInto('host_spools').values(row).onConflict((conflict) => conflict.columns(['host', 'spool']).doUpdateSet({ taken: row.taken, last_at: row.last_at })).execute()

async function keepHost(tx: Kysely<Tables>, id: string, { received, events, unkept, refused, complete }: { received: number; events: number; unkept: number; refused: readonly Refused[]; complete: boolean }): Promise<void> {
  const row = await tx.selectFrom('hosts').select('problems').where('id', '=', id).executeTakeFirstOrThrow()
  const problems = [...JSON.parse(row.problems) as unknown[], ...refused.slice(-PROBLEMS).map(({ says }) => ({ at: received, says }))].slice(-PROBLEMS)
  await tx.updateTable('hosts').set((is) => ({
    last_at: received, events: is('events', '+', events), unkept: is('unkept', '+', unkept), refused: is('refused', '+', refused.length), problems: JSON.stringify(problems), ...(complete ? { complete_at: received } : {}),
  })).where('id', '=', id).execute()
}
