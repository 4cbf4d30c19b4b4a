import { createHash } from 'node:crypto'
import { oneLine } from '../../core/text.ts'
import type { Exhibit, Matter, Rendering, Sender, Target } from './matter.ts'
import { leaks, redact } from './redact.ts'
import type { Secrets } from './redact.ts'
import { xarf } from './xarf-shape.ts'
import type { Xarf } from './xarf-shape.ts'

export interface Reporting {
  /** UUID v4; the same for the same ticket, so that a report that is sent again is the same report. */
  reportId: string
  sender: Sender
  rendering: Rendering
  secrets: Secrets
  now: Date
}

/** As much as one exhibit may have (XARF 4.2), and as many as go along. */
const LARGEST = 5 * 1024 * 1024
const MOST = 50
const DAY = 86_400_000

/**
 * The complaint for programs (XARF 4.2). A second stage is `content/malware`, an unused look-alike `content/suspicious_registration`, an address
 * that gives orders `infrastructure/botnet`. The redacted one has no evidence from our machines, no samples but by hash, and its texts are
 * without secrets. Throws ZodError where the matter does not make a valid report.
 */
export function xarfOf(matter: Matter, reporting: Reporting): Xarf {
  const { target } = matter
  const told = target.firstSeen ?? target.registered ?? reporting.now
  const contact = { org: reporting.sender.organisation.slice(0, 200), contact: reporting.sender.contact, domain: reporting.sender.domain }
  const core = {
    xarf_version: '4.2.0' as const, report_id: reporting.reportId, timestamp: told.toISOString(), reporter: contact, sender: contact,
    source_identifier: target.value.slice(0, 500), ...(target.port === null ? {} : { source_port: target.port }),
    evidence_source: 'automated_scan' as const, evidence: evidenceOf(matter, reporting),
    tags: [...new Set(['attack:supply-chain', ...matter.packages.map(({ ecosystem }) => `ecosystem:${ecosystem}`)])].slice(0, 20),
    description: safe(oneLine(describe(matter), 1_000), reporting).slice(0, 1_000),
  }
  return xarf.parse(specific(matter, core, reporting))
}

function specific(matter: Matter, core: object, { now }: Reporting): object {
  const { target } = matter
  if (target.role === 'command' && target.type !== 'webhook') {
    return { ...core, category: 'infrastructure', type: 'botnet', c2_server: target.value, compromise_evidence: oneLine(matter.deeds[0]?.says ?? 'the code of a malicious package reports to this address', 2_000) }
  }
  const content = {
    ...core, category: 'content', url: target.urls[0] ?? (target.type === 'url' || target.value.includes('://') ? target.value : `https://${target.value}/`),
    ...(target.type === 'domain' && /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/.test(target.value) ? { domain: target.value } : {}),
    ...(target.registrar === null ? {} : { registrar: target.registrar.slice(0, 200) }),
    ...(target.nameServers.length === 0 ? {} : { nameservers: target.nameServers.slice(0, 20) }),
    ...addressesOf(target),
    ...(target.lastSeen === null ? {} : { verified_at: target.lastSeen.toISOString(), verification_method: 'automated_crawler' }),
    ...(matter.imitates[0] === undefined ? {} : { target_brand: oneLine(matter.imitates[0], 200) }),
  }
  if (target.role === 'look-alike' && target.registered !== null) {
    return {
      ...content, type: 'suspicious_registration', registration_date: target.registered.toISOString(),
      days_since_registration: Math.max(0, Math.floor((now.getTime() - target.registered.getTime()) / DAY)),
      suspicious_indicators: ['typosquatting', ...(/^xn--|\.xn--/.test(target.value) ? ['homograph_attack'] : [])], predicted_usage: ['malware'],
      ...(matter.imitates.length === 0 ? {} : { targeted_brands: matter.imitates.slice(0, 20).map((one) => oneLine(one, 200)) }),
    }
  }
  const hashes = matter.packages.flatMap(({ digests }) => digests)
  const hash = (algorithm: string): object => {
    const found = hashes.find((one) => one.startsWith(`${algorithm}:`))
    return found === undefined ? {} : { [algorithm]: found.slice(algorithm.length + 1).toLowerCase() }
  }
  const fileHashes = { ...hash('md5'), ...hash('sha1'), ...hash('sha256') }
  return { ...content, type: 'malware', distribution_method: 'supply_chain', ...(Object.keys(fileHashes).length === 0 ? {} : { file_hashes: fileHashes }) }
}

