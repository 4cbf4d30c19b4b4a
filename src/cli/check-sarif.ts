import { createHash } from 'node:crypto'
import { relative, resolve } from 'node:path'
import type { Gathered } from '../screening/gather.ts'
import { counts } from '../screening/judge.ts'
import { purlOf } from '../screening/purl.ts'
import type { Find, Screened } from '../screening/screen.ts'
import type { Against, Kind } from '../screening/types.ts'
import type { CheckVerdict } from './check-verdict.ts'

/** As in `sarif.ts`: what code scanning takes of one run. */
const MOST_RESULTS = 5_000
const MOST_BYTES = 9_000_000
const MOST_NOTIFICATIONS = 500

interface Weight { level: 'error' | 'warning' | 'note'; security: string }
const QUARANTINED: Weight = { level: 'error', security: '9.8' }
const WEIGHTS: Readonly<Record<Exclude<Kind, 'vulnerable'>, Weight>> = {
  malicious: QUARANTINED, recalled: QUARANTINED, denied: { level: 'error', security: '8.0' }, listed: QUARANTINED, held: { level: 'warning', security: '5.0' },
}
const VULNERABLE: Readonly<Record<string, Weight>> = {
  critical: { level: 'error', security: '9.5' }, high: { level: 'error', security: '8.0' }, moderate: { level: 'warning', security: '5.5' }, low: { level: 'note', security: '3.0' },
}
const BYPASS: Weight = { level: 'warning', security: '4.0' }

interface Result { rule: string; weight: Weight; short: string; url: string | null; result: Record<string, unknown> }

/**
 * SARIF 2.1.0 (OASIS) as GitHub's code scanning takes it: a result for each place of each thing that is against a package, at its
 * line in the lockfile, a rule for each advisory. What is accepted is suppressed, with the reason.
 */
export function checkSarif(screened: Screened, { lineOf }: Pick<Gathered, 'lineOf'>, verdict: CheckVerdict): object {
  const all = [...screened.finds.flatMap((find) => ofFind(find, lineOf)), ...ofBypasses(screened, lineOf)]
  const kept: Result[] = []
  let bytes = 0
  for (const one of all.slice(0, MOST_RESULTS)) {
    bytes += Buffer.byteLength(JSON.stringify(one.result))
    if (bytes > MOST_BYTES) break
    kept.push(one)
  }
  const rules = new Map<string, Result>()
  for (const one of kept) if (!rules.has(one.rule)) rules.set(one.rule, one)
  const order = [...rules.keys()].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Sluice', rules: order.map((id) => ruleOf(rules.get(id) as Result)) } },
      invocations: [{ executionSuccessful: verdict.code !== 2, toolExecutionNotifications: notifications(screened, verdict, all.length - kept.length) }],
      results: kept.map(({ rule, result }) => ({ ruleId: rule, ruleIndex: order.indexOf(rule), ...result })),
    }],
  }
}

function ruleOf({ rule, weight, short, url }: Result): object {
  return {
    id: rule, name: rule, shortDescription: { text: cut(short, 250) }, fullDescription: { text: cut(short, 1_000) },
    help: { text: cut(url === null ? short : `${short} ${url}`, 1_000) }, ...(url === null ? {} : { helpUri: url }),
    defaultConfiguration: { level: weight.level }, properties: { tags: ['security', 'supply-chain'], precision: 'very-high', 'security-severity': weight.security },
  }
}

