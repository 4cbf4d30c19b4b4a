import { createHash } from 'node:crypto'
import { fillForm } from './forms.ts'
import type { Filled, FormId } from './forms.ts'
import { render, writeLetter } from './letter.ts'
import type { Matter, Party, Rendering, Sender } from './matter.ts'
import { leaks, marked, redact } from './redact.ts'
import type { Secrets } from './redact.ts'
import { xarfOf } from './xarf.ts'

export interface Attachment {
  name: string
  mediaType: string
  text: string
}

/** What goes to a party, ready to be read, approved and sent. */
export interface Message {
  rendering: Rendering
  subject: string
  text: string
  attachments: readonly Attachment[]
  /** SHA-256 of subject, text and attachments, hex. */
  digest: string
  /** The text as it was, with what was taken out of it marked; for the person who approves. */
  marked: string
  /** What was left out as a whole, a phrase each. */
  leftOut: readonly string[]
  /** How often what was taken out of the text. */
  removed: readonly { is: string; times: number }[]
  /** A form that is to be filled in instead of a mail; null: it is one. */
  filled: Filled | null
}

export interface Composing {
  party: Party
  sender: Sender
  secrets: Secrets
  reportId: string
  form: FormId | null
  now: Date
}

/**
 * The message to a party: redacted where the suspect may read it, and searched once more for what must not be there, attachments included.
 * Throws where something is: a message that betrays is no message.
 */
export function compose(matter: Matter, { party, sender, secrets: given, reportId, form, now }: Composing): Message {
  // In whose name it is written is no secret.
  const secrets = { ...given, allowed: [...given.allowed, sender.contact, sender.domain, sender.organisation] }
  const rendering: Rendering = party.mayReachSuspect ? 'redacted' : 'full'
  const letter = writeLetter(matter, party, { sender, now })
  const { text: written, leftOut } = render(letter, rendering)
  const safe = rendering === 'redacted' ? redact(written, secrets) : { text: written, whole: written, removed: [] }
  const subject = rendering === 'redacted' ? redact(letter.subject, secrets).text : letter.subject
  const filled = form === null ? null : fillForm(form, { matter: rendering === 'redacted' ? withoutSecrets(matter, secrets) : matter, sender, text: safe.text, rendering })
  const attachments = filled === null ? [{ name: 'xarf.json', mediaType: 'application/json', text: `${JSON.stringify(xarfOf(matter, { reportId, sender, rendering, secrets, now }), null, 2)}\n` }] : []
  const message = { rendering, subject, text: safe.text, attachments }
  if (rendering === 'redacted') refuseLeaks([subject, safe.text, ...attachments.map(({ text }) => text), JSON.stringify(filled ?? {})], secrets)
  const counts = Map.groupBy(safe.removed, ({ is }) => is)
  return {
    ...message, digest: digestOf(message), filled, leftOut, marked: marked(safe.whole, safe.removed), removed: [...counts].map(([is, all]) => ({ is, times: all.length })),
  }
}

export function digestOf({ subject, text, attachments }: Pick<Message, 'subject' | 'text' | 'attachments'>): string {
  return createHash('sha256').update(JSON.stringify([subject, text, attachments])).digest('hex')
}

/** Fields are made of what the matter says, too. */
function withoutSecrets(matter: Matter, secrets: Secrets): Matter {
  const safe = (text: string): string => redact(text, secrets).text
  return { ...matter, deeds: matter.deeds.map((deed) => ({ ...deed, says: safe(deed.says), file: safe(deed.file), excerpt: safe(deed.excerpt) })), target: { ...matter.target, urls: matter.target.urls.map(safe) } }
}

function refuseLeaks(texts: readonly string[], secrets: Secrets): void {
  const found = [...new Set(texts.flatMap((text) => leaks(text, secrets)))]
  if (found.length > 0) throw new Error(`the redacted message still shows ${found.join(', ')}`)
}
