import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { table } from '../quality/markdown.ts'
import type { Flood } from './pipeline-flood.ts'
import type { Mixed } from './pipeline-mixed.ts'

const whole = (value: number): string => Math.round(value).toLocaleString('en')

export function mixedTable({ events, stages, asked, mib, packages, rssMiB, alarms, notices, batch, cursorRight }: Mixed): string {
  const rows = stages.map((stage) => [stage.name, whole(stage.events), stage.seconds.toFixed(1), whole(stage.events / stage.seconds), whole(1e6 * stage.cpuSeconds / stage.events), whole(stage.events / stage.cpuSeconds)])
  const told = Object.entries(alarms).map(([kind, count]) => `${count} ${kind}`).join(', ')
  return `### ${whole(events)} events of three registries through the watch\n\n${table(['stage', 'events', 's', 'events/s', 'processor µs/event, all threads', 'events a processor second'], rows)}

${whole(packages)} looks at packages, concluded ${batch.toFixed(0)} at a time; ${whole(asked)} documents (${whole(mib)} MiB) made and read in the same process. Alarms: ${told || 'none'}; ${notices} notices. RSS at most ${whole(rssMiB)} MiB.
Everything read, nothing left: ${cursorRight ? 'yes' : 'NO'}.`
}

export function floodTable({ count, delay, seconds, cpuSeconds, rssMiB, heapMiB, alarms, open, notices, waits, unseen, waiting, cursorRight }: Flood): string {
  const largest = alarms.toSorted((a, b) => b.size - a.size).slice(0, 8).map(({ kind, size, title }) => [kind, whole(size), title.slice(0, 100).replaceAll('|', '/')])
  const of = (list: readonly number[]): string => {
    const sorted = list.toSorted((a, b) => a - b)
    const at = (share: number): string => `${((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000).toFixed(1)} s`
    return `${list.length} packages: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`
  }
  return `### ${whole(count)} new packages of one registry at once, beside a trickle at all three\n\n${table(['', ''], [
    ['in all', `${seconds.toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of processor time; ${whole(count / seconds)} packages/s${delay > 0 ? `, registries answer after ${delay} ms` : ''}`],
    ['memory', `RSS ${whole(rssMiB.before)} MiB before, ${whole(rssMiB.peak)} MiB at most${heapMiB ? `; heap in use ${whole(heapMiB.before)} MiB before, ${whole(heapMiB.after)} MiB after` : ''}; the made-up registries included`],
    ['alarms', `${alarms.length}, ${open} of them open at the end; ${notices} notices`],
    ['trickle of the other two registries, feed to conclusion', of(waits.other)],
    ['trickle of the flooded one, by others', of(waits.same)], ['the same under names that begin as the flood\'s do', of(waits.alike)],
    ['waiting at most', whole(waiting)], ['never seen', String(unseen)], ['cursor at the last event, nothing left, nothing dropped', cursorRight ? 'yes' : 'NO'],
  ])}\n\n${table(['largest alarms', 'packages', 'title'], largest)}`
}

const BEGIN = '<!-- pipeline: written by bench/watch/pipeline.ts -->'
const END = '<!-- end of pipeline -->'

/** Replaces the section in the results, or adds it. */
export function record(sections: readonly string[], command: string): void {
  const file = new URL('../RESULTS.md', import.meta.url)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Results\n'
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const block = [BEGIN, '## The watch, from feed to alarm', ...sections,
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.version}, one of ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} from others too.`, END].join('\n\n')
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  writeFileSync(file, from >= 0 && to > from ? text.slice(0, from) + block + text.slice(to + END.length) : `${text.trimEnd()}\n\n${block}\n`)
}
