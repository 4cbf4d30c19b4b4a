import type { EcosystemId } from '../../src/core/types.ts'
import { wilson } from '../../src/learning/metrics.ts'
import { table } from './markdown.ts'
import type { Outcome } from './outcome.ts'

type Test = (outcome: Outcome) => boolean

const malicious: Test = ({ level }) => level === 'malicious'
const suspicious: Test = ({ level }) => level === 'malicious' || level === 'suspicious'
const undetermined: Test = ({ level }) => level === 'undetermined'
const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']

/** Everything a run has to say, as Markdown. */
export function report(outcomes: readonly Outcome[], top: ReadonlySet<string>): string {
  const bad = outcomes.filter(({ corpus, inert }) => corpus === 'malware' && !inert)
  const inert = outcomes.filter((outcome) => outcome.inert)
  const good = outcomes.filter(({ corpus }) => corpus !== 'malware')
  return [
    ...(bad.length + inert.length > 0 ? ['### Recall', recall(bad, inert)] : []),
    ...(good.length > 0 ? ['### False positives', falsePositives(good, top)] : []),
    ...(bad.length > 0 && good.length > 0 ? ['### Precision', precision(bad, good)] : []),
    '### By score', sweep(bad, good),
    ...(good.some(suspicious) ? ['### What raised false alarms', alarms(good)] : []),
    ...(outcomes.some(undetermined) ? ['### What left archives undetermined', reasons(outcomes)] : []),
    ...(bad.some((outcome) => !suspicious(outcome)) ? ['### Missed, largest clusters first', misses(bad)] : []),
    '### Time', times(outcomes),
  ].join('\n\n')
}

function recall(bad: readonly Outcome[], inert: readonly Outcome[]): string {
  const standing = bad.filter(({ representative }) => representative)
  const row = (what: string, of: readonly Outcome[]): string[] => [what, `${of.length}`, share(of, malicious), share(of, suspicious), share(of, undetermined)]
  return table(['malware', 'n', 'malicious', 'suspicious or malicious', 'undetermined'], [
    row('clusters, one representative each', standing),
    ['clusters, mean of their archives', `${clustersOf(bad).length}`, percent(meanOf(bad, malicious)), percent(meanOf(bad, suspicious)), percent(meanOf(bad, undetermined))],
    row('archives', bad),
    row('archives with nothing in them that runs (not counted above)', inert),
  ])
}

function falsePositives(good: readonly Outcome[], top: ReadonlySet<string>): string {
  const row = (what: string, of: readonly Outcome[]): string[] => [what, `${of.length}`, share(of, malicious), share(of, suspicious), share(of, undetermined)]
  const named = ECOSYSTEMS.flatMap((ecosystem) => (['benign', 'hard'] as const).map((corpus) => (
    { what: `${corpus} ${ecosystem}`, of: good.filter((outcome) => outcome.ecosystem === ecosystem && outcome.corpus === corpus) })))
  const often = good.filter(({ ecosystem, name }) => ecosystem === 'npm' && top.has(name))
  return table(['benign', 'n', 'malicious', 'suspicious or malicious', 'undetermined'], [
    ...named.filter(({ of }) => of.length > 0).map(({ what, of }) => row(what, of)),
    row('all', good),
    row(`of these, among npm's ${top.size} most depended on`, often),
  ])
}

/** Against the benign archives of the same ecosystem: a property of this mix, not of the world's. */
function precision(bad: readonly Outcome[], good: readonly Outcome[]): string {
  return table(['at', 'ecosystem', 'clusters found', 'false alarms', 'precision'], ECOSYSTEMS.flatMap((ecosystem) => {
    const found = bad.filter((outcome) => outcome.ecosystem === ecosystem && outcome.representative)
    const harmless = good.filter((outcome) => outcome.ecosystem === ecosystem)
    if (found.length === 0 || harmless.length === 0) return []
    return ([['malicious', malicious], ['suspicious or malicious', suspicious]] as const).map(([at, test]) => {
      const [hits, alarms] = [found.filter(test).length, harmless.filter(test).length]
      return [at, ecosystem, `${hits} of ${found.length}`, `${alarms} of ${harmless.length}`, withInterval(hits, hits + alarms)]
    })
  }))
}

