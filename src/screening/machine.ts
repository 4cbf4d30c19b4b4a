import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readEach } from '../host/lockfiles/index.ts'
import type { ProjectFile } from '../host/lockfiles/project-file.ts'
import { FileReading } from '../host/lockfiles/reading.ts'
import { goEnv, readGoVariable } from '../host/lockfiles/settings.ts'
import { SluiceError } from '../core/errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A star stands for one folder. Where clients put packages by their own defaults. */
const TREES = [
  '/usr/lib/node_modules', '/usr/local/lib/node_modules', '/opt/homebrew/lib/node_modules', '~/.npm-global/lib/node_modules', '~/.npm/_npx/*/node_modules',
  '~/.nvm/versions/node/*/lib/node_modules', '~/.volta/tools/image/packages/*/lib/node_modules', '~/.bun/install/global/node_modules', '~/.local/share/pnpm/global/*/node_modules',
  '~/.config/yarn/global/node_modules', '/usr/lib/python3/dist-packages', '/usr/lib/python3.*/site-packages', '/usr/local/lib/python3.*/dist-packages', '/usr/local/lib/python3.*/site-packages',
  '~/.local/lib/python3.*/site-packages', '~/.pyenv/versions/*/lib/python3.*/site-packages', '~/.local/share/pipx/venvs/*/lib/python3.*/site-packages',
  '~/.local/share/uv/tools/*/lib/python3.*/site-packages', '/opt/*/lib/python3.*/site-packages',
]
const SETTINGS = [
  '~/.npmrc', '/etc/npmrc', '~/.yarnrc.yml', '~/.yarnrc', '~/.bunfig.toml', '~/.config/pip/pip.conf', '~/.pip/pip.conf', '/etc/pip.conf', '~/.config/uv/uv.toml', '/etc/uv/uv.toml', '~/.config/go/env',
]
const MOST = 2_000

/** Where packages are installed on this machine, and what its clients are set to. Throws `not-found` where nothing is. */
export function machinePlaces(env: Env): { paths: string[]; settings: ProjectFile[] } {
  const home = env['HOME'] || homedir()
  const at = (pattern: string): string[] => expand(pattern.replace(/^~/, home))
  const modules = env['GOMODCACHE'] || join((env['GOPATH'] || join(home, 'go')).split(':', 1)[0] as string, 'pkg', 'mod')
  const paths = [...new Set([...TREES.flatMap(at), modules])].filter(isFolder).slice(0, MOST)
  if (paths.length === 0) throw new SluiceError('not-found', 'no packages are installed where clients put them by default', { hint: 'name the folders' })
  const given = SETTINGS.flatMap(at).filter((path) => existsSync(path)).flatMap((path) => {
    try {
      return [{ path, bytes: readFileSync(path) }]
    } catch {
      return []
    }
  })
  return { paths, settings: [...readEach(given).files, goVariables(env)] }
}

/** What Go is told by the environment, which comes before its file. */
function goVariables(env: Env): ProjectFile {
  const reading = new FileReading({ path: 'the environment', text: '' }, goEnv, () => null)
  for (const name of ['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GONOSUMDB', 'GOSUMDB', 'GOINSECURE', 'GOFLAGS']) {
    const value = env[name]
    if (value) readGoVariable(reading, name, value, null)
  }
  return reading.done()
}

function expand(pattern: string): string[] {
  const star = pattern.indexOf('*')
  if (star < 0) return [pattern]
  const start = pattern.lastIndexOf('/', star)
  const end = pattern.indexOf('/', star)
  const [before, part, after] = [pattern.slice(0, start), pattern.slice(start + 1, end < 0 ? undefined : end), end < 0 ? '' : pattern.slice(end)]
  const [head = '', tail = ''] = part.split('*')
  try {
    return readdirSync(before).filter((name) => name.startsWith(head) && name.endsWith(tail) && !name.startsWith('.')).sort().slice(0, MOST).flatMap((name) => expand(`${before}/${name}${after}`))
  } catch {
    return []
  }
}

/** Links are followed: people link folders to where they are named. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
