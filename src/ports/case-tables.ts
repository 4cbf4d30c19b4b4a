import type { Generated } from 'kysely'

/** What incidents keep. Same words as in `database.ts`. */
export interface CaseTables {
  cases: CasesTable
  case_events: CaseEventsTable
  case_subjects: CaseSubjectsTable
  reports: ReportsTable
  observers: ObserversTable
  tickets: TicketsTable
  ticket_texts: TicketTextsTable
  ticket_mail: TicketMailTable
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

/** Requests to a party to end something. What happened to them is in the case's lines; this is where they stand. */
interface TicketsTable {
  id: string
  case_id: string
  /** JSON of a `Party`. */
  party: string
  target_type: string
  target: string
  /** mail, form or file. */
  channel: string
  form: string | null
  state: string
  /** UUID of its reports: the same at every sending. */
  report_id: string
  /** When it was last sent, and how many reminders followed. */
  sent_at: number | null
  reminded: number
  remind_days: number
  escalate_days: number
  /** What people were last told is due; null: nothing. */
  due_told: string | null
  /** JSON of what the last looks at an address found; null: it was not looked at. */
  content: string | null
  created_at: number
  changed_at: number
}

/** What was written, version by version; one that was approved or sent never changes. */
interface TicketTextsTable {
  ticket: string
  version: number
  /** full or redacted. */
  rendering: string
  subject: string
  text: string
  /** JSON: `{name, mediaType, text}` of what goes along. */
  attachments: string
  /** SHA-256 over subject, text and attachments, hex: what is approved is this. */
  digest: string
  written_at: number
  written_by: string
  approved_at: number | null
  approved_by: string | null
  /** Set before it goes out, so that after a crash nobody sends it twice. */
  sending_at: number | null
  sent_at: number | null
  /** What the receiving side said, or where the file was put. */
  receipt: string | null
}

/** Letters that came back, as they were. Rows are added, and nothing else. */
interface TicketMailTable {
  ticket: string
  seq: number
  at: number
  told_at: number
  by: string
  sender: string
  /** What it was taken for: acknowledge, reply, forward, refuse, mitigate. */
  step: string
  text: string
  /** SHA-256 of what came in, hex. */
  digest: string
}

/** What people and programs said of packages. Rows change in `state` and `case_id` alone. */
interface ReportsTable {
  id: string
  kind: string
  ecosystem: string
  name: string
  /** JSON lists. */
  versions: string
  evidence: string
  summary: string
  link: string | null
  observer: string
  contact: string | null
  state: string
  case_id: string | null
  at: number
  repeats: string | null
  /** 1: with it there was enough to hold the package. */
  holds: number
}

/** Who reported something, and how often they were right. */
interface ObserversTable {
  id: string
  machine: number
  trusted: number
  correct: number
  wrong: number
}
