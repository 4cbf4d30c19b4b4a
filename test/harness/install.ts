import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { machinePath } from './machine.ts'

/** Where the pinned clients live; its node_modules and .venv are made on demand and never committed. */
export const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url))

const PARTS = [
  {
    what: 'npm, pnpm, yarn and bun',
    pins: ['package.json', 'package-lock.json'],
    into: 'node_modules',
    steps: [['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']],
  },
  {
    what: 'uv and poetry',
    pins: ['requirements.txt'],
    into: '.venv',
    steps: [
      ['python3', '-m', 'venv', '--clear', '.venv'],
      [join('.venv', 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt'],
    ],
  },
] as const

/**
 * Installs what the pin files name, through the machine's own registry settings. Does nothing when the stamp inside
 * the installed folder matches the pins. Safe in several processes at once: one installs, the others wait.
 */
export async function installClients(say: (line: string) => void = (line) => void process.stderr.write(`${line}\n`)): Promise<void> {
  if (PARTS.every(current)) return
  await locked(async () => {
    for (const part of PARTS) {
      if (current(part)) continue
      say(`test clients: installing ${part.what} (once)`)
      for (const [command, ...args] of part.steps) await step(command, args)
      writeFileSync(stampFile(part), stamp(part))
    }
  })
}

type Part = (typeof PARTS)[number]

const stampFile = (part: Part): string => join(CLIENTS, part.into, '.pins')

function stamp(part: Part): string {
  const hash = createHash('sha256')
  for (const pin of part.pins) hash.update(readFileSync(join(CLIENTS, pin)))
  return hash.digest('hex')
}

const current = (part: Part): boolean => existsSync(stampFile(part)) && readFileSync(stampFile(part), 'utf8') === stamp(part)

function step(command: string, args: readonly string[]): Promise<void> {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: machinePath() }
  // Settings of the npm that may have started us must not steer this one.
  for (const key of Object.keys(env)) if (/^npm_/i.test(key)) delete env[key]
  const child = spawn(command, args, { cwd: CLIENTS, env, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} ended with ${code}`))))
  })
}

/** A lock file that names its holder, so that one left by a dead process is taken over. */
async function locked(work: () => Promise<void>): Promise<void> {
  const file = join(tmpdir(), `sluice-clients-${createHash('sha256').update(CLIENTS).digest('hex').slice(0, 16)}.lock`)
  while (!take(file)) {
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    if (holder > 0 && !alive(holder)) rmSync(file, { force: true })
    await sleep(250)
  }
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch {
    return false
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
