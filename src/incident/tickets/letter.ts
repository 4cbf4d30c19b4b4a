import { defang } from '../../analysis/indicators/index.ts'
import type { BadPackage, Deed, Exhibit, Matter, Party, PartyKind, Rendering, Sender, Target } from './matter.ts'

/** A letter before anything is taken out of it: parts for everybody, and parts for whom may know everything. */
export interface Letter {
  subject: string
  parts: readonly Part[]
}

interface Part {
  text: string
  /** Why it is not for everybody; null: it is. */
  confidential: string | null
}

/** Lines of plain text in mails (RFC 3676 §4.2 recommends at most 78). */
const COLUMNS = 76
const DEEDS = 6
const URLS = 20

/**
 * A complaint in plain words: what, where, since when, how we know, what is asked and on what grounds, so that somebody who reads fifty of them a
 * day can act on it. Addresses are defanged: spam filters drop mails with live ones, and the report that is attached has them whole.
 */
export function writeLetter(matter: Matter, party: Party, { sender, now }: { sender: Sender; now: Date }): Letter {
  const { target } = matter
  const everybody = (text: string): Part => ({ text, confidential: null })
  const only = (confidential: string, text: string): Part => ({ text, confidential })
  const shown = spelled(target)
  return {
    subject: `Abuse report: ${target.type === 'package' ? 'malicious package' : SUBJECTS[target.role]}: ${shown}`,
    parts: [
      everybody(wrap(`To the abuse desk of ${party.name}`)),
      everybody(wrap(opening(matter, party, sender))),
      everybody(section('What it is', facts(target).map(bullet))),
      ...(matter.imitates.length > 0 ? [everybody(section('Whom it imitates', matter.imitates.map(bullet)))] : []),
      ...(matter.packages.length > 0 ? [everybody(section('The malicious package', matter.packages.flatMap(about).map(bullet)))] : []),
      ...(matter.deeds.length > 0 ? [everybody(section('What its code does', matter.deeds.slice(0, DEEDS).map(deed)))] : []),
      ...(matter.related.length > 0 ? [only('other addresses of the same people, which are not public', section('Related', matter.related.map(({ value, relation }) => bullet(`${defanged(value)} (${relation.replaceAll('_', ' ')})`))))] : []),
      ...(matter.exhibits.length > 0 ? exhibits(matter.exhibits) : []),
      everybody(section('What we ask', asks(target, party.kind).map(bullet))),
      everybody(section('Grounds', grounds(target, party.kind).map(bullet))),
      ...(matter.before.length > 0 ? [everybody(section('Earlier letters about this', matter.before.map(bullet)))] : []),
      ...(matter.background === null ? [] : [only('who is affected, and how it was noticed', section('Background', [wrap(matter.background)]))]),
      ...(matter.finder === null ? [] : [only('who found it', wrap(`Found by ${matter.finder.name}${matter.finder.organisation === null ? '' : `, ${matter.finder.organisation}`}${matter.finder.email === null ? '' : ` <${matter.finder.email}>`}.`))]),
      only('our reference: it would tie letters to one another', wrap(`Our reference: ${matter.case}`)),
      everybody(wrap(`Please keep who reports this to yourselves, and do not pass this letter on to ${target.type === 'package' ? 'its uploader' : `your customer: who holds ${shown} is likely the one behind it`}. Please tell us what was done, and when, at ${sender.contact}.`)),
      everybody(`${sender.organisation}\n${sender.contact}\n${minute(now)}`),
    ],
  }
}

/** The letter as text; what is confidential is named and left out of the redacted one. */
export function render({ parts }: Letter, rendering: Rendering): { text: string; leftOut: readonly string[] } {
  const kept = parts.filter(({ confidential }) => rendering === 'full' || confidential === null)
  return { text: `${kept.map(({ text }) => text).join('\n\n')}\n`, leftOut: rendering === 'full' ? [] : parts.flatMap(({ confidential }) => confidential ?? []) }
}

