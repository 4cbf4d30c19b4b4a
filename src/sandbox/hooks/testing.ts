import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HookEvent } from '../../tracing/hooks.ts'
import { HookReader } from '../../tracing/hooks.ts'
import { HOOK_FILES, hookEnvironment } from './environment.ts'

export interface Ran {
  stdout: string
  stderr: string
  status: number | null
  events: HookEvent[]
  unreadable: number
  /** `kind target line` of each event, where the innermost line is the program's own. */
  told: string[]
  folder: string
}

export interface Program {
  interpreter: string
  /** `main.js`, `main.mjs` or `main.py`. */
  name: string
  source: string
  files?: Record<string, string>
  args?: string[]
  env?: Record<string, string>
  timeRuns?: boolean
}

/** Runs a program with hooks in a folder of its own, and reads what they told. */
export function runHooked({ interpreter, name, source, files = {}, args = [], env = {}, timeRuns = false }: Program): Ran {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hooked-')))
  try {
    for (const [file, text] of Object.entries({ ...files, [name]: source })) writeFileSync(join(folder, file), text)
    const log = join(folder, 'session.log')
    const { stdout, stderr, status } = spawnSync(interpreter, [join(folder, name), ...args], {
      cwd: folder, timeout: 50_000, encoding: 'utf8',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/home/u', PYTHONDONTWRITEBYTECODE: '1', ...hookEnvironment({ folder: HOOK_FILES, file: log, timeRuns }), ...env },
    })
    const reader = new HookReader()
    if (existsSync(log)) reader.push(readFileSync(log))
    const { events, unreadable } = reader.end()
    const told = events.map(({ kind, target, stack }) => `${kind} ${target.replaceAll(`${folder}/`, '')} ${stack[0]?.[0].startsWith(folder) ? stack[0][1] : '-'}`)
    return { stdout, stderr, status, events, unreadable, told, folder }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of interpreters those that are there, each version once. */
export function interpreters(candidates: readonly string[]): { name: string; path: string }[] {
  const found = new Map<string, string>()
  for (const path of candidates) {
    const { status, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 50_000 })
    const name = `${stdout}${stderr}`.trim()
    if (status === 0 && !found.has(name)) found.set(name, path)
  }
  return [...found].map(([name, path]) => ({ name, path }))
}