function ofFind(find: Find, lineOf: Gathered['lineOf']): Result[] {
  return find.against.flatMap((one) => find.at.map((place): Result => {
    const weight = weightOf(one)
    const rule = one.id ?? one.kind
    const purl = purlOf(find)
    const how = place.path.length > 0 ? ` It comes in by ${[...place.path, find.name].join(' > ')}.` : place.direct === true ? ' The project asks for it.' : ''
    const does = find.remedy && counts(one) ? ` ${find.remedy.does}${find.remedy.command === null ? '' : `: ${find.remedy.command}`}.` : ''
    return {
      rule, weight, short: one.says || `${one.kind}: ${find.name}`, url: one.url,
      result: {
        level: weight.level, message: { text: cut(`${find.name}${find.version === null ? '' : ` ${find.version}`}: ${one.id === null ? '' : `${one.id} `}${one.says}.${how}${does}`, 1_000) },
        locations: [{ ...placeOf(place, lineOf), logicalLocations: [{ fullyQualifiedName: cut(purl, 500), kind: 'package' }] }],
        partialFingerprints: { primaryLocationLineHash: fingerprint([rule, purl, place.file]) },
        ...(one.accepted === null ? {} : { suppressions: [{ kind: 'external', justification: cut(one.accepted, 500) }] }),
        properties: { purl, kind: one.kind, severity: one.severity, direct: place.direct, path: place.path, safe: find.safe?.version ?? null },
      },
    }
  }))
}

const weightOf = ({ kind, severity }: Against): Weight => (kind === 'vulnerable' ? VULNERABLE[severity ?? 'moderate'] as Weight : WEIGHTS[kind])

function ofBypasses({ bypasses }: Screened, lineOf: Gathered['lineOf']): Result[] {
  return bypasses.map((one): Result => ({
    rule: `past-the-gate/${one.kind}`, weight: one.kind === 'other-package' ? QUARANTINED : BYPASS, short: one.kind === 'other-package' ? 'An entry of a lockfile is the archive of another package.' : `Packages go past the gate: ${one.kind}.`, url: null,
    result: {
      level: one.kind === 'other-package' ? 'error' : 'warning', message: { text: cut(`${one.says}${one.count > 0 ? ` (${one.count}: ${one.examples.map(({ name }) => name).join(', ')})` : ''}. To do: ${one.remedy}.`, 1_000) },
      locations: [placeOf(one, lineOf)],
      partialFingerprints: { primaryLocationLineHash: fingerprint([one.kind, one.host ?? '', one.file, one.examples[0]?.name ?? '']) },
    },
  }))
}

/** What has no line stands at the first. */
function placeOf({ file, line }: { file: string; line: number | null }, lineOf: Gathered['lineOf']): { physicalLocation: object } {
  const text = line === null ? null : lineOf(file, line)
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line ?? 1, ...(text ? { snippet: { text: cut(text, 400) } } : {}) },
    },
  }
}

/** Relative to the folder the check ran in; of what lies elsewhere the last parts, because its folder means nothing to others. */
function uriOf(file: string): string {
  const found = relative('.', resolve(file))
  const parts = (found.startsWith('..') || resolve(found) === found ? file.split(/[\\/]/).filter(Boolean).slice(-3) : found.split(/[\\/]/)).filter((part) => part !== '' && part !== '.' && part !== '..')
  return (parts.length > 0 ? parts : ['project']).map((part) => encodeURIComponent(part).replaceAll('%40', '@')).join('/')
}

const fingerprint = (parts: readonly string[]): string => `${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}:1`

function notifications({ unread, problems }: Screened, { warnings }: CheckVerdict, leftOut: number): object[] {
  const note = (level: 'error' | 'warning' | 'note', text: string): object => ({ level, message: { text: cut(text, 500) } })
  const all = [
    ...(leftOut > 0 ? [note('warning', `${leftOut} results are left out here, because code scanning takes no more`)] : []),
    ...warnings.map((text) => note('warning', text)),
    ...unread.map(({ path, says }) => note('error', `${uriOf(path)} could not be read: ${says}`)),
    ...problems.map(({ file, line, says }) => note('note', `${uriOf(file)}${line === null ? '' : `:${line}`}: ${says}`)),
  ]
  return [...all.slice(0, MOST_NOTIFICATIONS), ...(all.length > MOST_NOTIFICATIONS ? [note('warning', `${all.length - MOST_NOTIFICATIONS} more remarks are left out`)] : [])]
}

/** Bounded, and with nothing in it that viewers make a link of (`[text](target)`, SARIF 3.11.6). */
function cut(text: string, limit: number): string {
  const unlinked = text.replaceAll('](', '] (')
  return unlinked.length <= limit ? unlinked : `${unlinked.slice(0, limit - 1)}…`
}
