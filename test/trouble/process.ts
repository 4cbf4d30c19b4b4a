import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A gate in a process of its own, started as its documentation says. */
export interface GateProcess {
  child: ChildProcess
  pid: number
  origin: string
  /** What it logged so far. */
  log(): string
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

/** `sluice.yaml` for one npm upstream, with `policy` below its own key. */
export async function configure(folder: string, npm: string, policy = 'minimum_age: { npm: 0 }'): Promise<string> {
  const file = join(folder, 'sluice.yaml')
  await writeFile(file, [
    'upstreams:', `  npm: { url: "${npm}" }`, '  pypi: { url: off }', '  go: { url: off }', 'examine: { workers: 2 }', 'policy:', `  ${policy}`, '',
  ].join('\n'))
  return file
}

export async function startProcess(config: string, data: string): Promise<GateProcess> {
  const child = spawn(process.execPath, [main, '--config', config, '--data', data, 'up', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, log] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { log += text })
  const ended = new Promise<number | string>((resolve) => child.on('close', (code, signal) => resolve(code ?? signal ?? 'gone')))
  let over = false
  void ended.then(() => { over = true })
  for (;;) {
    const origin = /open at (http:\S+)/.exec(out)?.[1]
    if (origin !== undefined) return { child, pid: child.pid as number, origin, log: () => log, ended }
    if (over) throw new Error(`the gate did not start: ${log}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Everything a process has started, and what those have. */
export async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = line.slice(line.lastIndexOf(')') + 2).split(' ')[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const below = (one: number): number[] => [...parents].filter(([, parent]) => parent === one).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

/** A process that runs; one that has ended and waits for its parent to notice does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = line.slice(line.lastIndexOf(')') + 2)[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Resident memory in bytes, of a process and all it started. */
export async function resident(pid: number): Promise<number> {
  const sizes = await Promise.all([pid, ...(await descendants(pid))].map(async (one) => {
    const status = await readFile(`/proc/${one}/status`, 'utf8').catch(() => '')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
  }))
  return sizes.reduce((sum, size) => sum + size, 0)
}
