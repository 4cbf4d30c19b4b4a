import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** One line of the result. Empty cells where a server was left out. */
export interface Row {
  scenario: string
  verdaccio: string
  sluice: string
  /** Sluice against Verdaccio (or against going direct), as the goal counts. */
  ratio: string
  goal: string
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.scenario, row.verdaccio, row.sluice, row.ratio, row.goal])
  return [['scenario', 'Verdaccio', 'Sluice', 'ratio', 'goal'], ['---', '---', '---', '---', '---'], ...cells]
    .map((line) => `| ${line.join(' | ')} |`).join('\n')
}

const BEGIN = '<!-- speed: written by bench/speed/run.ts -->'
const END = '<!-- end of speed -->'

/** Replaces the speed section of a results file, or adds it. */
export function record(file: string, section: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Results\n'
  const block = `${BEGIN}\n${section}\n${END}`
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  writeFileSync(file, from >= 0 && to > from ? text.slice(0, from) + block + text.slice(to + END.length) : `${text.trimEnd()}\n\n${block}\n`)
}

export function section(rows: readonly Row[], facts: { command: string; seconds: number; versions: string }): string {
  return `## Speed against Verdaccio

${table(rows)}

\`${facts.command}\`, ${new Date().toISOString().slice(0, 10)}, commit ${commit()}. ${facts.versions}.
${machine()}. Load: wrk, one thread, 32 connections, after a warm-up and with both servers idle before; ${facts.seconds} s, longer for a
server that needs it to answer every connection three times; each server twice in the order A B B A, means. The load
generator and both servers share the machine. Resident memory is of the whole process tree, from start to end of the run.`
}

const commit = (): string => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()

const machine = (): string => `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB`
