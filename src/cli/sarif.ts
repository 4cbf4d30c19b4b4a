import { createHash } from 'node:crypto'
import { relative, resolve } from 'node:path'
import type { Answer } from '../api/schemas.ts'
import { detectors } from '../detectors/index.ts'
import { chains } from './chains.ts'
import type { Scanned } from './scanning.ts'

type Report = Answer<'scan'>
type Finding = Report['findings'][number]
type Evidence = Finding['evidence'][number]

/** GitHub keeps 5,000 results of a run and takes uploads of 10 MB; what is least grave stays out first, and is counted. */
const MOST_RESULTS = 5_000
const MOST_BYTES = 9_000_000
const MOST_NOTIFICATIONS = 500

/** Worst first. The number is GitHub's `security-severity`: over 9 critical, from 7 high, from 4 medium. */
const SEVERITIES: Readonly<Record<Finding['severity'], { rank: number; level: 'error' | 'warning' | 'note'; security: string }>> = {
  critical: { rank: 0, level: 'error', security: '9.5' }, high: { rank: 1, level: 'error', security: '8.0' },
  medium: { rank: 2, level: 'warning', security: '5.5' }, low: { rank: 3, level: 'note', security: '3.0' }, info: { rank: 4, level: 'note', security: '1.0' },
}

interface Found { scanned: Scanned; finding: Finding }

/**
 * SARIF 2.1.0 (OASIS) as GitHub's code scanning takes it: one run, a result a finding, standing where its chain ends, with the
 * chain as code flow. Every address is relative to the folder the scan ran in: files inside an archive stand below its name as
 * if it were a folder, packages by name below `npm/name@version`.
 */
export function sarif(scanned: readonly Scanned[]): object {
  const all = scanned.flatMap((one) => one.report.findings.map((finding): Found => ({ scanned: one, finding })))
    .sort((a, b) => SEVERITIES[a.finding.severity].rank - SEVERITIES[b.finding.severity].rank)
  const rules = [...new Set(all.map(({ finding }) => finding.detector))].sort()
  const kept = resultsOf(all, rules)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Sluice', rules: rules.map((id) => rule(id, all.find(({ finding }) => finding.detector === id) as Found)) } },
      invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(scanned, all.length - kept.length) }],
      results: kept,
    }],
  }
}

function resultsOf(all: readonly Found[], rules: readonly string[]): object[] {
  const seen = new Map<string, number>()
  const kept: object[] = []
  let bytes = 0
  for (const found of all.slice(0, MOST_RESULTS)) {
    const one = result(found, rules.indexOf(found.finding.detector), seen)
    bytes += Buffer.byteLength(JSON.stringify(one))
    if (bytes > MOST_BYTES) break
    kept.push(one)
  }
  return kept
}

/** GitHub takes severity from the rule, so it is that of the rule's gravest finding. */
function rule(id: string, { finding: worst }: Found): object {
  const why = detectors.find((detector) => detector.id === id)?.why ?? [worst.title]
  const { level, security } = SEVERITIES[worst.severity]
  return {
    id, name: id, shortDescription: { text: cut(why[0] ?? id, 250) }, fullDescription: { text: cut(why.join(' '), 1_000) }, help: { text: cut(why.join('\n'), 4_000) },
    defaultConfiguration: { level }, properties: { tags: ['security', 'supply-chain', worst.behaviour], precision: 'high', 'security-severity': security },
  }
}

function result({ scanned, finding }: Found, ruleIndex: number, seen: Map<string, number>): object {
  const { level, score } = scanned.report
  const target = called(scanned)
  const flows = chains(finding.evidence).filter((steps) => steps.length > 1)
  const main = finding.evidence.find(({ role }) => role === 'sink') ?? finding.evidence[0] as Evidence
  const others = finding.evidence.filter((one) => one !== main)
  const says = finding.evidence.map((evidence) => evidence.says).filter(Boolean)
  return {
    ruleId: finding.detector, ruleIndex, level: SEVERITIES[finding.severity].level,
    message: { text: cut([finding.title, ...says].join('. '), 1_000) },
    locations: [{ ...place(scanned, main), logicalLocations: [{ fullyQualifiedName: cut(target, 500), kind: 'package' }] }],
    ...(others.length > 0 ? { relatedLocations: others.map((one, index) => ({ id: index + 1, ...place(scanned, one), message: { text: spoken(one) } })) } : {}),
    ...(flows.length > 0 ? { codeFlows: flows.map((steps) => ({ threadFlows: [{ locations: steps.map((one) => step(scanned, one)) }] })) } : {}),
    partialFingerprints: { primaryLocationLineHash: fingerprint(scanned, { finding, main }, seen) },
    properties: { target, behaviour: finding.behaviour, severity: finding.severity, confidence: finding.confidence, level, score },
  }
}

