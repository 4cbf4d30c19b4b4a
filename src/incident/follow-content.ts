import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import { settle } from './content.ts'
import type { Content, Seen } from './content.ts'
import type { Response } from './response.ts'

/** How often an address is looked at, and how many at a time. */
const EVERY = 6 * 3_600_000
const AT_ONCE = 20
const LOOKED_AFTER: ReadonlySet<string> = new Set(['sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated', 'verified'])

/** Looks at the addresses that letters were written about: gone, there again, or with other bytes, which a person has to judge. */
export async function followContent({ database, clock, response, look }: { database: Pick<Database, 'query'>; clock: Clock; response: Response; look: (url: string) => Promise<Content> }): Promise<void> {
  const now = clock.now()
  const rows = await database.query.selectFrom('tickets').select(['id', 'case_id', 'target', 'content']).where('target_type', '=', 'url').where('state', 'in', [...LOOKED_AFTER]).orderBy('changed_at').limit(1_000).execute()
  const due = rows.map((row) => ({ ...row, seen: row.content === null ? null : JSON.parse(row.content) as Seen & { looked: number } })).filter(({ seen }) => seen === null || seen.looked + EVERY <= now.getTime())
  for (const { id, case_id: of, target, seen: before } of due.slice(0, AT_ONCE)) {
    const { seen, state, changed } = settle(before, await look(target), now)
    if (state !== null) await response.tickets.observed(id, { gone: state === 'gone', says: `${target} is ${state === 'gone' ? 'not there any more: its server says so' : 'there again'}`, at: now, source: 'a look at the address' })
    if (changed !== null) await response.cases.tell(of, { id: `content ${id} ${now.getTime()}`, at: now, source: 'a look at the address', by: 'sluice', says: `${target}: ${changed}`, fact: { kind: 'note' } })
    await database.query.updateTable('tickets').set({ content: JSON.stringify({ ...seen, looked: now.getTime() }) }).where('id', '=', id).execute()
  }
}
