import { readFileSync, readdirSync } from 'node:fs'
import type { EcosystemId } from '../core/types.ts'
import type { DiskChange, PassName, PhaseName, PhaseRecord, PhaseStatus, SandboxRecord } from '../sandbox/record.ts'
import type { Act, Place, Process } from '../tracing/act.ts'
import { aboutRef } from './about.ts'
import type { About, Hook } from './about.ts'

/** An act in a sample: what is left out is that of a script that a hook of npm runs, or of a module that is imported. */
interface SampleAct extends Omit<Partial<Act>, 'sample' | 'by' | 'stack'> {
  kind: Act['kind']
  target: string
  /** `setup.js:3`, of the package itself unless it says `left-pad/index.js:1`; null: nobody knows. */
  by?: string | null
  sample?: string
  pass?: PassName
  phase?: PhaseName
}

/** A small record, described in JSON. */
export interface Sample {
  says: string
  /** Of a benign one: the gravest that may be said of it; absent: nothing grave. */
  most?: 'nothing' | 'low' | 'medium'
  ecosystem?: EcosystemId
  phase?: PhaseName
  passes?: readonly PassName[]
  hooks?: readonly Hook[]
  status?: PhaseStatus
  processes?: readonly (Partial<Process> & { pid: number; argv: readonly string[] })[]
  acts: readonly SampleAct[]
  disk?: readonly (Partial<DiskChange> & { path: string })[]
}

const HOOK: Hook = { name: 'postinstall', command: 'node setup.js', file: 'package.json', line: 5 }
const NPM = ['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'install']
const PIP = ['/usr/bin/python3', '-m', 'pip', 'install', 'sample']

const processOf = ({ pid, argv, ...rest }: Partial<Process> & { pid: number; argv: readonly string[] }): Process =>
  ({ pid, parent: null, argv, program: argv[0]?.startsWith('/') ? argv[0] : `/usr/bin/${argv[0]}`, cwd: null, started: 0, ended: 1000, exit: 0, signal: null, ...rest })

function processesOf({ ecosystem = 'npm', processes = [] }: Sample, phase: PhaseName): Process[] {
  const given = processes.map(processOf)
  const install = ecosystem === 'npm'
    ? [processOf({ pid: 1, argv: NPM }), processOf({ pid: 2, parent: 1, argv: ['sh', '-c', 'node setup.js'] }), processOf({ pid: 3, parent: 2, argv: ['node', 'setup.js'] })]
    : [processOf({ pid: 1, argv: PIP }), processOf({ pid: 3, parent: 1, argv: ['/usr/bin/python3', '/tmp/x/_in_process.py', 'build_wheel'] })]
  const usual = phase === 'install' ? install : [processOf({ pid: 3, argv: ecosystem === 'npm' ? ['node', '/opt/box/driver.cjs'] : ['/usr/bin/python3', '/opt/box/driver.py'] })]
  return [...usual.filter(({ pid }) => given.every((one) => one.pid !== pid)), ...given]
}

function placeOf(by: string | null | undefined): Place | null {
  const [, path = '', line = ''] = /^(.*):(\d+)$/.exec(by ?? 'setup.js:3') ?? []
  const [first = '', ...rest] = path.split('/')
  return by === null ? null : { package: rest.length > 0 ? first : 'sample', file: rest.length > 0 ? rest.join('/') : path, line: Number(line), column: null }
}

export function recordOf(sample: Sample): SandboxRecord {
  const passes = sample.passes ?? ['laptop']
  const keys = new Map<string, SampleAct[]>()
  for (const pass of passes) keys.set(`${pass} ${sample.phase ?? 'install'}`, [])
  for (const act of sample.acts) for (const pass of act.pass ? [act.pass] : passes) {
    const key = `${pass} ${act.phase ?? sample.phase ?? 'install'}`
    keys.set(key, [...keys.get(key) ?? [], act])
  }
  const phases = [...keys].map(([key, acts]): PhaseRecord => {
    const [pass, phase] = key.split(' ') as [PassName, PhaseName]
    return {
      pass, phase, status: sample.status ?? 'completed', says: null, exit: 0, elapsedMs: 1000, stdout: new Uint8Array(), stderr: new Uint8Array(), dropped: {}, processes: processesOf(sample, phase),
      acts: acts.map((act, index) => actOf(act, index)),
      disk: (sample.disk ?? []).map((change) => ({ what: 'created', kind: 'file', size: 1, mode: 0o644, sha256: null, content: null, ...change })),
    }
  })
  const ref = { ecosystem: sample.ecosystem ?? 'npm', name: 'sample', version: '1.0.0', file: 'sample-1.0.0' }
  return { ref, digest: 'sha256:00', backend: 'sample', startedAt: new Date(0), elapsedMs: 1000, passes, phases, missing: [] }
}

function actOf({ sample, by, pass: _pass, phase: _phase, ...rest }: SampleAct, index: number): Act {
  return { at: index * 10, pid: 3, done: true, seen: ['call', 'hook'], ...rest, by: placeOf(by), ...(sample === undefined ? {} : { sample: new TextEncoder().encode(sample) }) }
}

export const sampleAbout = (sample: Sample): About => ({
  ...aboutRef({ ecosystem: sample.ecosystem ?? 'npm', name: 'sample', version: '1.0.0' }, ['registry.example', 'files.packagehosted.example'], { users: ['mkeller'], hosts: ['thinkpad-mk'] }),
  repository: 'https://github.com/sample/sample', hooks: sample.hooks ?? (sample.ecosystem === 'pypi' ? [] : [HOOK]),
})

/** The samples beside a rule: `<id>.samples/<kind>/*.json`. */
export function samplesOf(id: string, kind: 'bad' | 'benign'): { file: string; sample: Sample }[] {
  const folder = new URL(`rules/${id}.samples/${kind}/`, import.meta.url)
  return readdirSync(folder).filter((file) => file.endsWith('.json')).sort().map((file) => ({ file, sample: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Sample }))
}
