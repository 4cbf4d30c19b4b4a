import { createHash } from 'node:crypto'
import { fillForm } from './forms.ts'
import type { Filled, FormId } from './forms.ts'
import { render, writeLetter } from './letter.ts'
import type { Matter, Party, Rendering, Sender } from './matter.ts'
import { leaks, marked, redact } from './redact.ts'
import type { Removed, Secrets } from './redact.ts'
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
 * What is redacted is what people, logs and packages said; the sentences around it are ours, and a token that is called `registry` does not tear
 * them apart. Throws where something is left: a message that betrays is no message.
 */
export function compose(matter: Matter, { party, sender, secrets: given, reportId, form, now }: Composing): Message {
  // In whose name it is written is no secret.
  const secrets = { ...given, allowed: [...given.allowed, sender.contact, sender.domain, sender.organisation] }
  const rendering: Rendering = party.mayReachSuspect ? 'redacted' : 'full'
  const write = (of: Matter) => {
    const letter = writeLetter(of, party, { sender, now })
    return { subject: letter.subject, ...render(letter, rendering) }
  }
  const removed: Removed[] = []
  const safe = rendering === 'full' ? matter : mapTexts(matter, (text) => {
    const done = redact(text, secrets)
    removed.push(...done.removed)
    return done.text
  })
  const { subject, text, leftOut } = write(safe)
  const filled = form === null ? null : fillForm(form, { matter: safe, sender, text, rendering })
  const attachments = filled === null ? [{ name: 'xarf.json', mediaType: 'application/json', text: `${JSON.stringify(xarfOf(matter, { reportId, sender, rendering, secrets, now }), null, 2)}\n` }] : []
  if (rendering === 'redacted') refuseLeaks([subject, text, ...attachments.flatMap((one) => stringsIn(JSON.parse(one.text))), ...stringsIn(filled)], withoutOurWords(secrets, party, { sender, now }))
  return {
    rendering, subject, text, attachments, digest: digestOf({ subject, text, attachments }), filled, leftOut,
    marked: rendering === 'full' ? text : write(mapTexts(matter, (one) => {
      const done = redact(one, secrets)
      return marked(done.whole, done.removed)
    })).text,
    removed: [...Map.groupBy(removed, ({ is }) => is)].map(([is, all]) => ({ is, times: all.length })),
  }
}

/** Every text of a matter that a stranger, a log or a person wrote, and that a suspect might read. */
function mapTexts(matter: Matter, map: (text: string) => string): Matter {
  return {
    ...matter, imitates: matter.imitates.map(map), before: matter.before.map(map),
    deeds: matter.deeds.map((deed) => ({ ...deed, says: map(deed.says), file: map(deed.file), excerpt: map(deed.excerpt) })),
    exhibits: matter.exhibits.map((exhibit) => (exhibit.nature === 'internal' ? exhibit : { ...exhibit, name: map(exhibit.name), description: map(exhibit.description) })),
    target: { ...matter.target, urls: matter.target.urls.map(map) },
  }
}

/** Words that every letter has are no sign of a leak. */
function withoutOurWords(secrets: Secrets, party: Party, { sender, now }: { sender: Sender; now: Date }): Secrets {
  const ours = ROLES.flatMap((role) => writeLetter({ ...NOTHING, target: { ...NOTHING.target, role } }, party, { sender, now }).parts.map(({ text }) => text)).join(' ').toLowerCase()
  return { ...secrets, words: secrets.words.filter(({ word }) => !ours.includes(word.toLowerCase()) && !FIELDS.includes(word.toLowerCase())) }
}

const ROLES = ['second-stage', 'command', 'look-alike', 'source'] as const
const NOTHING: Matter = {
  case: '', packages: [{ ecosystem: 'npm', name: '', versions: [], published: new Date(0), removed: new Date(0), digests: [] }], deeds: [], imitates: [''], related: [], exhibits: [], before: [''], background: null, finder: null,
  target: { type: 'domain', value: '', role: 'command', firstSeen: new Date(0), lastSeen: new Date(0), registered: new Date(0), registrar: '', nameServers: [''], addresses: [''], urls: [''], port: 1 },
}
/** Words of the formats themselves. */
const FIELDS = 'xarf version report id timestamp reporter sender org contact domain source identifier category content infrastructure type malware botnet evidence automated scan payload hash size description tags attack supply-chain ecosystem npm pypi go url registrar nameservers target brand method crawler member name value form fields json beware text plain'

export function digestOf({ subject, text, attachments }: Pick<Message, 'subject' | 'text' | 'attachments'>): string {
  return createHash('sha256').update(JSON.stringify([subject, text, attachments])).digest('hex')
}

/** Every text in a value as it will be read: also what is packed as base64. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 40 && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? [value, Buffer.from(value, 'base64').toString('utf8').slice(0, 1_000_000)] : [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

function refuseLeaks(texts: readonly string[], secrets: Secrets): void {
  const found = [...new Set(texts.flatMap((text) => leaks(text, secrets)))]
  if (found.length > 0) throw new Error(`the redacted message still shows ${found.join(', ')}`)
}