/** As if the score alone decided. Recall by representatives of clusters, precision among the ecosystems that have malware here. */
function sweep(bad: readonly Outcome[], good: readonly Outcome[]): string {
  const standing = bad.filter(({ representative }) => representative)
  const among = new Set(bad.map(({ ecosystem }) => ecosystem))
  const cuts = Array.from({ length: 18 }, (_, index) => {
    const cut = 10 + 5 * index
    const above: Test = ({ score }) => score >= cut
    const hits = standing.filter(above).length
    const alarms = good.filter((outcome) => among.has(outcome.ecosystem) && above(outcome)).length
    return { cut, above, recall: hits / standing.length, precision: hits / (hits + alarms) }
  })
  const rows = cuts.map(({ cut, above, recall, precision }) => [`${cut}`, percent(recall), good.length > 0 ? percent(precision) : '–', ...ECOSYSTEMS.map((ecosystem) => {
    const of = good.filter((outcome) => outcome.ecosystem === ecosystem)
    return of.length > 0 ? `${percent(of.filter(above).length / of.length)} (${of.filter(above).length})` : '–'
  })])
  const best = good.length > 0 ? cuts.find(({ precision }) => precision >= PRECISE) : undefined
  const head = best ? [`Recall at a precision of at least ${percent(PRECISE)}: ${percent(best.recall)}, from score ${best.cut}.`] : []
  return [...head, table(['score at least', 'recall', 'precision', ...ECOSYSTEMS.map((ecosystem) => `false positives ${ecosystem}`)], rows)].join('\n\n')
}

const PRECISE = 0.95

function alarms(good: readonly Outcome[]): string {
  const raised = good.filter(suspicious).flatMap((outcome) => [...new Set(outcome.findings.map(({ detector }) => detector))].map((detector) => ({ detector, outcome })))
  const rows = [...Map.groupBy(raised, ({ detector }) => detector)].sort(([, a], [, b]) => b.length - a.length)
  return table(['detector', 'archives', 'of them malicious', 'for example'], rows.map(([detector, hits]) => [
    detector, `${hits.length}`, `${hits.filter(({ outcome }) => malicious(outcome)).length}`,
    hits.slice(0, 4).map(({ outcome }) => outcome.id).join(', '),
  ]))
}

/** Reasons with names and numbers taken out, so that like ones count together. */
function reasons(outcomes: readonly Outcome[]): string {
  const said = outcomes.filter(undetermined).flatMap((outcome) => [...new Set(outcome.missing.map(kindOf))].map((kind) => ({ kind, outcome })))
  const rows = [...Map.groupBy(said, ({ kind }) => kind)].sort(([, a], [, b]) => b.length - a.length).slice(0, 20)
  return table(['reason', 'archives', 'for example'], rows.map(([kind, hits]) => [kind, `${hits.length}`, hits.slice(0, 3).map(({ outcome }) => outcome.id).join(', ')]))
}

const kindOf = (line: string): string => line.replace(/^\S*[/.]\S*: /, '…: ').replace(/\d+/g, 'N').slice(0, 100)

/** Sizes are those of whole clusters, so that a run of representatives alone shows what matters too. */
function misses(bad: readonly Outcome[]): string {
  const missed = clustersOf(bad)
    .map((members) => ({ members, lost: members.filter((member) => !suspicious(member)) }))
    .filter(({ lost }) => lost.length > 0)
    .sort((a, b) => sizeOf(b.members) - sizeOf(a.members))
  const shown = missed.slice(0, 60).map(({ members, lost }) => [
    `${sizeOf(members)}`, `${lost.length} of ${members.length}`, lost[0]?.level ?? '', `${lost[0]?.score ?? ''}`, lost.slice(0, 2).map(({ id }) => id).join(', '),
  ])
  const head = `${missed.length} clusters have missed archives${missed.length > shown.length ? `; the first ${shown.length}` : ''}.`
  return `${head}\n\n${table(['cluster', 'missed of looked at', 'level', 'score', 'for example'], shown)}`
}

const sizeOf = (members: readonly Outcome[]): number => members[0]?.clusterSize ?? 0

function times(outcomes: readonly Outcome[]): string {
  const sorted = outcomes.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (part: number): string => `${sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0} ms`
  const slowest = outcomes.toSorted((a, b) => b.ms - a.ms).slice(0, 5).map(({ id, ms }) => `${id} ${ms} ms`)
  return `${sorted.length} archives: median ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, slowest ${slowest.join(', ')}.`
}

const clustersOf = (outcomes: readonly Outcome[]): Outcome[][] => [...Map.groupBy(outcomes, ({ cluster }) => cluster).values()]

function meanOf(outcomes: readonly Outcome[], test: Test): number {
  const shares = clustersOf(outcomes).map((members) => members.filter(test).length / members.length)
  return shares.reduce((sum, one) => sum + one, 0) / shares.length
}

const share = (of: readonly Outcome[], test: Test): string => withInterval(of.filter(test).length, of.length)

function withInterval(hits: number, of: number): string {
  if (of === 0) return '–'
  const [low, high] = wilson(hits, of)
  return `${percent(hits / of)} (${percent(low)}–${percent(high)}; ${hits})`
}

const percent = (part: number): string => (Number.isNaN(part) ? '–' : `${(100 * part).toFixed(part > 0 && part < 0.01 ? 2 : 1)} %`)
