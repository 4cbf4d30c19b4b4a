import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { TicketStep } from './state.ts'

/** A letter that came back. */
export interface Reply {
  at: Date
  /** A mailbox, or who said it. */
  from: string
  text: string
  /** SHA-256 of what came in, hex: the same letter is taken once. */
  digest: string
}

const LARGEST = 10 * 1024 * 1024

/** Reads a mail file (RFC 5322, as mail programs save it). Throws `usage` for what is none, or too large. */
export async function readMail(bytes: Uint8Array): Promise<Reply & { subject: string; suggests: TicketStep }> {
  if (bytes.length > LARGEST) throw new SluiceError('usage', 'a mail of more than 10 MiB is not read', { hint: 'paste its text instead' })
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 32, maxHeadersSize: 256 * 1024 }).catch((cause: unknown) => { throw new SluiceError('usage', 'this is no mail that can be read', { cause }) })
  const at = new Date(mail.date ?? Number.NaN)
  const from = mail.from && 'address' in mail.from ? mail.from.address ?? '' : ''
  if (from === '' || Number.isNaN(at.getTime())) throw new SluiceError('usage', 'this is no mail: it names no sender or no date', { hint: 'save it as .eml with its headers, or paste the text with --text' })
  const text = (mail.text ?? textOf(mail.html ?? '')).slice(0, 200_000)
  const automatic = mail.headers.some(({ key, value }) => (key === 'auto-submitted' && !/^no\b/i.test(value)) || key === 'x-autoreply' || (key === 'precedence' && /auto_reply|bulk/i.test(value)))
  return { at, from: oneLine(from, 300), subject: oneLine(mail.subject ?? '', 300), text, digest: createHash('sha256').update(bytes).digest('hex'), suggests: suggest(text, automatic) }
}

/** Words in which abuse desks say what they did, the most particular first. A person has the last word. */
const SIGNS: readonly { step: TicketStep; sign: RegExp }[] = [
  { step: 'mitigate', sign: /\b(?:has|have|was|were|is|been)\b[^.]{0,60}\b(?:suspended|disabled|taken down|removed|terminated|blocked|null-?routed|deactivated|placed on (?:client|server) ?hold)\b/i },
  { step: 'forward', sign: /\b(?:forwarded|passed (?:it |this |your \w+ )?on|relayed|notified|informed|contacted)\b[^.]{0,80}\b(?:customer|registrant|holder|client|owner|reseller|user)\b/i },
  { step: 'forward', sign: /\b(?:customer|registrant|holder|client|owner)\b[^.]{0,60}\b(?:was|has been|were|have been) (?:notified|informed|told|contacted)\b/i },
  { step: 'refuse', sign: /\b(?:unable to (?:act|assist|help|take)|cannot (?:act|take|assist)|do(?:es)? not violate|no violation|decline|not the (?:right|responsible|hosting))\b/i },
]

/** What an answer seems to be. An automatic one acknowledges and promises nothing, whatever it says. */
function suggest(text: string, automatic: boolean): TicketStep {
  if (automatic) return 'acknowledge'
  // What they quote of ours is not their word.
  const own = text.split('\n').filter((line) => !line.startsWith('>')).join('\n').slice(0, 20_000)
  return SIGNS.find(({ sign }) => sign.test(own))?.step ?? 'reply'
}

const textOf = (html: string): string => html.slice(0, 1_000_000).replace(/<(?:style|script)\b[^>]*>[^]*?<\/(?:style|script)>/gi, ' ').replace(/<[^>]{0,2000}>/g, ' ').replace(/&nbsp;/g, ' ').replace(/[ \t]+/g, ' ')
