import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import { Assembler, isCounted, readOutput, Sorter } from './assemble.ts'
import type { AssembleOptions } from './assemble.ts'
import { Gulps, HOLDS } from './gulps.ts'
import { callsOf, eventsIn, kernelEvents, LAUNCHER, privately } from './kernel-events.ts'
import type { Following } from './observation.ts'
import { Questions } from './questions.ts'
import { bpfScript, bpftraceEnv } from './script.ts'
import type { Follow } from './script.ts'

export interface BpfOptions extends AssembleOptions {
  follow: Follow
  /** PATH and the like; bpftrace gets nothing else of the environment. */
  path: string
  readyMs?: number
}

export interface BpfFollowing extends Following {
  engine: 'bpftrace'
  /** Resolves when everything that happened until now is told. */
  drained(): Promise<void>
  pid: number
}

const READY_MS = 20_000
/** How often what came is read; a service to which nothing came for a while sleeps longer. */
const TICK_MS = 10
const IDLE_MS = 40
const IDLE_AFTER_MS = 2_000
/** A question that was not answered by then is asked again: where buffers are full, answers are lost, too. */
const AGAIN_MS = 200
/** Where nothing has come, a question is a sign of life. */
const ALIVE_MS = 500
const HELD = 20_000
/** Signs of life and answers come more often than that by far. */
const SILENT_MS = 10_000
const DRAIN_MS = 15_000
/** What is told but does not come any more was lost: of losses at the end the kernel tells nothing. */
const STALLED_MS = 2_000
const FULL = 'the kernel\'s buffers were full'

