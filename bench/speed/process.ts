import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server under test. `npm` is the URL clients get as their registry, ending in `/`. */
export interface Contestant {
  name: 'verdaccio' | 'sluice'
  version: string
  npm: string
  memory: Memory
  /** Waits until it has stopped working: a server goes on with requests whose clients have left. */
  idle(): Promise<void>
  /** Ends it and waits. */
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a server and waits until `ready` answers anything; its output is shown when it ends before that. */
export async function start(
  command: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; ready: string },
): Promise<Pick<Contestant, 'memory' | 'idle' | 'stop'>> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (chunk: Buffer): void => { said = (said + chunk.toString()).slice(-4_000) }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  let ended = false
  const end = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true
      resolve()
    })
  })
  // A bench that fails or is interrupted leaves no server behind.
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  const memory = new Memory(child.pid ?? 0)
  for (let tries = 0; !await answers(options.ready); tries += 1) {
    if (ended || tries > 300) throw new Error(`${command.join(' ')} did not start:\n${said}`)
    await sleep(100)
  }
  return {
    memory,
    async idle() {
      // Less than a tenth of a core over half a second, twice in a row; ticks are hundredths of a second.
      let calm = 0
      for (let tries = 0, before = ticks(child.pid); calm < 2 && tries < 600; tries += 1) {
        await sleep(500)
        const now = ticks(child.pid)
        calm = now - before < 5 ? calm + 1 : 0
        before = now
      }
    },
    async stop() {
      memory.stop()
      child.kill('SIGTERM')
      const patience = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await end
      clearTimeout(patience)
      process.off('exit', orphan)
    },
  }
}

const answers = (url: string): Promise<boolean> => fetch(url).then(async (response) => {
  await response.arrayBuffer()
  return true
}, () => false)

/** Resident memory of a process and everything below it, in bytes, sampled four times a second from /proc. */
export class Memory {
  peak = 0
  readonly #pid: number
  readonly #timer: NodeJS.Timeout
  #sum = 0
  #samples = 0

  constructor(pid: number) {
    this.#pid = pid
    this.#timer = setInterval(() => this.#sample(), 250)
  }

  get mean(): number {
    return this.#samples === 0 ? 0 : this.#sum / this.#samples
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    const now = tree(this.#pid).reduce((sum, pid) => sum + resident(pid), 0)
    if (now === 0) return
    this.peak = Math.max(this.peak, now)
    this.#sum += now
    this.#samples += 1
  }
}

function tree(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status(pid))?.[1] ?? -1)
    children.set(parent, [...children.get(parent) ?? [], pid])
  }
  const found = [root]
  for (const pid of found) found.push(...children.get(pid) ?? [])
  return found
}

/** Processor time used by a process and its threads, in clock ticks (proc(5), fields 14 and 15 of stat). */
function ticks(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}

const resident = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(status(pid))?.[1] ?? 0) * 1024

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