const SUBJECTS: Readonly<Record<Target['role'], string>> = {
  'second-stage': 'serves malware to a malicious package', command: 'controls malware or takes stolen data', 'look-alike': 'imitates package infrastructure', source: 'publishes malicious packages',
}

function opening({ target, packages }: Matter, { kind }: Party, { organisation }: Sender): string {
  const what = { domain: 'the domain', url: 'the address', ip: 'the IP address', account: 'the account', repository: 'the repository', webhook: 'the webhook', package: 'the package' }[target.type]
  const how = {
    'second-stage': packages.length > 0 ? `from which ${names(packages)} fetches and runs further code on the machines of those who install it` : 'from which malicious packages fetch and run further code',
    command: packages.length > 0 ? `to which ${names(packages)} reports from the machines of those who install it` : 'to which malicious packages report',
    'look-alike': 'which imitates the infrastructure of a package registry, and which we have not seen in use yet',
    source: 'which publishes malicious packages',
  }[target.role]
  const yours = { registrar: 'was registered through you', 'domain-registry': 'is in your zone', host: 'is on your network', cdn: 'is reached through you', 'code-host': 'is on your service', service: 'is on your service', 'package-registry': 'is on your registry', cert: 'is known to us' }[kind]
  return `${organisation} examines packages of public registries before they are installed. This is about ${what} ${spelled(target)}, which ${yours}, and ${target.type === 'package' ? 'is malicious' : how}.`
}

function facts({ type, firstSeen, lastSeen, registered, registrar, nameServers, addresses, urls, port }: Target): string[] {
  return [
    ...urls.slice(0, URLS).map((url) => `seen in the code: ${defanged(url)}`),
    ...(urls.length > URLS ? [`and ${urls.length - URLS} more addresses: see the attached report`] : []),
    ...(port === null ? [] : [`port ${port}`]),
    ...(firstSeen === null ? [] : [`first seen ${minute(firstSeen)}`]),
    ...(lastSeen === null ? [] : [`last seen active ${minute(lastSeen)}`]),
    ...(registered === null ? [] : [`registered ${minute(registered)}${registrar === null ? '' : ` through ${registrar}`}`]),
    ...(nameServers.length === 0 ? [] : [`name servers ${nameServers.join(', ')}`]),
    ...(addresses.length === 0 || type === 'ip' ? [] : [`resolves to ${addresses.map(defanged).join(', ')}`]),
  ]
}

function about({ ecosystem, name, versions, published, removed, digests }: BadPackage): string[] {
  return [
    `${ecosystem} package ${name}${versions.length === 0 ? '' : ` ${versions.join(', ')}`}${published === null ? '' : `, published ${minute(published)}`}${removed === null ? '' : `, removed by the registry ${minute(removed)}`}`,
    ...digests.slice(0, 10),
  ]
}

/** Which rule found it stays with us: it would tell how to get past. */
function deed({ says, file, lines: [first, last], excerpt }: Deed): string {
  const where = first === 0 ? file : `${file}, ${first === last ? `line ${first}` : `lines ${first} to ${last}`}`
  const code = excerpt.split('\n').slice(0, 8).map((line) => `    ${defangedText(line).slice(0, 200)}`).join('\n')
  return `${bullet(`${says} (${where}):`)}\n${code}`
}

function exhibits(all: readonly Exhibit[]): Part[] {
  const line = ({ name, description, size, digest }: Exhibit): string => bullet(`${name}: ${description}, ${size} bytes, ${digest}`)
  const open = all.filter(({ nature }) => nature === 'document')
  const samples = all.filter(({ nature }) => nature === 'sample')
  const internal = all.filter(({ nature }) => nature === 'internal')
  return [
    ...(open.length + samples.length > 0 ? [{ confidential: null, text: section('Evidence', [...open.map(line), ...samples.map((one) => bullet(`${one.digest}, ${one.size} bytes: ${one.description}`))]) }] : []),
    ...(internal.length > 0 ? [{ confidential: 'evidence from our own machines and logs', text: section('Evidence of our own', internal.map(line)) }] : []),
  ]
}

