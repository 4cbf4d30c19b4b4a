import type { Kysely, Selectable } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Tables } from '../../ports/database.ts'
import type { FormId } from './forms.ts'
import type { Attachment } from './message.ts'
import type { Party, Rendering, TargetType } from './matter.ts'
import { dueOf } from './state.ts'
import type { Due, Patience, TicketState } from './state.ts'

export interface Ticket {
  id: string
  case: string
  party: Party
  target: { type: TargetType; value: string }
  channel: Channel
  form: FormId | null
  state: TicketState
  sentAt: Date | null
  reminded: number
  patience: Patience
  due: Due
  createdAt: Date
  changedAt: Date
}

/** `mail`: sent when mail is configured, else written to a file; `form`: a person pastes it; `file`: somebody sends it by other means. */
export type Channel = 'mail' | 'form' | 'file'

/** One version of what was written. */
export interface Text {
  version: number
  rendering: Rendering
  subject: string
  text: string
  attachments: readonly Attachment[]
  digest: string
  writtenAt: Date
  writtenBy: string
  approvedAt: Date | null
  approvedBy: string | null
  /** It began to go out and nobody knows whether it did: only a person may go on. */
  uncertain: boolean
  sentAt: Date | null
  receipt: string | null
}

export type Row = Selectable<Tables['tickets']>


export async function rowOf(query: Kysely<Tables>, id: string): Promise<Row> {
  const row = await query.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new SluiceError('not-found', `there is no ticket ${oneLine(id, 40)}`, { hint: 'sluice ticket list lists them' })
  return row
}

export const lastText = (query: Kysely<Tables>, id: string) =>
  query.selectFrom('ticket_texts').selectAll().where('ticket', '=', id).orderBy('version', 'desc').limit(1).executeTakeFirst()

type TextRow = Selectable<Tables['ticket_texts']>

export const partsOf = ({ subject, text, attachments }: TextRow): { subject: string; text: string; attachments: Attachment[] } => ({ subject, text, attachments: JSON.parse(attachments) as Attachment[] })

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))

export function textOf(row: TextRow): Text {
  return {
    version: Number(row.version), rendering: row.rendering as Rendering, ...partsOf(row), digest: row.digest, writtenAt: new Date(Number(row.written_at)), writtenBy: row.written_by,
    approvedAt: dateOf(row.approved_at), approvedBy: row.approved_by, uncertain: row.sending_at !== null && row.sent_at === null, sentAt: dateOf(row.sent_at), receipt: row.receipt,
  }
}

/** `isWritten`: it has a text. */
export function ticketOf(row: Row, now: Date, isWritten: boolean): Ticket {
  const patience = { remind: Number(row.remind_days), escalate: Number(row.escalate_days) }
  const sentAt = dateOf(row.sent_at)
  const state = row.state as TicketState
  return {
    id: row.id, case: row.case_id, party: JSON.parse(row.party) as Party, target: { type: row.target_type as TargetType, value: row.target }, channel: row.channel as Channel, form: row.form as FormId | null,
    state, sentAt, reminded: Number(row.reminded), patience, due: dueOf({ state, isWritten, since: sentAt, reminded: Number(row.reminded), patience }, now),
    createdAt: new Date(Number(row.created_at)), changedAt: new Date(Number(row.changed_at)),
  }
}