/** Starts bpftrace; resolves when every probe is at work. Throws `sandbox-unavailable` with its own words where it does not start. */
export async function followByBpf(options: BpfOptions): Promise<BpfFollowing> {
  const calls = callsOf(kernelEvents())
  if (calls.size === 0) throw unavailable('the kernel\'s tracepoints cannot be read: tracefs cannot be mounted here')
  const script = bpfScript(options.follow, calls)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bpf-'))
  try {
    writeFileSync(join(folder, 'events'), `${eventsIn(script).join('\n')}\n`)
    writeFileSync(join(folder, 'follow.bt'), script)
    const lines = new Gulps(join(folder, 'lines'))
    const [command, ...args] = privately(LAUNCHER, join(folder, 'events'), 'bpftrace', '-f', 'json', '-o', join(folder, 'lines'), join(folder, 'follow.bt'))
    // In a session of its own: a Ctrl-C is for what is watched.
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: { PATH: options.path, ...bpftraceEnv(availableParallelism()) } })
    const running = new Running(child, lines, options)
    try {
      await running.ready(options.readyMs ?? READY_MS)
      return running
    } catch (thrown) {
      await running.stop()
      throw thrown
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const unavailable = (says: string): SluiceError => new SluiceError('sandbox-unavailable', `bpftrace cannot follow anything: ${says}`, { hint: 'another --engine does without it; sluice doctor says what works here' })

class Running implements BpfFollowing {
  readonly engine = 'bpftrace'
  readonly pid: number
  readonly #child: ChildProcess
  readonly #lines: Gulps
  readonly #options: BpfOptions
  readonly #assembler: Assembler
  readonly #sorter = new Sorter()
  #timer: NodeJS.Timeout
  #rest = ''
  #errors = ''
  #stopped = false
  #heard = Date.now()
  #grew = false
  #isReady = false
  #readied: { resolve(): void; reject(thrown: unknown): void } | null = null
  /** null: nobody asks, and what came within a window is put in order. */
  readonly #questions: Questions | null
  #askedAt = 0
  #ticked = Date.now()
  /** When the last line of the kind that is counted came, and up to which time lines were passed on, by the clock of bpftrace. */
  #told = 0
  #flushed = Number.NEGATIVE_INFINITY
  /** Called when more is known, and when it is over. */
  #onKnown: (() => void) | null = null

  constructor(child: ChildProcess, lines: Gulps, options: BpfOptions) {
    this.pid = child.pid ?? 0
    this.#child = child
    this.#lines = lines
    this.#options = options
    this.#assembler = new Assembler(options)
    this.#questions = options.follow.asked === undefined ? null : new Questions(() => { process.kill(process.pid, 0) })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#errors = (this.#errors + text).slice(-4_000) })
    child.once('error', (thrown) => { this.#over(thrown.message) })
    child.once('close', (code, signal) => { this.#over(`it ended with ${signal ?? `status ${code}`}${this.#complaint()}`) })
    this.#timer = this.#next()
  }

  ready(ms: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => { reject(unavailable(`it did not begin within ${ms / 1000} s`)) }, ms)
      this.#readied = {
        resolve: () => { clearTimeout(timer); resolve() },
        reject: (thrown) => { clearTimeout(timer); reject(thrown) },
      }
      if (this.#isReady) this.#readied.resolve()
      if (this.#stopped) this.#readied.reject(unavailable('it ended at once'))
    })
  }

  drained(): Promise<void> {
    const questions = this.#questions
    if (this.#stopped || questions === null) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#options.sink.lost(Math.max(1, questions.missing), 'there was more at the end than could be read in time')
        done()
      }, DRAIN_MS)
      const stalled = setInterval(() => {
        const { missing } = questions
        if (missing === 0 || Date.now() - this.#told < STALLED_MS) return
        this.#lost(missing)
      }, STALLED_MS / 4)
      const done = (): void => {
        clearTimeout(timer)
        clearInterval(stalled)
        this.#onKnown = null
        this.#flush()
        resolve()
      }
      const question = this.#ask(questions)
      this.#told = Date.now()
      this.#onKnown = () => { if (this.#stopped || questions.known >= question) done() }
    })
  }

  /** It is killed and not waited for: taking its probes away takes the kernel some seconds. */
  stop(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#read()
    this.#flush()
    this.#end()
    this.#child.kill('SIGKILL')
    this.#child.stderr?.destroy()
    this.#child.unref()
    return Promise.resolve()
  }

  #read(): void {
    const text = this.#lines.read()
    if (text === '') return
    this.#heard = Date.now()
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    if (this.#sorter.size > HELD) this.#flush(this.#sorter.old)
    // The writer waited for room.
    if (text.length > HOLDS / 2 && !this.#stopped) setImmediate(() => { this.#read() })
  }

  #line(line: string): void {
    const output = readOutput(line)
    if (output === null) return
    if (output.what === 'lost') return this.#lost(output.count)
    const { read } = output
    if (read === null) return this.#count(Number.NEGATIVE_INFINITY)
    switch (read.what) {
      case 'alive': return
      case 'ready':
        this.#isReady = true
        return this.#readied?.resolve()
      case 'answer':
        // What was passed on is not counted by its time any more.
        if (read.at > this.#flushed) this.#questions?.answer(read.question, read.at, read.told, this.#sorter.since(read.at))
        return this.#settle()
      default:
        this.#grew = true
        this.#sorter.push(read)
        if (isCounted(read)) this.#count(read.at)
    }
  }

  #count(at: number): void {
    this.#told = Date.now()
    this.#questions?.line(at)
    this.#settle()
  }

  #lost(count: number): void {
    this.#options.sink.lost(count, FULL)
    this.#questions?.lost(count)
    this.#settle()
  }

  #settle(): void {
    const until = this.#questions?.read ?? Number.NEGATIVE_INFINITY
    if (until > this.#flushed) this.#flush(until)
    this.#onKnown?.()
  }

  #next(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#tick()
      if (!this.#stopped) this.#timer = this.#next()
    }, this.#questions === null && this.#isReady && Date.now() - this.#told > IDLE_AFTER_MS ? IDLE_MS : TICK_MS)
  }

  #tick(): void {
    const now = Date.now()
    // What this process slept through itself is no silence.
    if (now - this.#ticked > SILENT_MS / 10) this.#heard = now
    this.#ticked = now
    this.#read()
    if (!this.#isReady) return
    if (now - this.#heard > SILENT_MS) return this.#over('nothing was heard of it for ten seconds')
    if (this.#questions === null) {
      this.#flush(this.#grew ? this.#sorter.old : undefined)
      this.#grew = false
      return
    }
    const since = now - this.#askedAt
    if (this.#questions.open ? since > AGAIN_MS : this.#sorter.size > 0 || since > ALIVE_MS) this.#ask(this.#questions)
  }

  #ask(questions: Questions): number {
    this.#askedAt = Date.now()
    return questions.ask()
  }

  #flush(until = Number.POSITIVE_INFINITY): void {
    for (const read of this.#sorter.due(until)) {
      if (read.at > this.#flushed) this.#flushed = read.at
      this.#assembler.take(read)
    }
    if (until > this.#flushed && until !== Number.POSITIVE_INFINITY) this.#flushed = until
  }

  #complaint(): string {
    const said = this.#errors.split('\n').filter((line) => line !== '' && !/RLIMIT_MEMLOCK|WARNING|^\s*~|^tracepoint|Addrspace|Attaching/.test(line)).at(-1)
    return said === undefined ? '' : `: ${oneLine(said, 300)}`
  }

  #over(why: string): void {
    if (this.#stopped) return
    this.#read()
    this.#flush()
    this.#end()
    this.#child.kill('SIGKILL')
    if (this.#isReady) this.#options.sink.died(`bpftrace follows no more: ${why}`)
    else this.#readied?.reject(unavailable(why))
  }

  #end(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#lines.close()
    this.#onKnown?.()
  }
}
