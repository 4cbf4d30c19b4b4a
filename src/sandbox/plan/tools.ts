import { execFile } from 'node:child_process'
import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import type { Mount } from '../cell/cell.ts'
import { askPython } from './python.ts'
import type { PythonFacts } from './python.ts'

export interface NodeTool { node: string; npm: string; npmVersion: string; mounts: readonly Mount[] }
export interface PythonTool { program: string; facts: PythonFacts; mounts: readonly Mount[] }
export interface GoTool { program: string; root: string; version: string; mounts: readonly Mount[] }

/**
 * The interpreters of this machine that run packages in the box: their real programs and the folders they live in, nothing else of
 * whoever installed them. Each is looked for once; throws `sandbox-unavailable` where there is none that works.
 */
export class Tools {
  readonly #path: readonly string[]
  #node: Promise<NodeTool> | null = null
  #python: Promise<PythonTool> | null = null
  #go: Promise<GoTool> | null = null

  /** `path` as in PATH. Programs that a project brings along (`node_modules`) are not the machine's. */
  constructor(path: string) {
    this.#path = [...new Set([...path.split(delimiter).filter((folder) => folder.startsWith('/') && !folder.includes('/node_modules')), '/usr/local/bin', '/usr/bin', '/bin', '/usr/local/go/bin'])]
  }

  node(): Promise<NodeTool> {
    return this.#node ??= findNode(this.#path)
  }

  python(): Promise<PythonTool> {
    return this.#python ??= findPython(this.#path)
  }

  go(): Promise<GoTool> {
    return this.#go ??= findGo(this.#path)
  }
}

async function findNode(path: readonly string[]): Promise<NodeTool> {
  for (const node of candidates(path, ['node', 'nodejs'])) {
    const npm = candidates([dirname(node), ...path], ['npm'])[0]
    const script = npm && real(npm)
    if (!script?.endsWith('.js')) continue
    const version = await first(node, [script, '--version'])
    if (version === null) continue
    const mounts = [dirname(dirname(real(node) ?? node)), script.replace(/\/bin\/[^/]+$/, '')].filter((folder) => !isBase(folder))
    return { node: real(node) ?? node, npm: script, npmVersion: version, mounts: mounts.map(same) }
  }
  throw missing('node with npm', 'install Node.js with npm, so that sluice finds both on the PATH')
}

/** Launchers of version managers are scripts: the interpreter itself says where it is. */
async function findPython(path: readonly string[]): Promise<PythonTool> {
  let problem: unknown = null
  for (const candidate of candidates(path, ['python3', 'python'])) {
    const said = await first(candidate, ['-I', '-c', 'import sys; print(getattr(sys, "_base_executable", sys.executable) or sys.executable)'])
    const program = said !== null && said.startsWith('/') ? real(said) : null
    if (program === null) continue
    try {
      const facts = await askPython(program)
      if (!facts.venv || facts.pip === null) continue
      return { program, facts, mounts: isBase(facts.prefix) ? [] : [same(facts.prefix)] }
    } catch (thrown) {
      problem = thrown
    }
  }
  throw problem instanceof SluiceError ? problem : missing('python3 with venv and pip', 'install python3, python3-pip and python3-venv')
}

async function findGo(path: readonly string[]): Promise<GoTool> {
  for (const candidate of candidates(path, ['go'])) {
    const said = await first(candidate, ['env', 'GOROOT', 'GOVERSION'], true)
    const [root, version] = said?.split('\n') ?? []
    if (root && version && usable(join(root, 'bin', 'go'))) return { program: join(root, 'bin', 'go'), root, version, mounts: isBase(root) ? [] : [same(root)] }
  }
  throw missing('go', 'install Go, so that sluice finds it on the PATH')
}

/** Below what every cell has. */
const isBase = (folder: string): boolean => folder === '/' || /^\/(?:usr|bin|lib|lib64|sbin)(?:\/|$)/.test(folder)
const same = (folder: string): Mount => ({ from: folder, to: folder })
const missing = (what: string, hint: string): SluiceError => new SluiceError('sandbox-unavailable', `there is no ${what} on this machine`, { hint })

function candidates(path: readonly string[], names: readonly string[]): string[] {
  return path.flatMap((folder) => names.map((name) => join(folder, name))).filter(usable)
}

function usable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** What a program of this machine prints: its last line, or all of it. Its home is no folder: Go would make one, and write into it. */
function first(program: string, args: readonly string[], all = false): Promise<string | null> {
  const env = { PATH: `${dirname(program)}:/usr/bin:/bin`, HOME: '/dev/null', GOENV: 'off', GOTOOLCHAIN: 'local', npm_config_userconfig: '/dev/null', npm_config_update_notifier: 'false' }
  return new Promise((resolve) => {
    execFile(program, args, { env, cwd: '/', timeout: 20_000, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 }, (error, stdout) => {
      const text = stdout.trim()
      resolve(error || text === '' ? null : all ? text : text.split('\n').at(-1) ?? null)
    })
  })
}