const step = (scanned: Scanned, evidence: Evidence): object =>
  ({ location: { ...place(scanned, evidence), message: { text: spoken(evidence) } }, importance: evidence.role === 'transform' ? 'important' : 'essential' })

/** Code that was hidden is told, because its place in the file shows only what hid it. */
function spoken({ role, says, excerpt, decodedFrom }: Evidence): string {
  const what = decodedFrom && says !== '' ? `${says}; ${decodedFrom.says}, decoded: ${excerpt}` : says || excerpt || 'here'
  return cut(role ? `${role}: ${what}` : what, 1_000)
}

/** Holds when lines move; of findings alike in one file, each has a number. GitHub tells alerts apart by it, the rule and the file. */
function fingerprint(scanned: Scanned, { finding, main }: { finding: Finding; main: Evidence }, seen: Map<string, number>): string {
  const stable = [finding.detector, finding.behaviour, uriOf(scanned, main.file), main.excerpt, ...finding.evidence.map(({ role, file }) => `${role} ${file}`)]
  const hash = createHash('sha256').update(JSON.stringify(stable)).digest('hex').slice(0, 16)
  const number = (seen.get(hash) ?? 0) + 1
  seen.set(hash, number)
  return `${hash}:${number}`
}

/** GitHub shows only results with a line; what has none stands at the first. */
function place(scanned: Scanned, evidence: Evidence): { physicalLocation: object } {
  const { file, lines: [first, last], excerpt } = evidence.decodedFrom ?? evidence
  const snippet = excerpt === '' ? {} : { snippet: { text: excerpt } }
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(scanned, file) },
      region: first > 0 ? { startLine: first, endLine: Math.max(first, last), ...snippet } : { startLine: 1, ...snippet },
    },
  }
}

function uriOf({ path, report }: Scanned, file: string): string {
  const from = path === null ? report.target.replace(/^pkg:/, '').replace(':', '/') : below(path)
  const parts = [...from.split(/[\\/]/), ...file.split('/')].filter((part) => part !== '' && part !== '.' && part !== '..')
  return (parts.length > 0 ? parts : ['package']).map((part) => encodeURIComponent(part).replaceAll('%40', '@')).join('/')
}

/** Relative to the folder the scan ran in; of what lies elsewhere the name alone, because its folder means nothing to others. */
function below(path: string): string {
  const found = relative('.', resolve(path))
  return found.startsWith('..') || resolve(found) === found ? path.split(/[\\/]/).filter(Boolean).slice(-1).join('') : found
}

/** A target as others may read it, who have other folders. */
const called = ({ path, report: { target } }: Scanned): string => (path === null ? target : target.replace(path, () => below(path) || '.'))

function notifications(scanned: readonly Scanned[], leftOut: number): object[] {
  const unread = scanned.flatMap((one) => one.report.missing.map((line) => ({
    level: one.report.level === 'undetermined' ? 'error' : 'warning', message: { text: cut(`${called(one)}: not examined: ${line}`, 500) },
  })))
  const note = (text: string): object[] => [{ level: 'warning', message: { text } }]
  return [
    ...(leftOut > 0 ? note(`${leftOut} of the least grave findings are left out here, because code scanning takes no more`) : []),
    ...unread.slice(0, MOST_NOTIFICATIONS),
    ...(unread.length > MOST_NOTIFICATIONS ? note(`${unread.length - MOST_NOTIFICATIONS} more things could not be examined`) : []),
  ]
}

/** Bounded, and with nothing in it that viewers make a link of (`[text](target)`, SARIF 3.11.6). */
function cut(text: string, limit: number): string {
  const unlinked = text.replaceAll('](', '] (')
  return unlinked.length <= limit ? unlinked : `${unlinked.slice(0, limit - 1)}…`
}
