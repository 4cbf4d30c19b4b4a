import type { Kysely } from 'kysely'
import type { Detector } from '../detectors/detector.ts'
import type { Tables } from '../ports/database.ts'
import { factId } from './keys.ts'

/**
 * Whether today's detectors can say anything else of a file than those that judged it. Only where every detector that changed states
 * what it needs, and the file has nothing of that, the answer is no. That is as sure as the facts: it holds for a changed detector on
 * facts that analysis gave before; whoever changes analysis itself takes the `needs` of the detectors that live on it back, or raises
 * one that states none.
 */
export async function mayChange(query: Kysely<Tables>, { id, rules }: { id: number; rules: number }, today: readonly Pick<Detector, 'id' | 'version' | 'needs'>[]): Promise<boolean> {
  const row = await query.selectFrom('rule_sets').select('rules').where('id', '=', rules).executeTakeFirst()
  if (!row) return true
  const changed = changedSince(row.rules, today)
  if (changed === null) return true
  if (changed.length === 0) return false
  const needs = changed.map(({ needs: one }) => one)
  if (needs.some((one) => one === undefined)) return true
  const found = await query.selectFrom('facts').select('artifact').where('artifact', '=', id).where('fact', 'in', needs.flat().map((key) => factId(key as string))).limit(1).executeTakeFirst()
  return found !== undefined
}

/** Detectors that are new or of another version. null: one is gone, whose findings are in the verdict perhaps. */
export function changedSince<D extends Pick<Detector, 'id' | 'version'>>(rules: string, today: readonly D[]): D[] | null {
  const then = new Map(rules.split(' ').filter(Boolean).map((one) => [one.slice(0, one.lastIndexOf('@')), one.slice(one.lastIndexOf('@') + 1)]))
  if ([...then.keys()].some((id) => !today.some((one) => one.id === id))) return null
  return today.filter(({ id, version }) => then.get(id) !== String(version))
}
