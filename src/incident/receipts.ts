import { csvLine } from '../core/csv.ts'
import type { CaseState } from './cases/fold.ts'
import type { Text, Ticket } from './tickets/rows.ts'

/** What was written to whom and when, what came of it, and what proves it: files of an archive, by their paths. */
export interface ReceiptFile {
  path: string
  text: string
}

type Detailed = Ticket & { texts: readonly Text[]; mail: readonly { at: Date; from: string; step: string; text: string; digest: string }[] }

/**
 * The correspondence of a case as files: for each letter what was sent, when, on whose approval, with its digest and the receipt of the other
 * side; for each answer its text and digest; and a dated list of all. It is what ICANN asks for when a registrar did not act: proof of an
 * earlier report.
 */
export function receiptsOf(state: CaseState, tickets: readonly Detailed[], now: Date): ReceiptFile[] {
  const files = tickets.flatMap((ticket) => [
    ...ticket.texts.filter(({ sentAt }) => sentAt !== null).flatMap((text) => letter(ticket, text)),
    ...ticket.mail.map((mail, index) => ({ path: `${folder(ticket)}/answer-${index + 1}.txt`, text: `From: ${mail.from}\nDate: ${mail.at.toISOString()}\nTaken as: ${mail.step}\nSHA-256 of what came: ${mail.digest}\n\n${mail.text}\n` })),
  ])
  return [{ path: 'list.csv', text: list(tickets) }, { path: 'README.txt', text: readme(state, tickets, now) }, ...files]
}

function letter(ticket: Detailed, { version, subject, text, attachments, digest, approvedBy, approvedAt, sentAt, receipt }: Text): ReceiptFile[] {
  const at = `${folder(ticket)}/letter-${version}`
  return [
    { path: `${at}.txt`, text: `To: ${ticket.party.contact ?? ticket.party.name}\nDate: ${sentAt?.toISOString() ?? ''}\nSubject: ${subject}\nApproved by: ${approvedBy ?? ''}, ${approvedAt?.toISOString() ?? ''}\nReceipt: ${receipt ?? ''}\nSHA-256: ${digest}\n\n${text}` },
    ...attachments.map((one) => ({ path: `${at}-${one.name.replace(/[^\w.-]/g, '_')}`, text: one.text })),
  ]
}

const folder = ({ id, party }: Ticket): string => `${id}-${party.name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 40)}`

/** Dates, parties and digests, a line each; no cell is a formula. */
function list(tickets: readonly Detailed[]): string {
  const rows = tickets.flatMap((ticket) => [
    ...ticket.texts.flatMap(({ sentAt, digest, receipt }) => (sentAt === null ? [] : [[sentAt, 'sent', ticket, digest, receipt ?? ''] as const])),
    ...ticket.mail.map(({ at, step, digest, from }) => [at, step, ticket, digest, from] as const),
  ]).sort(([a], [b]) => a.getTime() - b.getTime())
  return [['when (UTC)', 'what', 'party', 'kind', 'about', 'sha256', 'receipt or sender'], ...rows.map(([at, what, { party, target }, digest, proof]) => [at.toISOString(), what, party.name, party.kind, target.value, digest, proof])]
    .map(csvLine).join('')
}

function readme({ title }: CaseState, tickets: readonly Detailed[], now: Date): string {
  const state = tickets.map(({ party, target, state: at, sentAt }) => `- ${party.name} (${party.kind}), about ${target.value}: ${at}${sentAt === null ? '' : `, last written to ${sentAt.toISOString()}`}`)
  return `Correspondence about: ${title}\nWritten out ${now.toISOString()}\n\nEach letter has the SHA-256 under which it was approved; the answers have that of what came in.\nlist.csv has all of it by date.\n\n${state.join('\n')}\n`
}
