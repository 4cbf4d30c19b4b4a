import type { Finding, Run, Severity } from '../core/types.ts'
import { atMost, worse } from '../detectors/kit/chains.ts'
import type { PassName, PhaseName, SandboxRecord } from '../sandbox/record.ts'
import type { About } from './about.ts'
import { found } from './kit/found.ts'
import { run } from './rule.ts'
import { rules } from './rules/index.ts'
import { sceneOf } from './scene.ts'

const HEAD = { id: 'did-act-only-sometimes', version: 1 } as const
const ONLY: Readonly<Record<PassName, string>> = { laptop: 'on a person’s machine', ci: 'in continuous integration', later: 'after a while' }
const GRAVE: ReadonlySet<Severity> = new Set(['high', 'critical'])
/** They say how it went, and differ by themselves. */
const FICKLE: ReadonlySet<string> = new Set(['did-exhaust', 'did-take-commands', 'did-stay-running', 'did-bypass-hooks', 'did-wait'])

/** What these are about lies on a person's machine and not in CI, whatever the package does: that it is not found there is no difference of its own. */
const LURED: ReadonlySet<string> = new Set(['did-read-credentials', 'did-read-browser-data', 'did-read-messenger-tokens', 'did-read-wallets', 'did-send-secrets', 'did-inject-apps', 'did-destroy'])

/** What was done in some passes only. Passes in which a phase never began say nothing of it. */
export const differences = {
  ...HEAD,
  why: ['Who behaves for those who watch has something else in mind for those who do not.', 'Code that acts only in CI, only for a person or only after a while was written by somebody who knew that it would be tried.'],
  run(record: SandboxRecord, about: About, all: readonly Run[]): Run {
    const head = { detector: HEAD.id, version: HEAD.version }
    const passes = record.passes.filter((pass) => record.phases.some((phase) => phase.pass === pass && ran(phase.status)))
    const grave = all.flatMap((one) => (one.status === 'ok' ? one.findings : [])).filter(({ severity, detector }) => (GRAVE.has(severity) || severity === 'medium') && !FICKLE.has(detector))
    if (passes.length < 2 || grave.length === 0) return { ...head, status: 'ok', findings: [] }
    const found = new Map(passes.map((pass) => [pass, findingsOf(record, about, pass, new Set(grave.map(({ detector }) => detector)))]))
    return { ...head, status: 'ok', findings: summed(record, grave, found) }
  },
}

const ran = (status: string): boolean => status !== 'skipped'

function findingsOf(record: SandboxRecord, about: About, pass: PassName, of: ReadonlySet<string>): Map<string, Finding> {
  const scene = sceneOf(record, about, pass)
  const runs = rules.filter(({ id }) => of.has(id)).map((rule) => run(rule, scene))
  return new Map(runs.flatMap((one) => (one.status === 'ok' ? one.findings.map((finding) => [finding.detector, finding] as const) : [])))
}

/** One finding for all that differs: its severity is that of the gravest, one step less than what was done, which counts by itself. */
function summed(record: SandboxRecord, grave: readonly Finding[], found_: ReadonlyMap<PassName, ReadonlyMap<string, Finding>>): Finding[] {
  const sometimes = grave.flatMap((finding) => {
    const where = [...found_].filter(([, of]) => weighs(of.get(finding.detector)))
    const isLured = LURED.has(finding.detector) && where.every(([pass]) => pass !== 'ci')
    const without = [...found_.keys()].filter((pass) => !(isLured && pass === 'ci') && !weighs(found_.get(pass)?.get(finding.detector)) && comparable(record, pass, where.map(([name]) => name)))
    const shown = where[0]?.[1].get(finding.detector)
    return where.length > 0 && without.length > 0 && shown ? [{ finding: shown, where: where.map(([pass]) => pass), without }] : []
  })
  const [first] = sometimes.toSorted((a, b) => worse(a.finding.severity, b.finding.severity))
  if (!first) return []
  const severity: Severity = GRAVE.has(first.finding.severity) ? 'high' : atMost('medium', sometimes.length > 1 ? 'medium' : 'low')
  const evidence = sometimes.slice(0, 4).flatMap(({ finding, where }) => finding.evidence.filter(({ role }) => role === 'sink' || role === 'source').slice(-1).map((one) => ({ ...one, says: `only ${words(where)}: ${finding.title}`.slice(0, 300) })))
  return found({ detector: HEAD.id, behaviour: 'evasion', severity, title: `only ${words(first.where)}: ${first.finding.title}` }, evidence)
}

const weighs = (finding: Finding | undefined): boolean => finding !== undefined && finding.severity !== 'low'
const words = (passes: readonly PassName[]): string => passes.map((pass) => ONLY[pass]).join(' and ')

/** The other pass got as far: what never began there, or ended out of time, is no difference. */
function comparable(record: SandboxRecord, pass: PassName, others: readonly PassName[]): boolean {
  const reached = (of: PassName): PhaseName[] => record.phases.filter((phase) => phase.pass === of && (phase.status === 'completed' || phase.status === 'failed')).map(({ phase }) => phase)
  const here = new Set(reached(pass))
  return others.some((other) => reached(other).every((phase) => here.has(phase)))
}
