import { Worker } from 'node:worker_threads'
import { COMPILED } from '../../config/compiled.ts'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Problem } from '../record.ts'
import type { SourceOptions } from './items.ts'

export interface Asked {
  options: Omit<SourceOptions, 'before' | 'after'>
  /** Files of manifests; null: none. */
  before: string | null
  after: string | null
  spool: string
}

export type Answered =
  | { done: number }
  | { done: number; records: number; skippedTotal: number; skipped: Problem[] }
  | { code: ErrorCode; message: string; hint?: string }

export type SourceRead = Extract<Answered, { records: number }>

/** Hundreds of thousands of names and stamps fit into it; a document that needs more is none of a feed's. */
const MEMORY_MB = 1_024

/** Reads a source in a thread, so that neither its size nor what it does to a parser is felt here. Throws `feed-invalid`. */
export function readInThread(asked: Asked, progress?: (done: number) => void): Promise<SourceRead> {
  const { promise, resolve, reject } = Promise.withResolvers<SourceRead>()
  const worker = new Worker(new URL('thread.ts', import.meta.url), {
    workerData: asked, name: 'feed', env: { NODE_COMPILE_CACHE: COMPILED }, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  })
  worker.on('message', (answered: Answered) => {
    if ('records' in answered) resolve(answered)
    else if ('done' in answered) progress?.(answered.done)
    else reject(new SluiceError(answered.code, answered.message, answered.hint === undefined ? {} : { hint: answered.hint }))
  })
  worker.on('error', (thrown: Error & { code?: string }) => reject(new SluiceError('feed-invalid', thrown.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `${asked.options.path} takes more than ${MEMORY_MB} MB to read` : `${asked.options.path} cannot be read: ${sentence(thrown)}`, { cause: thrown })))
  worker.on('exit', () => reject(new SluiceError('feed-invalid', `${asked.options.path}: reading stopped`)))
  return promise.finally(() => void worker.terminate())
}
