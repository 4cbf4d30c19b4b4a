import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { table } from '../quality/markdown.ts'
import type { CaseResult, Cost, FalseAlarms, Recall } from './measures.ts'

const share = (part: number, of: number): string => (of === 0 ? '' : `${((100 * part) / of).toFixed(1)} %`)
const mean = (list: readonly number[]): string => (list.reduce((sum, value) => sum + value, 0) / list.length).toFixed(2)

export function caseTable(results: readonly CaseResult[]): string {
  const right = results.filter(({ target, first }) => first?.target.name === target).length
  const rows = results.map(({ imitation, first, likeness: { blocks, damerau, jaro } }) =>
    [imitation, first?.target.name ?? 'none', first?.kinds.map(({ kind }) => kind).join(', ') ?? '', blocks.toFixed(2), damerau.toFixed(2), jaro.toFixed(2)])
  const means = ['mean', `${right} of ${results.length} right`, '', mean(results.map((one) => one.likeness.blocks)), mean(results.map((one) => one.likeness.damerau)), mean(results.map((one) => one.likeness.jaro))]
  return `### The 14 names of July 2021\n\n${table(['name', 'first target', 'kinds', 'matching blocks', 'Damerau-Levenshtein', 'Jaro'], [...rows, means])}`
}

export function recallTable(ecosystem: string, targets: number, names: number, rows: readonly Recall[]): string {
  const sum = (of: (row: Recall) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const all: Recall = { kind: 'combo', made: sum((r) => r.made), first: sum((r) => r.first), among: sum((r) => r.among), named: sum((r) => r.named), alarmed: sum((r) => r.alarmed), missed: [] }
  const line = (name: string, row: Recall): string[] =>
    [name, String(row.made), share(row.first, row.made), share(row.among, row.made), share(row.named, row.made), share(row.alarmed, row.made)]
  return `### Squats of ${targets.toLocaleString('en')} ${ecosystem} names among ${names.toLocaleString('en')} protected ones\n\n${table(
    ['kind', 'made', 'right target first', 'among five', 'kind named', 'alarm if nothing is known'], [...rows.filter(({ made }) => made > 0).map((row) => line(row.kind, row)), line('all', all)])}`
}

export function falseTable(part: string, rows: readonly { ecosystem: string; protectedNames: number; result: FalseAlarms }[]): string {
  const lines = rows.map(({ ecosystem, protectedNames, result: { names, similar, likely, unknown, established } }) =>
    [ecosystem, String(protectedNames), String(names), `${similar} (${share(similar, names)})`, `${likely} (${share(likely, names)})`, `${unknown} (${share(unknown, names)})`, `${established} (${share(established, names)})`])
  return `### False alarms on well-known names that imitate nobody (${part} half)\n\n${table(
    ['registry', 'protected', 'names', 'similar at all', 'likely, by likeness alone', 'alarm, nothing known of them', 'alarm, with the facts of an established package'], lines)}

The last 5,000 of each list, every other one: those the thresholds were tuned on are left out. Established: a year and a few weeks old, a dozen releases.
By rule nothing that has been there for 90 days is an alarm, so the last column tests the rule and the one before it the likeness.`
}

export function costTable({ names, seconds, cpuSeconds, rssMiB, p50, p99, longest, checks }: Cost): string {
  return `### One name against ${names.toLocaleString('en')}\n\n${table(['', 'goal', 'reached'], [
    ['index built', '< 10 s', `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time`], ['memory it added', '< 500 MB', `${rssMiB.toFixed(0)} MiB`], ['a check (best of three), median', '', `${p50.toFixed(3)} ms`],
    ['a check, p99', '< 1 ms', `${p99.toFixed(3)} ms`], [`the longest of ${checks.toLocaleString('en')}`, '', `${longest.toFixed(1)} ms`]])}`
}

const BEGIN = '<!-- names: written by bench/names/run.ts -->'
const END = '<!-- end of names -->'

/** Replaces the section of names in the results, or adds it. */
export function record(sections: readonly string[], command: string): void {
  const file = new URL('../RESULTS.md', import.meta.url)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Results\n'
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const block = [BEGIN, '## Names that imitate others', ...sections,
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} from others too.`, END].join('\n\n')
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  writeFileSync(file, from >= 0 && to > from ? text.slice(0, from) + block + text.slice(to + END.length) : `${text.trimEnd()}\n\n${block}\n`)
}
