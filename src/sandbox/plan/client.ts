import { execFile } from 'node:child_process'

export interface ClientRun {
  code: number | null
  stdout: string
  /** The end of it. */
  stderr: string
  /** It was stopped because its time was over. */
  late: boolean
}

/** Runs an ordinary client of this machine with exactly this environment. Never throws: what failed is in the result. */
export function runClient(argv: readonly [string, ...string[]], { cwd, env, timeMs, signal }: { cwd: string; env: Readonly<Record<string, string>>; timeMs: number; signal: AbortSignal }): Promise<ClientRun> {
  return new Promise((resolve) => {
    const [program, ...args] = argv
    const child = execFile(program, args, { cwd, env: { ...env }, timeout: timeMs, signal, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr: (error && stderr === '' ? error.message : stderr).slice(-2_000), late: child.killed })
    })
  })
}