function asks({ type, role }: Target, kind: PartyKind): string[] {
  if (role === 'look-alike') {
    return kind === 'registrar' || kind === 'domain-registry'
      ? ['check the registration against your terms and its data against what your agreement requires', 'suspend the domain (clientHold) where it does not stand up to that, before it is used', 'look at other names of the same holder']
      : ['check what is kept there, and end it where it imitates others']
  }
  switch (kind) {
    case 'registrar': return ['suspend the domain so that it no longer resolves (clientHold), and lock it against transfer', 'look at other names of the same holder', 'keep the registration data and the payment records for the authorities']
    case 'domain-registry': return ['suspend the domain (serverHold), as its registrar did not end the abuse', 'tell the registrar']
    case 'host': return ['take what is served there off the network', 'keep the machine\'s data and logs for the authorities', 'tell us whether the machine belongs to your customer or was broken into']
    case 'cdn': return ['stop delivering it, with a warning in its place if you can', `tell us, or the abuse desk of the network behind you, where ${type === 'domain' ? 'the domain' : 'it'} is hosted`]
    case 'code-host': return ['take it down, and what the same account keeps of the kind', 'keep the account\'s data for the authorities']
    case 'service': return ['disable it, so that nothing more can be sent there or fetched from it', 'keep what was collected for the authorities: it is stolen data']
    case 'package-registry': return ['remove the versions named, and look at the others of the same uploader', 'say in public that they were malicious, so that those who have them are told']
    case 'cert': return ['pass this to whom it concerns', 'tell us whom else to write to']
  }
}

/** What binds the party, as facts; whether it applies is theirs to say. */
function grounds({ role }: Target, kind: PartyKind): string[] {
  const notice = 'where Regulation (EU) 2022/2065 applies to you, this is a notice under its Article 16'
  const terms = 'your own terms of use, which rule out malware and its control'
  if (role === 'look-alike') return ['your own terms of registration, and the accuracy of registration data that they require', 'it was not seen in use: this is a warning, and no claim that it was']
  switch (kind) {
    case 'registrar': return ['for generic top-level domains: section 3.18.2 of the Registrar Accreditation Agreement (as amended on 5 April 2024), which asks registrars with actionable evidence of DNS abuse, malware among it, to act promptly', terms]
    case 'domain-registry': return ['for generic top-level domains: the Registry Agreement, specification 6, section 4 (as amended on 5 April 2024), on DNS abuse', 'the rules of your zone']
    case 'host': case 'cdn': case 'code-host': case 'service': return [notice, terms]
    case 'package-registry': return ['your terms of use, which rule out malicious packages']
    case 'cert': return ['RFC 2350: you are listed as responsible for this constituency']
  }
}

const spelled = ({ type, value }: Target): string => (type === 'package' || type === 'account' ? value : defanged(value))

/** A value of any kind, so that nothing makes a link of it. */
export function defanged(value: string): string {
  if (/^[a-z][\w+.-]*:\/\//i.test(value)) return defang(value, 'url')
  if (value.includes('@')) return defang(value, 'email')
  return value.includes(':') && !value.includes('.') ? defang(value, 'ipv6') : defang(value, 'domain')
}

/** Code as it may stand in a mail: its addresses lead nowhere. */
const defangedText = (line: string): string =>
  line.replaceAll('\t', '  ').replace(/\bhttps?:\/\/[^\s'"`)\]}>]{1,300}/gi, (url) => defang(url, 'url')).replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')

const names = (packages: readonly BadPackage[]): string => {
  const first = packages.slice(0, 3).map(({ ecosystem, name }) => `${ecosystem} package ${name}`)
  return packages.length > 3 ? `${first.join(', ')} and ${packages.length - 3} more` : first.join(', ')
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
const section = (title: string, lines: readonly string[]): string => `${title}:\n${lines.join('\n')}`
const bullet = (text: string): string => wrap(text, '- ', '  ')

/** Lines of at most 76 characters where words allow. */
function wrap(text: string, first = '', next = first === '' ? '' : '  '): string {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (!empty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = next
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].join('\n')
}
