import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

export interface Outcome {
  /** Exit code; null when it was killed. */
  code: number | null
  stdout: string
  stderr: string
  /** Both streams in the order they came, without colours. */
  text: string
  elapsedMs: number
  timedOut: boolean
}

const KEPT = 4 * 1024 * 1024

/** Runs a command in its own process group; when time is up the whole group is killed. Keeps 4 MiB of each stream. */
export function run(
  command: readonly string[],
  options: { cwd: string; env: Record<string, string>; timeoutMs: number },
): Promise<Outcome> {
  const [file = '', ...args] = command
  const started = performance.now()
  const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const kept = { stdout: '', stderr: '', text: '' }
  const keep = (stream: 'stdout' | 'stderr') => (chunk: string) => {
    if (kept[stream].length < KEPT) kept[stream] += chunk
    if (kept.text.length < KEPT) kept.text += chunk
  }
  child.stdout.setEncoding('utf8').on('data', keep('stdout'))
  child.stderr.setEncoding('utf8').on('data', keep('stderr'))
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child.pid)
  }, options.timeoutMs)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    // Not `exit`: something the client left behind may still hold its output, and only the time limit ends that.
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({
        code, stdout: kept.stdout, stderr: kept.stderr, text: stripVTControlCharacters(kept.text),
        elapsedMs: Math.round(performance.now() - started), timedOut,
      })
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group ended by itself in the meantime.
  }
}
