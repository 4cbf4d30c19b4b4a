import { parseEntry } from '../../ledger/entry.ts'
import type { Database } from '../../ports/database.ts'
import type { CaseEvent } from './fact.ts'

export interface CaseProblem {
  /** Id of the line. */
  event: string
  says: string
}

/** Whether each line of a case is what the ledger knows of it, and none is gone. A line that was told in the moment of a crash is not in the ledger, and says so. */
export async function verifyCase({ query }: Pick<Database, 'query'>, id: string, events: readonly CaseEvent[], digestOf: (event: CaseEvent) => string): Promise<CaseProblem[]> {
  const rows = await query.selectFrom('ledger').select('entry').where('ecosystem', 'is', null).where('name', '=', id).where('kind', '=', 'case').orderBy('seq').execute()
  const sealed = new Map<string, string>()
  for (const { entry } of rows) {
    const facts = parseEntry(entry)?.facts
    if (facts) sealed.set(String(facts['event']), String(facts['digest']))
  }
  const known = new Set(events.map((event) => event.id))
  return [
    ...events.flatMap((event): CaseProblem[] => {
      const digest = sealed.get(event.id)
      if (digest === undefined) return [{ event: event.id, says: 'the ledger does not know this line: it was told in the moment of a crash, or put there by somebody else' }]
      return digest === digestOf(event) ? [] : [{ event: event.id, says: 'this line is not what it was when it was told' }]
    }),
    ...[...sealed.keys()].filter((event) => !known.has(event)).map((event) => ({ event, says: 'this line is gone' })),
  ]
}
