import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from './way-out.ts'

/** What a package manager on this machine is set to. `own`: ask for its built-in default, whatever the machine says. */
export interface ClientSettings {
  npm(own: boolean): Promise<string | null>
  pip(own: boolean): Promise<string | null>
  go(own: boolean): Promise<{ proxy: string; sumdb: string } | null>
}

const PATIENCE = 10_000
// pip's own option parser merges defaults, files and environment; older ones at least know their built-in index.
const PIP_INDEX = `
try:
    from pip._internal.commands import create_command
    url = create_command("download").parser.get_default_values().index_url
except Exception:
    from pip._internal.models.index import PyPI
    url = PyPI.simple_url
print(url)`

/** Asks the installed clients, in an empty folder of its own so that no project's settings count. */
export function installedClients(env: Env): ClientSettings {
  const ask = (command: string, args: readonly string[], changes: Env) => inEmptyFolder((folder) => run(command, args, { ...env, ...changes }, folder))
  return {
    npm: (own) => ask('npm', ['config', 'get', 'registry'], {
      ...npmProjectVariables(env), ...(own ? { npm_config_userconfig: devNull, npm_config_globalconfig: devNull } : {}),
    }),
    async pip(own) {
      const changes = own ? { PIP_CONFIG_FILE: devNull, PIP_INDEX_URL: undefined } : { PIP_INDEX_URL: undefined }
      return await ask('python3', ['-c', PIP_INDEX], changes) ?? ask('python', ['-c', PIP_INDEX], changes)
    },
    async go(own) {
      const text = await ask('go', ['env', '-json', 'GOPROXY', 'GOSUMDB'], { GOPROXY: undefined, GOSUMDB: undefined, ...(own ? { GOENV: 'off' } : {}) })
      const settings = text === null ? null : parsed(text)
      return settings && { proxy: String(settings['GOPROXY'] ?? ''), sumdb: String(settings['GOSUMDB'] ?? '') }
    },
  }
}

/** Under `npm run`, npm hands its project's settings down in variables. */
function npmProjectVariables(env: Env): Env {
  const names = Object.keys(env).filter((name) => /^npm_(?:config_(?:registry|local_prefix|prefix)|package_|lifecycle_)/i.test(name))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

async function inEmptyFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'))
  try {
    // npm takes the nearest folder with a package.json for the project.
    await writeFile(join(folder, 'package.json'), '{}')
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The last line of what it prints, or null when it is not there, fails or takes too long. */
function run(command: string, args: readonly string[], env: Env, cwd: string): Promise<string | null> {
  return new Promise((resolve) => {
    const shell = process.platform === 'win32' && command === 'npm'
    execFile(shell ? 'npm.cmd' : command, args, { cwd, env: { ...env }, shell, timeout: PATIENCE, killSignal: 'SIGKILL', maxBuffer: 65_536, windowsHide: true }, (error, stdout) => {
      const text = stdout.trim()
      resolve(error || text === '' ? null : text.startsWith('{') ? text : text.split('\n').at(-1)?.trim() ?? null)
    })
  })
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}
