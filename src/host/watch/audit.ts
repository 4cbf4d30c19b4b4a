import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import { AuditLog } from './audit-log.ts'
import type { Audited } from './audit-log.ts'
import type { Following } from './observation.ts'
import type { Proc } from './proc.ts'
import type { Tree } from './tree.ts'

export interface AuditOptions {
  tree: Tree
  proc: Proc
  isManager(argv: readonly string[]): boolean
  root(pid: number, at: number): void
  /** Homes whose credentials are watched. */
  homes: readonly string[]
  /** auditd's settings; absent: where Linux has them. */
  settings?: string
}

/** Ours alone: nothing with another key is touched. */
const KEY = 'sluice-host'
const SECRETS = ['.ssh', '.aws', '.azure', '.kube', '.docker', '.gnupg', '.config/gh', '.config/gcloud', '.npmrc', '.pypirc', '.netrc', '.git-credentials', '.vault-token']
const EVERY_MS = 250
const MOST_FOLLOWED = 50_000

/** Why audit rules do not help here; null: they do. */
export function auditProblem(settings?: string): string | null {
  const { status, stdout, error } = spawnSync('auditctl', ['-s'], { encoding: 'utf8', timeout: 5_000 })
  if (status !== 0) return error ? 'auditctl is not installed' : 'auditctl may not be used by this user'
  const state = Object.fromEntries(stdout.split('\n').map((line) => line.split(/\s+/, 2) as [string, string]))
  if (state['enabled'] === '0') return 'auditing is switched off (auditctl -e 1)'
  if (state['enabled'] === '2') return 'audit rules are locked until the next start (auditctl -e 2)'
  if (!Number(state['pid'])) return 'auditd is not running, so nobody writes the log'
  return existsSync(logFile(settings)) ? null : `auditd's log ${logFile(settings)} is not there`
}

function logFile(settings = '/etc/audit/auditd.conf'): string {
  try {
    return /^\s*log_file\s*=\s*(\S+)/m.exec(readFileSync(settings, 'utf8'))?.[1] ?? '/var/log/audit/audit.log'
  } catch {
    return '/var/log/audit/audit.log'
  }
}

/** Puts rules of our own in, and reads what auditd writes. Throws `sandbox-unavailable`. `stop` takes the rules out again. */
export function followByAudit({ tree, proc, isManager, root, homes, settings }: AuditOptions): Following & { lost(): number } {
  const problem = auditProblem(settings)
  if (problem !== null) throw new SluiceError('sandbox-unavailable', `audit rules do not help here: ${problem}`)
  const began = Date.now()
  const followed = new Set<number>()

  const belongs = ({ pid, parent }: Audited): boolean => {
    if (followed.has(pid)) return true
    // A fork is not audited: who made it is asked of the kernel, some steps up.
    for (let at = parent, steps = 0; at > 1 && steps < 8; steps++) {
      if (followed.has(at)) return true
      at = proc.stat(at)?.parent ?? 0
    }
    return false
  }
  const onEvent = (event: Audited): void => {
    const { pid, parent, seen } = event
    const inside = belongs(event)
    if (!inside && !(seen.what === 'exec' && isManager(seen.argv))) return
    if (!followed.has(pid)) {
      if (followed.size >= MOST_FOLLOWED) followed.clear()
      followed.add(pid)
      if (inside && followed.has(parent)) tree.see({ what: 'fork', at: seen.at, pid: parent, child: pid })
      if (!inside) root(pid, seen.at)
    }
    if (event.folder !== null) tree.see({ what: 'folder', at: seen.at, pid, path: event.folder })
    tree.see(seen)
  }

  const log = new AuditLog({ key: KEY, began, onEvent })
  const tail = new Tail(logFile(settings))
  const before = lostEvents()
  addRules(homes)
  const timer = setInterval(() => {
    const text = tail.read()
    if (text === '') log.flush()
    else log.push(text)
    // The end of a process is no call that comes back: it is looked for.
    if (text === '') for (const pid of followed) {
      if (proc.stat(pid) !== null) continue
      followed.delete(pid)
      tree.see({ what: 'exit', at: Date.now() - began, pid, exit: null, signal: null })
    }
  }, EVERY_MS)
  return {
    engine: 'audit',
    lost: () => Math.max(0, lostEvents() - before),
    stop() {
      clearInterval(timer)
      removeRules()
      log.push(tail.read())
      log.flush()
      tail.close()
      return Promise.resolve()
    },
  }
}

const auditctl = (...args: readonly string[]): boolean => spawnSync('auditctl', args, { stdio: 'ignore', timeout: 5_000 }).status === 0

function addRules(homes: readonly string[]): void {
  removeRules()
  const calls = auditctl('-a', 'always,exit', '-F', 'arch=b64', '-S', 'execve,execveat,connect', '-k', KEY)
  if (!calls) throw new SluiceError('sandbox-unavailable', 'the kernel does not take audit rules here')
  for (const path of homes.flatMap((home) => SECRETS.map((one) => join(home, one)))) {
    if (existsSync(path)) auditctl('-a', 'always,exit', '-F', 'arch=b64', '-F', `${statSync(path).isDirectory() ? 'dir' : 'path'}=${path}`, '-F', 'perm=rwa', '-k', KEY)
  }
}

const removeRules = (): void => void auditctl('-D', '-k', KEY)

/** Takes out what a watch left that was killed, whatever engine it is followed by now. `path`: where programs are. Only root can; nobody else put any in. */
export function clearAuditRules(path: string): void {
  spawnSync('auditctl', ['-D', '-k', KEY], { stdio: 'ignore', timeout: 5_000, env: { PATH: path } })
}

const lostEvents = (): number => Number(/^lost (\d+)/m.exec(spawnSync('auditctl', ['-s'], { encoding: 'utf8', timeout: 5_000 }).stdout)?.[1] ?? 0)

/** The end of a file that another program writes, and turns over. */
class Tail {
  readonly #path: string
  #file: number
  #at: number

  constructor(path: string) {
    this.#path = path
    this.#file = openSync(path, 'r')
    this.#at = fstatSync(this.#file).size
  }

  read(): string {
    const text = this.#more()
    if (text !== '' || !this.#turned()) return text
    closeSync(this.#file)
    this.#file = openSync(this.#path, 'r')
    this.#at = 0
    return this.#more()
  }

  close(): void {
    closeSync(this.#file)
  }

  #more(): string {
    const buffer = Buffer.alloc(1024 * 1024)
    const got = readSync(this.#file, buffer, 0, buffer.length, this.#at)
    this.#at += got
    return buffer.toString('utf8', 0, got)
  }

  #turned(): boolean {
    try {
      const [now, ours] = [statSync(this.#path), fstatSync(this.#file)]
      return now.ino !== ours.ino || ours.size < this.#at
    } catch {
      return false
    }
  }
}
