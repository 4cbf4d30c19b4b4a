import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { COMPILED } from '../../config/compiled.ts'
import { sentence, SluiceError } from '../../core/errors.ts'
import type { RunOptions, RunTarget } from '../../ports/runner.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Probe } from '../cell/cell.ts'
import { errorOf, failureOf } from './apart-messages.ts'
import type { ChildSettings, Failure, FromChild, ToChild } from './apart-messages.ts'
import { unprobed } from './runs-packages.ts'
import type { RunResult, RunsPackages, Said } from './runs-packages.ts'

export interface ApartParts extends ChildSettings {
  /** Where cells and their files lie; absent: the system's. */
  temporary?: string | undefined
}

const SCRIPT = fileURLToPath(new URL('./child.ts', import.meta.url))
/** Of the process that reads what was seen; the packages have limits of their own. */
const MEMORY_MB = 1_536
/** Below the workers that clients wait for. */
const NICE = 7
const PROBING = 60_000
const JUDGING = 60_000
/** What a child gets besides its time, to begin and to put everything away. */
const MORE = 60_000
const LAST_WORDS = 4_096
/** Of a child's folder; the number of its gate's process follows. */
const FOLDER = 'sluice-sandbox-'

type Job = Extract<ToChild, { kind: 'probe' | 'run' | 'judge' }>
type Answer = Extract<FromChild, { kind: 'probed' | 'done' | 'judged' }>

/** Each run in a process of its own, which ends with it. */
export class Apart implements RunsPackages {
  readonly #parts: ApartParts
  #versions = ''

  constructor(parts: ApartParts) {
    this.#parts = parts
  }

  get versions(): string {
    return this.#versions
  }

  async probe(): Promise<readonly Probe[]> {
    try {
      const said = await this.#child({ kind: 'probe', settings: this.#settings }, { timeMs: PROBING })
      return said.kind === 'probed' ? said.probes : []
    } catch (thrown) {
      return [unprobed(thrown)]
    }
  }

  async run(target: RunTarget, { signal, ...options }: RunOptions, dependencies: Pick<Upstream, 'fetch'>): Promise<RunResult> {
    const said = await this.#child({ kind: 'run', settings: this.#settings, target, options }, { timeMs: options.timeMs + MORE, signal, dependencies })
    if (said.kind !== 'done') throw new SluiceError('worker-crashed', 'the run gave a wrong answer')
    return said.result
  }

  async judge(packed: Uint8Array): Promise<Said> {
    const said = await this.#child({ kind: 'judge', settings: this.#settings, packed }, { timeMs: JUDGING })
    if (said.kind !== 'judged') throw new SluiceError('worker-crashed', 'the judge gave a wrong answer')
    return said.said
  }

  get #settings(): ChildSettings {
    const { bases, path, cache, backend } = this.#parts
    return { bases, path, cache, backend }
  }

  /** Settles once the child is gone, so that nothing of a run is left when the next begins. */
  async #child(job: Job, { timeMs, signal, dependencies }: { timeMs: number; signal?: AbortSignal; dependencies?: Pick<Upstream, 'fetch'> }): Promise<Answer> {
    signal?.throwIfAborted()
    const { path } = this.#parts
    const folder = await this.#folder()
    const child = fork(SCRIPT, {
      serialization: 'advanced', execArgv: [`--max-old-space-size=${MEMORY_MB}`], stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: path, NODE_COMPILE_CACHE: COMPILED, TMPDIR: folder },
    })
    giveWay(child.pid)
    let words = ''
    child.stderr?.on('data', (chunk: Buffer) => { words = (words + chunk.toString('latin1')).slice(-LAST_WORDS) })
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    child.on('message', (message: FromChild) => {
      if (message.kind === 'fetch') void fetchFor(child, message, dependencies)
      else if (message.kind === 'failed') reject(errorOf(message.failure))
      else {
        this.#versions = message.versions
        resolve(message)
      }
    })
    child.on('error', (thrown) => reject(new SluiceError('worker-crashed', `the run could not be begun: ${sentence(thrown)}`, { cause: thrown })))
    // Not `close`: what cleans up after a cell may hold its end of the pipe for a moment longer.
    const gone = new Promise<void>((settled) => child.on('exit', (code, ended) => {
      child.stderr?.destroy()
      reject(new SluiceError('worker-crashed', `the run's process ended with ${ended ?? code}: ${sentence(words) || 'no word'}`))
      settled()
    }))
    const stop = (): void => { if (child.connected) child.send({ kind: 'stop' } satisfies ToChild) }
    signal?.addEventListener('abort', stop)
    const timer = setTimeout(() => {
      reject(new SluiceError('worker-timeout', 'the run did not end in time'))
      child.kill('SIGKILL')
    }, timeMs)
    if (child.connected) child.send(job)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (child.connected) child.disconnect()
      const patience = setTimeout(() => child.kill('SIGKILL'), MORE)
      await gone
      clearTimeout(patience)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  /** For all that a child writes, so that nothing of it is left although it was killed, or its gate was. */
  async #folder(): Promise<string> {
    const { temporary = tmpdir() } = this.#parts
    for (const name of await readdir(temporary)) {
      const gate = name.startsWith(FOLDER) ? Number(name.slice(FOLDER.length).split('-')[0]) : 0
      if (gate > 0 && gate !== process.pid && !existsSync(`/proc/${gate}`)) await rm(join(temporary, name), { recursive: true, force: true }).catch(() => undefined)
    }
    const folder = await mkdtemp(join(temporary, `${FOLDER}${process.pid}-`))
    await chmod(folder, 0o755)
    return folder
  }
}

async function fetchFor(child: ChildProcess, { id, url, options }: Extract<FromChild, { kind: 'fetch' }>, dependencies: Pick<Upstream, 'fetch'> | undefined): Promise<void> {
  const answer = await (dependencies?.fetch(url, options) ?? Promise.reject(new SluiceError('forbidden', 'nothing is fetched for this')))
    .then(async ({ status, headers, url: from, body }) => ({ status, headers: { ...headers }, url: from, body: new Uint8Array(await buffer(body)) }))
    .catch((thrown: unknown): Failure => failureOf(thrown))
  if (child.connected) child.send({ kind: 'got', id, answer } satisfies ToChild)
}

function giveWay(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, NICE)
  } catch {
    // It has ended already, which is told elsewhere, or may not be changed: it is run as it is.
  }
}
