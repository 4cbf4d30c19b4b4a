import { parentPort } from 'node:worker_threads'
import { sentence, SluiceError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { IndexResult, Job, ResultOf } from './jobs.ts'

/** What a worker sends back for its one job. */
export type Answer =
  | { ok: true; result: ResultOf<Job> }
  | { ok: false; code: ErrorCode; message: string; hint: string | undefined }

/** Handlers load on first use: a worker that renders index documents never loads a parser. */
async function handle(job: Job): Promise<{ result: ResultOf<Job>; transfer: ArrayBuffer[] }> {
  if (job.kind === 'examine') {
    const { examine } = await import('./examine.ts')
    return { result: await examine(job), transfer: [] }
  }
  const { buildIndex } = await import('./index.ts')
  return movable(await buildIndex(job))
}

/** Byte arrays that are all of their buffer move to the other thread; the others are cut out first. */
function movable(result: IndexResult): { result: IndexResult; transfer: ArrayBuffer[] } {
  const moved: IndexResult = { ...result, releases: own(result.releases), body: own(result.body) }
  const buffers = [moved.releases, moved.body].map((bytes) => bytes.buffer as ArrayBuffer)
  return { result: moved, transfer: [...new Set(buffers)] }
}

function own(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes)
}

function failure(thrown: unknown): Answer {
  if (thrown instanceof SluiceError) return { ok: false, code: thrown.code, message: thrown.message, hint: thrown.hint }
  return { ok: false, code: 'worker-crashed', message: sentence(thrown), hint: undefined }
}

const port = parentPort
port?.on('message', (job: Job) => {
  void handle(job).then(
    ({ result, transfer }) => port.postMessage({ ok: true, result } satisfies Answer, transfer),
    (thrown: unknown) => port.postMessage(failure(thrown)),
  )
})
