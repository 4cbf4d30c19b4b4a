import type { Generated } from 'kysely'

/** What incidents keep. Same words as in `database.ts`. */
export interface CaseTables {
  cases: CasesTable
  case_events: CaseEventsTable
  case_subjects: CaseSubjectsTable
}

/** What the lines of each case add up to, for lists. */
interface CasesTable {
  id: string
  title: string
  severity: string
  tlp: string
  state: string
  outcome: string | null
  assignee: string | null
  opened_at: number
  changed_at: number
  closed_at: number | null
}

/** The lines of all cases. Rows are added, and nothing else. */
interface CaseEventsTable {
  seq: Generated<number>
  case_id: string
  id: string
  at: number
  precision: string
  told_at: number
  source: string
  by: string
  says: string
  /** JSON of a `Fact`. */
  fact: string
}

/** Which cases speak of a package (`npm:name`), a campaign or an observable (`domain:evil.example`). */
interface CaseSubjectsTable {
  case_id: string
  subject: string
}