function addressesOf({ addresses, type }: Target): object {
  if (type === 'ip') return {}
  const a = addresses.filter((one) => !one.includes(':'))
  const aaaa = addresses.filter((one) => one.includes(':'))
  return a.length + aaaa.length === 0 ? {} : { dns_records: { ...(a.length === 0 ? {} : { a }), ...(aaaa.length === 0 ? {} : { aaaa }) } }
}

function describe({ packages, deeds, target }: Matter): string {
  const of = packages.slice(0, 3).map(({ ecosystem, name, versions }) => `${ecosystem} package ${name}${versions.length === 0 ? '' : ` ${versions.join(', ')}`}`).join('; ')
  const does = deeds.slice(0, 3).map(({ says, file }) => `${file}: ${says}`).join('; ')
  return [target.role === 'look-alike' ? 'imitates package infrastructure, not seen in use' : 'used by malicious packages', of, does].filter((part) => part !== '').join('. ')
}

/** What the code does as one text, then what else proves it: whole only where the receiver may have it, and never samples that could be run. */
function evidenceOf({ deeds, exhibits }: Matter, reporting: Reporting): object[] {
  const code = deeds.map(({ says, file, lines, excerpt }) => `${file}:${lines[0]}: ${says}\n${excerpt}\n`).join('\n')
  const texts = code === '' ? [] : [item({ mediaType: 'text/plain', description: 'what the code of the package does, with file and line', bytes: Buffer.from(safe(code, reporting).slice(0, 200_000)) })]
  const files = exhibits.flatMap((exhibit) => {
    if (exhibit.nature === 'sample' || exhibit.bytes === null || exhibit.bytes.length > LARGEST) return []
    if (reporting.rendering === 'full') return [item({ ...exhibit, bytes: exhibit.bytes })]
    const text = attachable(exhibit, reporting.secrets)
    return text === null ? [] : [item({ ...exhibit, mediaType: exhibit.mediaType.split(';')[0] ?? '', bytes: Buffer.from(safe(text, reporting)), description: safe(exhibit.description, reporting) })]
  })
  return [...texts, ...files].slice(0, MOST)
}

/** The text of an exhibit that may go along where the suspect reads it; null: it may not, as what cannot be read through cannot be redacted. */
export function attachable({ nature, bytes, mediaType }: Exhibit, secrets: Secrets): string | null {
  if (nature !== 'document' || bytes === null || bytes.length > READABLE || !/^(?:text\/|application\/json\b)/.test(mediaType)) return null
  // UTF-16, as some shells write it, has a NUL beside every letter.
  if (bytes.includes(0)) return null
  const text = utf8(bytes)
  return text === null || unpacked(redact(text, secrets).text).some((one) => leaks(one, secrets).length > 0) ? null : text
}

const READABLE = 500_000

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** What a text holds in other spellings: base64 (mails, tokens, logs), and escapes of URLs, HTML and JSON. */
function unpacked(text: string): string[] {
  const packed = [...text.matchAll(/[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}/g)].flatMap(([run]) => utf8(Buffer.from(run.replace(/\r?\n/g, ''), 'base64')) ?? [])
  const bytes = (hex: string): string => Buffer.from(hex.replace(/[%=]/g, ''), 'hex').toString('utf8')
  const sign = (code: number): string => (code <= 0x10_FF_FF ? String.fromCodePoint(code) : ' ')
  const plain = text.replace(/(?:%[0-9a-f]{2})+/gi, bytes).replace(/=\r?\n/g, '').replace(/(?:=[0-9A-F]{2})+/g, bytes).replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) => sign(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => sign(Number.parseInt(hex, 16)))
  return [...packed, ...(plain === text ? [] : [plain])].filter((one) => one.length <= 1_000_000)
}

const safe = (text: string, { rendering, secrets }: Reporting): string => (rendering === 'full' ? text : redact(text, secrets).text)

function item({ mediaType, description, bytes }: { mediaType: string; description: string; bytes: Uint8Array }): object {
  return {
    content_type: mediaType.slice(0, 100), description: oneLine(description, 500), payload: Buffer.from(bytes).toString('base64'),
    hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length,
  }
}
