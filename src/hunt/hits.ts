import type { Insertable, Kysely } from 'kysely'
import { defang } from '../analysis/indicators/index.ts'
import { Revisions } from '../admission/revisions.ts'
import { oneLine } from '../core/text.ts'
import type { ArtifactRef } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import type { Common } from './common.ts'
import type { JudgedFacts } from './facts.ts'
import { networkOf } from './keys.ts'
import { familyOf, knownAmong } from './known.ts'
import type { KnownRow } from './known.ts'

type Hit = Insertable<Tables['indicator_hits']>

export interface Carrying {
  ref: ArtifactRef
  facts: JudgedFacts
  at: Date
}

/**
 * What a file that was judged carries of known indicators holds it from now on, in the transaction that writes its verdict: before
 * its first delivery. Returns whether that changed anything; every gate is told then.
 */
export async function carry(tx: Kysely<Tables>, common: Pick<Common, 'why'>, { ref, facts, at }: Carrying): Promise<boolean> {
  const known = await knownAmong(tx, facts, at.getTime())
  const wanted = new Map<string, Hit>()
  for (const [key, rows] of Map.groupBy(known, ({ type, value }) => `${type} ${value}`)) {
    const [{ type, value }] = rows as [KnownRow]
    if (await common.why(type, value) === null) wanted.set(key, hitOf(ref, rows, at))
  }
  const before = await tx.selectFrom('indicator_hits').select(['type', 'value'])
    .where('ecosystem', '=', ref.ecosystem).where('name', '=', ref.name).where('file', '=', ref.file).execute()
  const gone = before.filter(({ type, value }) => !wanted.has(`${type} ${value}`))
  const had = new Set(before.map(({ type, value }) => `${type} ${value}`))
  const added = [...wanted].filter(([key]) => !had.has(key)).map(([, hit]) => hit)
  if (gone.length === 0 && added.length === 0) return false
  for (const { type, value } of gone) {
    await tx.deleteFrom('indicator_hits').where('ecosystem', '=', ref.ecosystem).where('name', '=', ref.name).where('file', '=', ref.file)
      .where('type', '=', type).where('value', '=', value).execute()
  }
  await addHits(tx, added)
  await Revisions.record(tx, { kind: 'suspicion', ecosystem: ref.ecosystem, name: ref.name, at })
  return true
}

const ROWS = 500

export async function addHits(tx: Kysely<Tables>, hits: readonly Hit[]): Promise<void> {
  for (let from = 0; from < hits.length; from += ROWS) {
    await tx.insertInto('indicator_hits').values(hits.slice(from, from + ROWS)).onConflict((conflict) => conflict.doNothing()).execute()
  }
}

export const hitOf = ({ ecosystem, name, version, file }: ArtifactRef, rows: readonly KnownRow[], at: Date): Hit => {
  const [{ type, value }] = rows as [KnownRow]
  return { ecosystem, name, version, file, type, value, says: saysOf(rows), alarm: null, at: at.getTime() }
}

/** Whoever is refused reads this: what may not be passed on (TLP 2.0) is not in it. */
function saysOf(rows: readonly KnownRow[]): string {
  const [{ type, value }] = rows as [KnownRow]
  if (rows.every(({ tlp }) => tlp === 'red' || tlp === 'amber+strict')) return 'carries an indicator of malice that is known to this organisation'
  const open = rows.find(({ tlp }) => tlp !== 'red' && tlp !== 'amber+strict') as KnownRow
  const says = open.says === '' ? '' : `: ${open.says}`
  return oneLine(`carries ${shownIndicator(type, value)}, which ${open.source} knows as malicious${says}`, 300)
}

const WORDS = { host: 'the domain', address: 'the address', url: 'the URL', email: 'the mail address', hash: 'a file with the hash', other: 'the indicator' }

/** `the domain evil[.]example` */
export function shownIndicator(type: string, value: string): string {
  const family = familyOf(type)
  const kind = family === 'host' ? 'domain' : family === 'address' ? (networkOf(value)?.family === 6 ? 'ipv6' : 'ipv4') : family === 'url' ? 'url' : family === 'email' ? 'email' : 'hash'
  return `${WORDS[family]} ${oneLine(defang(value, kind), 200)}`
}
