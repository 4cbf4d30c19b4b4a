import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { Readable } from 'node:stream'
import { recordJudge } from '../../conduct/record-judge.ts'
import { SluiceError } from '../../core/errors.ts'
import type { UpstreamAnswer, UpstreamOptions } from '../../ports/upstream.ts'
import type { BackendName } from '../cell/backends.ts'
import { Sandbox } from '../face.ts'
import { GATE_BASES } from '../plan/get.ts'
import { errorOf, failureOf } from './apart-messages.ts'
import type { ChildSettings, FromChild, ToChild } from './apart-messages.ts'
import { together } from './runs-packages.ts'
import type { RunsPackages } from './runs-packages.ts'

/**
 * A process of its own for one run: what packages print, write and send is read here, so that what is hostile in it ends a run and
 * not the gate. It has no way out and no settings; without its gate it ends, and cells end with it.
 */
const waiting = new Map<number, { resolve(answer: UpstreamAnswer): void; reject(error: Error): void }>()
const stop = new AbortController()
let asked = 0

const say = (message: FromChild): void => void process.send?.(message)

function fetchByGate(url: string, { headers, limit, referrer }: UpstreamOptions = {}): Promise<UpstreamAnswer> {
  const id = asked++
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>()
  waiting.set(id, { resolve, reject })
  say({ kind: 'fetch', id, url, options: { ...(headers ? { headers } : {}), ...(limit === undefined ? {} : { limit }), ...(referrer === undefined ? {} : { referrer }) } })
  return promise
}

function got({ id, answer }: Extract<ToChild, { kind: 'got' }>): void {
  const one = waiting.get(id)
  waiting.delete(id)
  if ('message' in answer) one?.reject(errorOf(answer))
  else one?.resolve({ ...answer, body: Readable.from([Buffer.from(answer.body)]) })
}

const GATE_ALONE = { fetch: fetchByGate }

function open({ bases, path, cache, backend }: ChildSettings): RunsPackages {
  const sandbox = Sandbox.open({ upstream: GATE_ALONE, bases: GATE_BASES, registries: bases, path, cache, backend: backend as BackendName | null })
  return together(sandbox, recordJudge(Object.values(bases).flatMap((base) => (base === null ? [] : [new URL(base).hostname]))))
}

async function obey(message: Extract<ToChild, { kind: 'probe' | 'run' | 'judge' }>): Promise<void> {
  const runs = open(message.settings)
  try {
    if (message.kind === 'probe') say({ kind: 'probed', versions: runs.versions, probes: await runs.probe() })
    else if (message.kind === 'judge') say({ kind: 'judged', versions: runs.versions, said: await runs.judge(message.packed) })
    else say({ kind: 'done', versions: runs.versions, result: await runs.run(message.target, { ...message.options, signal: stop.signal }, GATE_ALONE) })
  } catch (thrown) {
    say({ kind: 'failed', failure: failureOf(thrown) })
  }
  flushCompileCache()
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'got') got(message)
  else if (message.kind === 'stop') stop.abort(new SluiceError('sandbox-unavailable', 'the gate stopped it'))
  else void obey(message)
})
process.on('disconnect', () => process.exit())
// A terminal and a supervisor signal the whole group: the gate says when it is time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
await once(process, 'disconnect')
