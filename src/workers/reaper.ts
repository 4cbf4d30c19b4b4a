import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'

/** Remembers the line it read last; when there are no more, ends the processes that line names. */
const SCRIPT = 'trap "" INT TERM HUP; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids'

/**
 * Ends the workers of a gate that was ended by force. An idle worker notices by itself; one that is stuck in a loop cannot.
 * A shell costs 1 MB; a watching thread in every worker would cost 10 MB and 50 ms of start-up each. Windows ends
 * child processes with their parent by itself (libuv puts them into one job object).
 */
export class Reaper {
  #shell: ChildProcess | null = null
  #line = ''

  /** Replaces the processes that must not outlive this one. */
  watch(pids: readonly number[]): void {
    const line = pids.join(' ')
    if (process.platform === 'win32' || line === this.#line) return
    this.#line = line
    this.#shell ??= this.#start()
    this.#shell.stdin?.write(`${line}\n`)
  }

  close(): void {
    this.watch([])
    this.#shell?.stdin?.end()
    this.#shell = null
  }

  #start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], env: {} })
    const gone = (): void => {
      if (this.#shell === shell) this.#shell = null
    }
    // Where there is no shell (a container of one program) the end of the gate ends everything.
    shell.on('error', gone)
    shell.on('exit', gone)
    shell.stdin.on('error', gone)
    shell.unref()
    ;(shell.stdin as Socket).unref()
    return shell
  }
}
