import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { EcosystemId } from '../../src/core/types.ts'
import { benign } from '../quality/benign.ts'
import { CORPORA, print } from '../quality/command.ts'
import { table } from '../quality/markdown.ts'
import { hash32 } from '../quality/sample.ts'
import { guardDog } from './guarddog.ts'
import { ms, quantile } from './scan-figures.ts'

const HELP = `node bench/speed/commands.ts [--times N] [--corpora DIR]
  from start to end of a process: help, and one small archive, each N times (default 15) in turn with GuardDog's`

const { values } = parseArgs({
  options: { times: { type: 'string', default: '15' }, corpora: { type: 'string', default: CORPORA }, help: { type: 'boolean', default: false } },
})
const SLUICE = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url))
const SMALL = 30_000

async function main(): Promise<void> {
  const dog = guardDog(join(values.corpora, 'guarddog'))
  const [npm, pypi] = [await small('npm'), await small('pypi')]
  const cases: readonly (readonly [what: string, ours: () => number, theirs: () => number])[] = [
    ['--help', () => sluice(['--help']), () => dog.help([])],
    ['scan --help', () => sluice(['scan', '--help']), () => dog.help(['npm', 'scan'])],
    [`scan ${npm}`, () => scan('npm', npm), () => dog.command('npm', file('npm', npm))],
    [`scan ${pypi}`, () => scan('pypi', pypi), () => dog.command('pypi', file('pypi', pypi))],
  ]
  const rows = cases.map(([what, ours, theirs]) => {
    // What is compiled is kept from the first time on.
    const times = Array.from({ length: Number(values.times) + 1 }, () => [ours(), theirs()] as const).slice(1)
    const [mine, other] = [times.map(([time]) => time), times.map(([, time]) => time)]
    return [what, ms(quantile(mine, 0.5)), ms(Math.min(...mine)), ms(quantile(other, 0.5)), ms(Math.min(...other)), `${(quantile(other, 0.5) / quantile(mine, 0.5)).toFixed(1)}×`]
  })
  print(table(['command', 'Sluice median', 'shortest', 'GuardDog median', 'shortest', 'median, times faster'], rows))
  print(`\n${values.times} times each. GuardDog ${dog.version}, Node ${process.version}.`)
}

/** The first small archive in the order in which the other benches take them. */
async function small(ecosystem: EcosystemId): Promise<string> {
  const all = benign(values.corpora, 'benign').filter(({ ref }) => ref.ecosystem === ecosystem).sort((a, b) => hash32(a.id) - hash32(b.id))
  for (const sample of all) if ((await sample.read() ?? []).length < SMALL) return sample.id.slice(ecosystem.length + 1)
  throw new Error(`there is no small ${ecosystem} archive in ${values.corpora}`)
}

const file = (ecosystem: EcosystemId, name: string): string => join(values.corpora, 'benign', ecosystem, name)
const scan = (ecosystem: EcosystemId, name: string): number => sluice(['scan', '--json', resolve(file(ecosystem, name))])

/** Ends with 0 to 2 whatever it found; more is a failure of the command itself. Run where no sluice.yaml is, whose schema takes 120 ms to load. */
function sluice(args: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [SLUICE, ...args], { cwd: tmpdir(), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (status === null || status > 2) throw new Error(`sluice ${args.join(' ')} ended with ${status}: ${stderr.slice(-1_000)}`)
  return performance.now() - started
}

if (values.help) print(HELP)
else await main()
