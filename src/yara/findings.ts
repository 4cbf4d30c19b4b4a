import type { Behaviour, Evidence, Finding, PackageFile, Severity } from '../core/types.ts'
import { evidence } from '../detectors/kit/evidence.ts'
import type { Match } from './messages.ts'

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

/** What a rule may say that it recognises: what code does. All else is a `user-rule`. */
const BEHAVIOURS: readonly Behaviour[] = [
  'fetch-and-run', 'hidden-code', 'dropper', 'remote-control', 'reverse-shell', 'run-at-install', 'exfiltration', 'credential-theft',
  'wallet-theft', 'browser-theft', 'messenger-theft', 'surveillance', 'host-profiling', 'persistence', 'destruction', 'self-publish',
  'app-injection', 'mining', 'cloud-theft', 'address-swap', 'obfuscation', 'evasion', 'reviewer-deception', 'suspicious-binary',
  'suspicious-address', 'impersonation', 'known-malicious',
]

/**
 * One finding for each rule, with the files it is true for. Detectors need a chain for *critical*; a rule of the
 * organisation's own needs none: whoever wrote it has decided, as with an order, so its word counts in full.
 */
export function findingsOf(matches: readonly Match[], files: ReadonlyMap<string, PackageFile>): Finding[] {
  const rules = new Map<string, Match[]>()
  for (const match of matches) {
    const key = `${match.source}\0${match.rule}`
    rules.set(key, [...(rules.get(key) ?? []), match])
  }
  return [...rules.values()].map((of) => {
    const [first, ...rest] = of.map((match) => shown(match, files.get(match.path)))
    const { rule, source, meta } = of[0] as Match
    return {
      detector: 'yara',
      behaviour: BEHAVIOURS.find((one) => one === meta['behaviour']) ?? 'user-rule',
      severity: severityOf(meta) ?? 'medium',
      confidence: 1,
      title: (meta['description'] ?? `matches the rule ${rule} of ${source}`).slice(0, 200),
      evidence: evidence(first as Evidence, rest),
    }
  })
}

const severityOf = ({ severity }: Match['meta']): Severity | undefined => SEVERITIES.find((one) => one === severity?.toLowerCase())

function shown(match: Match, file: PackageFile | undefined): Evidence {
  const { rule, source, pattern, path, meta } = match
  const misspelt = meta['severity'] !== undefined && severityOf(meta) === undefined ? `; its severity "${meta['severity']}" is none, so it counts as medium` : ''
  const says = `rule ${rule} of ${source} ${pattern === null ? 'is true for this file' : `matches ${pattern}`}${misspelt}`.slice(0, 300)
  if (!file || pattern === null) return { file: path, lines: [0, 0], excerpt: '', says }
  const { bytes } = file
  if (isText(bytes)) return { file: path, ...line(bytes, match), says }
  return { file: path, lines: [0, 0], excerpt: dumped(bytes.subarray(match.offset, match.offset + match.length)), says }
}

/** As editors tell it: no NUL near the beginning. */
const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 8192).includes(0)

const LINE_FEED = 10
const AROUND = 60
const EXCERPT = 160

function line(bytes: Uint8Array, { offset, length }: Match): { lines: [number, number]; excerpt: string } {
  let number = 1
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < offset; at = bytes.indexOf(LINE_FEED, at + 1)) number++
  const before = bytes.lastIndexOf(LINE_FEED, Math.max(0, offset - 1)) + 1
  const from = offset === 0 ? 0 : Math.max(before, offset - AROUND)
  const after = bytes.indexOf(LINE_FEED, offset + length)
  const to = Math.min(after < 0 ? bytes.length : after, offset + length + AROUND, from + EXCERPT)
  return { lines: [number, number], excerpt: new TextDecoder().decode(bytes.subarray(from, to)).replace(/\s+/g, ' ').trim() }
}

/** Bytes that can be read are shown as they are, others in hex. */
function dumped(bytes: Uint8Array): string {
  const readable = bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
  return readable ? Buffer.from(bytes.subarray(0, EXCERPT)).toString('latin1') : [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
