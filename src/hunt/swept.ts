import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from '../ports/database.ts'
import type { RuleFile, UserRules } from '../yara/rules.ts'

const KEY = 'hunt rules'

/** How far the organisation's own rules have been run over what was judged before they were there. */
export interface Sweep {
  /** Of the rules this is about. */
  digest: string | null
  /** Counts up with every change of them: files below it are still to be looked at. */
  number: number
  /** The files of rules to run: new ones, and those whose text changed, since a sweep last ended. */
  names: readonly string[]
  /** Every file of rules that has been run over everything, by its name, with the digest of its text. */
  done: Readonly<Record<string, string>>
  running: boolean
  startedAt: number
  scanned: number
  matched: number
  failed: number
}

const NONE: Sweep = { digest: null, number: 0, names: [], done: {}, running: false, startedAt: 0, scanned: 0, matched: 0, failed: 0 }

export async function readSweep(query: Kysely<Tables>): Promise<Sweep> {
  const row = await query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  return row ? { ...NONE, ...JSON.parse(row.value) as Partial<Sweep> } : NONE
}

export async function writeSweep(tx: Kysely<Tables>, sweep: Sweep): Promise<void> {
  const value = JSON.stringify(sweep)
  await tx.insertInto('settings').values({ key: KEY, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
}

/** What a file that was judged with these rules need not be looked at for again. */
export async function sweepOf(tx: Kysely<Tables>, rules: UserRules | null): Promise<number> {
  if (rules === null) return 0
  const { digest, number } = await readSweep(tx)
  return digest === rules.digest ? number : 0
}

export const digestOfRules = ({ text }: RuleFile): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
