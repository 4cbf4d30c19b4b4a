import { flushCompileCache } from 'node:module'
import { sentence, SluiceError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Job, ResultOf } from './jobs.ts'

/** What a worker sends back for its one job. */
export type Answer =
  | { ok: true; result: ResultOf<Job> }
  | { ok: false; code: ErrorCode; message: string; hint: string | undefined }

/** Handlers load on first use: a worker that renders index documents never loads a parser. */
async function handle(job: Job): Promise<ResultOf<Job>> {
  if (job.kind === 'examine') return (await import('./examine.ts')).examine(job)
  if (job.kind === 'match') return (await import('./match.ts')).matchRules(job)
  if (job.kind === 'project') return (await import('../host/lockfiles/index.ts')).readEach(job.files)
  if (job.kind === 'local') return (await import('./local.ts')).examineLocal(job)
  if (job.kind === 'identity') return (await import('../ecosystems/index.ts')).ecosystems[job.ecosystem].readIdentity(job.name, job.body)
  if (job.kind === 'presence') return (await import('./presence.ts')).readPresence(job)
  return (await import('./index.ts')).buildIndex(job)
}

function failure(thrown: unknown): Answer {
  if (thrown instanceof SluiceError) return { ok: false, code: thrown.code, message: thrown.message, hint: thrown.hint }
  return { ok: false, code: 'worker-crashed', message: sentence(thrown), hint: undefined }
}

const known = new Set<Job['kind']>()

/** Workers end by force, so what was compiled is kept for the next one as soon as there is something new. */
function keepCompiled(kind: Job['kind']): void {
  if (known.has(kind)) return
  known.add(kind)
  flushCompileCache()
}

async function answer(job: Job): Promise<void> {
  try {
    process.send?.({ ok: true, result: await handle(job) } satisfies Answer)
  } catch (thrown) {
    process.send?.(failure(thrown))
  }
  keepCompiled(job.kind)
}

process.on('message', (job: Job) => void answer(job))
// A worker is of no use without its gate.
process.on('disconnect', () => process.exit())
// A terminal and a supervisor signal the whole group, but a gate that was asked to stop lets its jobs finish first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
