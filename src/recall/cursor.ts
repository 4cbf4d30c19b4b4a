import type { Kysely } from 'kysely'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'

export interface Package { ecosystem: EcosystemId; name: string }

/** How far decisions have been compared with what was taken back. */
export interface Cursor {
  /** The last change that was looked at. */
  seq: number
  /** The policy by which all was last compared. */
  policy: string | null
  /** Packages behind the cursor that could not be compared: tried again, while all others go on. */
  later?: readonly Package[]
}

const KEY = 'recall cursor'
/** Packages that may wait so; where more fail, it is not they that are at fault. */
const LATER = 200

export async function readCursor(query: Kysely<Tables>): Promise<Cursor> {
  const row = await query.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  return row ? JSON.parse(row.value) as Cursor : { seq: 0, policy: null }
}

export async function keepCursor(query: Kysely<Tables>, cursor: Cursor): Promise<Cursor> {
  const value = JSON.stringify(cursor)
  await query.insertInto('settings').values({ key: KEY, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  return cursor
}

/** With packages that wait. Throws `storage` where too much fails: the cursor stays where it is then. */
export function postponed(cursor: Cursor, failed: readonly Package[]): Cursor {
  if (failed.length === 0) return cursor
  const later = [...new Map([...cursor.later ?? [], ...failed].map((one) => [`${one.ecosystem}/${one.name}`, one])).values()]
  if (later.length > LATER) throw new SluiceError('storage', `${later.length} packages cannot be compared with what was taken back`)
  return { ...cursor, later }
}
