import { createHash } from 'node:crypto'
import { isMailService } from '../core/mail.ts'
import { ownershipOf } from './services.ts'
import type { Sighting } from './sighting.ts'
import { keyOf } from './sighting.ts'

/** Kinds of evidence that come from one cause count once: who published, where code reaches, what it is, what is said of it, what it needs. */
export type Group = 'who' | 'where' | 'code' | 'text' | 'needs'

export type MarkKind =
  | 'account' | 'email' | 'maildomain' | 'wallet' | 'indicator' | 'code' | 'snippet' | 'file' | 'readme' | 'metadata' | 'description' | 'package'

/** What sharing a value of a kind is worth while nobody else has it. A tie needs `TIE` from independent groups. */
export const KINDS: Readonly<Record<MarkKind, { group: Group; weight: number }>> = {
  account: { group: 'who', weight: 1 },
  email: { group: 'who', weight: 1 },
  maildomain: { group: 'who', weight: 0.5 },
  wallet: { group: 'where', weight: 0.9 },
  indicator: { group: 'where', weight: 0.8 },
  code: { group: 'code', weight: 1 },
  snippet: { group: 'code', weight: 0.5 },
  file: { group: 'code', weight: 0.6 },
  readme: { group: 'text', weight: 0.6 },
  metadata: { group: 'text', weight: 0.6 },
  description: { group: 'text', weight: 0.4 },
  package: { group: 'needs', weight: 0.5 },
}
export const TIE = 1
/** What all weak signs together may add: never a tie alone, and none with only one middling value beside them. */
export const WEAK_CAP = 0.3

/** `kind:value`, at most 140 characters: a value that others can share. */
export type Mark = `${MarkKind}:${string}`

export const kindOf = (mark: Mark): MarkKind => mark.slice(0, mark.indexOf(':')) as MarkKind
export const valueOf = (mark: Mark): string => mark.slice(mark.indexOf(':') + 1)
export const isMarkKind = (text: string): text is MarkKind => Object.hasOwn(KINDS, text)

const LONGEST = 120

/** Long values keep their beginning, for people, and a digest. */
export function mark(kind: MarkKind, value: string): Mark {
  if (value.length <= LONGEST) return `${kind}:${value}`
  return `${kind}:${value.slice(0, LONGEST - 20)}#${createHash('sha256').update(value).digest('hex').slice(0, 16)}`
}

/** Addresses that templates come with, and those at which nobody is one person. */
const NOBODY = /^(?:no-?reply|do-?not-?reply|your[._-]?e?-?mail|your[._-]?name|you|me|author|user|name|email|test|example|john\.?doe)@|@(?:.*\.)?noreply\.|@example\.(?:com|org|net)$|@(?:localhost|domain\.com|email\.com|company\.com)$/
/** Everything of a tidy sighting that others can share, but for the likeness of code, which `families.ts` knows. */
export function marksOf(sighting: Sighting): Mark[] {
  const { ecosystem, emails, indicators, files, readme, metadataFrom, dependencies, description } = sighting
  const marks: Mark[] = []
  const account = accountOf(sighting)
  if (account !== null) marks.push(mark('account', `${ecosystem}:${account}`))
  for (const email of emails) marks.push(...emailMarks(email))
  for (const { type, value } of indicators) marks.push(...indicatorMarks(type, value))
  for (const digest of files) marks.push(mark('file', digest.toLowerCase().slice(0, 40)))
  if (readme !== null) marks.push(mark('readme', readme))
  if (metadataFrom !== null) marks.push(mark('metadata', `${ecosystem}/${metadataFrom}`))
  const said = saidOf(sighting.name, description)
  if (said !== null) marks.push(mark('description', said))
  for (const name of [sighting.name, ...dependencies]) marks.push(mark('package', `${ecosystem}/${name}`))
  return [...new Set(marks)]
}

/** Go has no accounts: whose a module is stands in its path, after the host. */
export function accountOf({ ecosystem, name, account }: Pick<Sighting, 'ecosystem' | 'name' | 'account'>): string | null {
  if (account !== null || ecosystem !== 'go') return account
  const [host = '', owner = ''] = name.split('/')
  return owner === '' ? null : `${host}/${owner}`
}

/** Who stands behind it, as far as anybody knows: strangers are told apart by this. */
export const publisherOf = (sighting: Sighting): string => accountOf(sighting) ?? sighting.emails[0] ?? keyOf(sighting)

function emailMarks(email: string): Mark[] {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (!email.includes('@') || NOBODY.test(email)) return []
  return [mark('email', email), ...(isMailService(domain) ? [] : [mark('maildomain', domain)])]
}

/** An address counts as its host, because copies change paths, but for hosts that are shared. Digests of files have marks of their own. */
function indicatorMarks(type: string, value: string): Mark[] {
  if (type === 'wallet') return [mark('wallet', value)]
  if (type === 'hash' || (type === 'email' && NOBODY.test(value))) return []
  const host = type === 'url' || type === 'webhook' ? hostIn(value) : type === 'domain' || type === 'ipv4' || type === 'ipv6' ? value.toLowerCase() : null
  if (host === null) return [mark('indicator', `${type}:${value}`)]
  const owner = ownershipOf(host)
  if (owner === 'host') return [mark('indicator', `host:${host}`)]
  return owner === 'path' && host !== value.toLowerCase() ? [mark('indicator', `${type}:${value.replace(/#.*$/, '')}`)] : []
}

const hostIn = (value: string): string | null => /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^/?#:]+)/i.exec(value)?.[1]?.toLowerCase() ?? null

/** A description without the package's name and numbers, where it is long enough to be nobody else's by chance. */
function saidOf(name: string, description: string): string | null {
  const said = description.toLowerCase().replaceAll(name.toLowerCase(), '').replace(/[\d\s]+/g, ' ').trim()
  return said.length < 30 ? null : said
}
