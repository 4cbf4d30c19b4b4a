import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { examine } from '../../src/workers/examine.ts'
import { benign } from '../quality/benign.ts'
import { CORPORA, print } from '../quality/command.ts'
import { ownHosts } from '../quality/hosts.ts'
import { jobOf } from '../quality/judge.ts'
import { table } from '../quality/markdown.ts'
import { hash32 } from '../quality/sample.ts'
import type { Sample } from '../quality/sample.ts'
import { guardDog } from './guarddog.ts'
import { ms, quantile } from './scan-figures.ts'

const HELP = `node bench/speed/scan-guarddog.ts [--npm N] [--pypi N] [--warm-up N] [--corpora DIR]
  the same benign archives (default 40 and 20) through GuardDog and through Sluice, as commands and warm: in a process
  that has examined N others of the ecosystem before (default 150), as workers at the gate have, and each of these once`

const { values } = parseArgs({
  options: {
    npm: { type: 'string', default: '40' }, pypi: { type: 'string', default: '20' }, 'warm-up': { type: 'string', default: '150' },
    corpora: { type: 'string', default: CORPORA },
    help: { type: 'boolean', default: false },
  },
})
const SLUICE = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url))

/** Milliseconds for each archive, in the same order. */
interface Times { guardDog: number[]; sluice: number[] }

async function main(): Promise<void> {
  const own = await ownHosts()
  const dog = guardDog(join(values.corpora, 'guarddog'))
  const inProcess = async (sample: Sample): Promise<number> => {
    const job = jobOf(sample, await sample.read() ?? new Uint8Array(0), own)
    const started = performance.now()
    await examine(job)
    return performance.now() - started
  }
  const rows: string[][] = []
  for (const ecosystem of ['npm', 'pypi'] as const) {
    const all = benign(values.corpora, 'benign').filter(({ ref }) => ref.ecosystem === ecosystem).sort((a, b) => hash32(a.id) - hash32(b.id))
    const wanted = all.slice(0, Number(values[ecosystem]))
    const path = ({ id }: Sample): string => join(values.corpora, 'benign', id)
    const theirs = dog.warm(ecosystem, wanted.map(path))
    const samples = wanted.filter((_, index) => theirs[index] !== null)
    const warm: Times = { guardDog: theirs.filter((time) => time !== null), sluice: [] }
    for (const sample of [...all.slice(wanted.length).slice(0, Number(values['warm-up'])), ...samples]) await inProcess(sample)
    for (const sample of samples) warm.sluice.push(await inProcess(sample))
    const command: Times = { guardDog: [], sluice: [] }
    // In turns, so that both see the same machine.
    for (const file of samples.map(path)) {
      command.guardDog.push(dog.command(ecosystem, file))
      command.sluice.push(scanCommand(resolve(file)))
    }
    const refused = wanted.length > samples.length ? ` (${wanted.length - samples.length} more refused by GuardDog)` : ''
    rows.push(row(`${samples.length} ${ecosystem}${refused}, warm, in process`, warm), row(`${samples.length} ${ecosystem}, a command each`, command))
  }
  print(table(['archives', 'GuardDog median', 'p90', 'longest', 'Sluice median', 'p90', 'longest', 'median, times faster', 'in all, times faster'], rows))
  print(`\nGuardDog ${dog.version}, Node ${process.version}.`)
}

function row(what: string, { guardDog: theirs, sluice: ours }: Times): string[] {
  const of = (times: readonly number[]): string[] => [ms(quantile(times, 0.5)), ms(quantile(times, 0.9)), ms(Math.max(...times))]
  const total = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0)
  return [what, ...of(theirs), ...of(ours), `${(quantile(theirs, 0.5) / quantile(ours, 0.5)).toFixed(1)}×`, `${(total(theirs) / total(ours)).toFixed(1)}×`]
}

/** Ends with 0 to 2 whatever it found; more is a failure of the command itself. Run where no sluice.yaml is, whose schema takes 120 ms to load. */
function scanCommand(file: string): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [SLUICE, 'scan', '--json', file], { cwd: tmpdir(), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (status === null || status > 2) throw new Error(`sluice scan ${file} ended with ${status}: ${stderr.slice(-1_000)}`)
  return performance.now() - started
}

if (values.help) print(HELP)
else await main()
