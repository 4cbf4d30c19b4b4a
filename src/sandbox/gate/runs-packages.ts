import { sentence, SluiceError } from '../../core/errors.ts'
import type { FoundIndicator, Run } from '../../core/types.ts'
import type { RecordJudge, Runner, RunOptions, RunTarget } from '../../ports/runner.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Probe } from '../cell/cell.ts'
import type { SandboxRecord } from '../record.ts'
import { isShortened, packRecord, unpackRecord } from './packed.ts'
import { summaryOf } from './runs.ts'
import type { PhaseSummary } from './runs.ts'

/** What a record means. */
export interface Said {
  runs: readonly Run[]
  indicators: readonly FoundIndicator[]
}

/** What is left of a run: all that a verdict needs, and the record as it is kept. Plain data that passes between processes. */
export interface RunResult extends Said {
  backend: string
  elapsedMs: number
  missing: readonly string[]
  phases: readonly PhaseSummary[]
  packed: Uint8Array
}

/** Whatever runs packages and judges what was seen, for the gate. */
export interface RunsPackages {
  /** Of runner and judge together; not known before `probe` has answered once. */
  readonly versions: string
  probe(): Promise<readonly Probe[]>
  /** `dependencies` answers for the addresses of `GATE_BASES`. */
  run(target: RunTarget, options: RunOptions, dependencies: Pick<Upstream, 'fetch'>): Promise<RunResult>
  /** What a record of before means to the judge of now. Throws where it cannot be read, or was not kept whole: less would be found in it. */
  judge(packed: Uint8Array): Promise<Said>
}

/** Both in this process. */
export const together = (runner: Runner, judge: RecordJudge): RunsPackages => ({
  get versions() { return `${runner.version} ${judge.version}` },
  probe: () => runner.probe(),
  async run(target, options) {
    const record = await runner.run(target, options)
    options.signal.throwIfAborted()
    const { backend, elapsedMs, missing } = record
    return { backend, elapsedMs, missing, phases: summaryOf(record), ...await said(judge, record), packed: await packRecord(record) }
  },
  async judge(packed) {
    const record = await unpackRecord(packed)
    if (isShortened(record)) throw new SluiceError('storage', 'the record was not kept whole')
    return said(judge, record)
  },
})

const said = async (judge: RecordJudge, record: SandboxRecord): Promise<Said> => ({ runs: await judge.judge(record), indicators: judge.indicators(record) })

/** Where nothing could be found out, nothing works. */
export const unprobed = (thrown: unknown): Probe => ({ backend: 'any', works: false, version: null, weaker: [], says: sentence(thrown), remedy: null })
