import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import { Assembler, readOutput, Sorter } from './assemble.ts'
import type { AssembleOptions } from './assemble.ts'
import { callsOf, eventsIn, kernelEvents, LAUNCHER, privately } from './kernel-events.ts'
import type { Following } from './observation.ts'
import { Rounds } from './rounds.ts'
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
const FLUSH_MS = 20
const HELD = 20_000
/** Signs of life come more often than that by far. */
const SILENT_MS = 10_000
const DRAIN_MS = 15_000

/** Starts bpftrace; resolves when every probe is at work. Throws `sandbox-unavailable` with its own words where it does not start. */
export async function followByBpf(options: BpfOptions): Promise<BpfFollowing> {
  const calls = callsOf(kernelEvents())
  if (calls.size === 0) throw unavailable('the kernel\'s tracepoints cannot be read: tracefs cannot be mounted here')
  const script = bpfScript(options.follow, calls)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bpf-'))
  writeFileSync(join(folder, 'events'), `${eventsIn(script).join('\n')}\n`)
  writeFileSync(join(folder, 'follow.bt'), script)
  const [command, ...args] = privately(LAUNCHER, join(folder, 'events'), 'bpftrace', '-f', 'json', '-B', 'none', join(folder, 'follow.bt'))
  // In a session of its own: a Ctrl-C is for what is watched.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { PATH: options.path, ...bpftraceEnv(availableParallelism()) } })
  const running = new Running(child, options)
  try {
    await running.ready(options.readyMs ?? READY_MS)
    return running
  } catch (thrown) {
    await running.stop()
    throw thrown
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const unavailable = (says: string): SluiceError => new SluiceError('sandbox-unavailable', `bpftrace cannot follow anything: ${says}`, { hint: 'another --engine does without it; sluice doctor says what works here' })

class Running implements BpfFollowing {
  readonly engine = 'bpftrace'
  readonly pid: number
  readonly #child: ChildProcess
  readonly #options: BpfOptions
  readonly #assembler: Assembler
  readonly #sorter = new Sorter()
  readonly #timer: NodeJS.Timeout
  #rest = ''
  #errors = ''
  #stopped = false
  #heard = Date.now()
  #grew = false
  #isReady = false
  #readied: { resolve(): void; reject(thrown: unknown): void } | null = null
  readonly #rounds = new Rounds()
  /** Whether signs of life come often enough to wait for them; else what came within a window is put in order. */
  readonly #surely: boolean
  /** `at` null: it is over. */
  #onPulse: ((at: number | null) => void) | null = null

  constructor(child: ChildProcess, options: BpfOptions) {
    this.pid = child.pid ?? 0
    this.#child = child
    this.#options = options
    this.#assembler = new Assembler(options)
    this.#surely = options.follow.pulse === undefined
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { this.#read(text) })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#errors = (this.#errors + text).slice(-4_000) })
    child.once('error', (thrown) => { this.#over(thrown.message) })
    child.once('close', (code, signal) => { this.#over(`it ended with ${signal ?? `status ${code}`}${this.#complaint()}`) })
    this.#timer = setInterval(() => { this.#tick() }, FLUSH_MS)
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
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#options.sink.lost(1, 'there was more at the end than could be read in time')
        done()
      }, DRAIN_MS)
      const done = (): void => {
        clearTimeout(timer)
        this.#onPulse = null
        this.#flush()
        resolve()
      }
      const asked = this.#rounds.now()
      this.#onPulse = (at) => { if (at === null || this.#rounds.read >= asked) done() }
    })
  }

  /** It is killed and not waited for: taking its probes away takes the kernel some seconds. */
  stop(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#flush()
    this.#end()
    this.#child.kill('SIGKILL')
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.#child.unref()
    return Promise.resolve()
  }

  #read(text: string): void {
    this.#heard = Date.now()
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    if (this.#sorter.size > HELD) this.#flush(this.#sorter.old)
  }

  #line(line: string): void {
    const output = readOutput(line)
    if (output === null) return
    if (output.what === 'lost') return this.#options.sink.lost(output.count, 'the kernel\'s buffers were full')
    const { read } = output
    if (read.what === 'ready') {
      this.#isReady = true
      this.#readied?.resolve()
    } else if (read.what === 'alive') {
      this.#rounds.heard(read.at)
      if (this.#surely) this.#flush(this.#rounds.read)
      this.#onPulse?.(read.at)
    } else {
      this.#grew = true
      this.#sorter.push(read)
    }
  }

  #tick(): void {
    if (this.#isReady && Date.now() - this.#heard > SILENT_MS) return this.#over('nothing was heard of it for ten seconds')
    if (this.#surely) return
    this.#flush(this.#grew ? this.#sorter.old : undefined)
    this.#grew = false
  }

  #flush(until = Number.POSITIVE_INFINITY): void {
    for (const read of this.#sorter.due(until)) this.#assembler.take(read)
  }

  #complaint(): string {
    const said = this.#errors.split('\n').filter((line) => line !== '' && !/RLIMIT_MEMLOCK|WARNING|^\s*~|^tracepoint|Addrspace|Attaching/.test(line)).at(-1)
    return said === undefined ? '' : `: ${oneLine(said, 300)}`
  }

  #over(why: string): void {
    if (this.#stopped) return
    this.#flush()
    this.#end()
    this.#child.kill('SIGKILL')
    if (this.#isReady) this.#options.sink.died(`bpftrace follows no more: ${why}`)
    else this.#readied?.reject(unavailable(why))
  }

  #end(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#onPulse?.(null)
  }
}
