import { createHash } from 'node:crypto'
import { ZodError } from 'zod'
import { SluiceError } from '../../core/errors.ts'
import { fillForm } from './forms.ts'
import type { Filled, FormId } from './forms.ts'
import { render, writeLetter } from './letter.ts'
import type { Exhibit, Matter, Party, Rendering, Sender } from './matter.ts'
import { leaks, marked, redact, standing } from './redact.ts'
import type { Removed, Secrets } from './redact.ts'
import { attachable, xarfOf } from './xarf.ts'

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
  /** How often what was taken out of the text and of what is attached. */
  removed: readonly { is: string; times: number }[]
  /** A form that is to be filled in instead of a mail; null: it is one. Its fields are attached, so that the digest stands for them. */
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
  const attached = filled === null ? xarfFor(safe, { reportId, sender, rendering, secrets, now }) : formFiles(filled)
  const shown = rendering === 'full' || filled !== null ? [] : matter.exhibits.flatMap((exhibit) => marksIn(exhibit, secrets))
  if (rendering === 'redacted') {
    const texts = filled === null ? attached.flatMap((one) => stringsIn(JSON.parse(one.text))) : stringsIn([filled.fields, filled.json])
    refuseLeaks([subject, text, ...texts], withoutOurWords(secrets, party, { sender, now }))
  }
  removed.push(...shown.flatMap((one) => one.removed))
  return {
    rendering, subject, text, attachments: attached, digest: digestOf({ subject, text, attachments: attached }), filled, leftOut,
    marked: rendering === 'full' ? text : [write(mapTexts(matter, (one) => {
      const done = redact(one, secrets)
      return marked(done.whole, done.removed)
    })).text, ...shown.map((one) => one.marked)].join('\n'),
    removed: [...Map.groupBy(removed, ({ is }) => is)].map(([is, all]) => ({ is, times: all.length })),
  }
}

/** None where the target is nothing that XARF has a report for: the letter says all of it. */
function xarfFor(matter: Matter, reporting: Parameters<typeof xarfOf>[1]): Attachment[] {
  try {
    return [{ name: 'xarf.json', mediaType: 'application/json', text: `${JSON.stringify(xarfOf(matter, reporting), null, 2)}\n` }]
  } catch (thrown) {
    if (thrown instanceof ZodError) return []
    throw thrown
  }
}

/** What is pasted is what was approved, so it is kept with the text and under its digest: to be read, and as the API takes it. */
function formFiles({ form, fields, json, beware }: Filled): Attachment[] {
  const text = [`Form: ${form}`, ...beware.map((one) => `Beware: ${one}`), ...fields.map(({ name, value }) => `\n== ${name}\n${value}`)].join('\n')
  return [{ name: 'form.txt', mediaType: 'text/plain', text: `${text}\n` }, ...(json === null ? [] : [{ name: 'form.json', mediaType: 'application/json', text: `${JSON.stringify(json, null, 2)}\n` }])]
}

const LINES = 200

/** What goes out of an exhibit that is attached, in place; of a long one the lines in which something is taken out. */
function marksIn(exhibit: Exhibit, secrets: Secrets): { marked: string; removed: readonly Removed[] }[] {
  const text = attachable(exhibit, secrets)
  if (text === null) return []
  const done = redact(text, secrets)
  const lines = marked(done.whole, done.removed).split('\n')
  const shown = lines.length <= LINES ? lines : lines.filter((line) => line.includes('⟦')).slice(0, LINES)
  const head = `Attached: ${exhibit.name}${shown.length < lines.length ? `, ${lines.length} lines, of which those with something taken out` : ''}:`
  return [{ marked: [head, ...shown.map((line) => `    ${line}`)].join('\n'), removed: done.removed }]
}

/** Every text of a matter that a stranger, a log or a person wrote, and that a suspect might read. Addresses that cannot be shown whole are shortened or left out: half an address is none. */
function mapTexts(matter: Matter, map: (text: string) => string): Matter {
  const { target } = matter
  const isOpen = (text: string): boolean => map(text) === text
  return {
    ...matter, imitates: matter.imitates.map(map), before: matter.before.map(map),
    deeds: matter.deeds.map((deed) => ({ ...deed, says: map(deed.says), file: map(deed.file), excerpt: map(deed.excerpt) })),
    exhibits: matter.exhibits.map((exhibit) => (exhibit.nature === 'internal' ? exhibit : { ...exhibit, name: map(exhibit.name), description: map(exhibit.description) })),
    target: {
      ...target, urls: [...new Set(target.urls.flatMap((url) => [url, ...shorter(url)].find(isOpen) ?? []))],
      nameServers: target.nameServers.filter(isOpen), addresses: target.addresses.filter(isOpen), registrar: target.registrar === null ? null : map(target.registrar),
    },
  }
}

/** Without login and query, in which one machine may be known again; then its host alone. */
function shorter(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { protocol, host, pathname } = new URL(url)
  return [`${protocol}//${host}${pathname}`, `${protocol}//${host}/`]
}

/** Words that every letter has are no sign of a leak. */
function withoutOurWords(secrets: Secrets, party: Party, { sender, now }: { sender: Sender; now: Date }): Secrets {
  const ours = `${ROLES.flatMap((role) => writeLetter({ ...NOTHING, target: { ...NOTHING.target, role } }, party, { sender, now }).parts.map(({ text }) => text)).join(' ')} ${FIELDS}`
  const known = new Set(standing(ours, secrets.words))
  return { ...secrets, words: secrets.words.filter((one) => !known.has(one)) }
}

const ROLES = ['second-stage', 'command', 'look-alike', 'source'] as const
const NOTHING: Matter = {
  case: '', packages: [{ ecosystem: 'npm', name: '', versions: [], published: new Date(0), removed: new Date(0), digests: [] }], imitates: [''], related: [], before: [''], background: null, finder: null,
  deeds: [{ says: '', file: '', lines: [1, 2], excerpt: '', detector: null }], exhibits: [{ name: '', mediaType: '', digest: '', size: 0, description: '', bytes: null, nature: 'document' }],
  target: { type: 'domain', value: '', role: 'command', firstSeen: new Date(0), lastSeen: new Date(0), registered: new Date(0), registrar: '', nameServers: [''], addresses: [''], urls: [''], port: 1 },
}
/** Words of the formats themselves, and of what stands for a gap. */
const FIELDS = 'removed: the finder. report. ticket. user. rule. token. address. host. mailbox of ours. internal. password. affected somebody. indicator that is not public. malicious-package. '
  + 'xarf version report id timestamp reporter sender org contact domain source identifier category content infrastructure type malware botnet evidence automated scan payload hash size description tags attack supply-chain ecosystem npm pypi go url registrar nameservers target brand method crawler member name value form fields json beware text plain '
  + 'used by malicious packages, what the code of the package does, with file and line; imitates package infrastructure; typosquatting homograph account repository webhook address '
  + 'abuse threat send anon host owner notification justification act email urls anonymous submission download query submit ioc payload delivery unknown confidence level iocs kind summary inspector extra versions project link to the offending reason message'

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
  if (found.length > 0) throw new SluiceError('usage', `this letter would still show ${found.join(', ')} to whom it is about, and is not written`, { hint: 'look at the target, its name servers and the evidence of the case' })
}
