import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { readMounts } from './mounts.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where clients put what they install for everybody. What is not there costs nothing. */
const USUAL = ['/usr/lib/node_modules', '/usr/local/lib', '/usr/lib/python3', '/usr/lib64', '/opt', '/srv', '/var/www', '/app', '/opt/homebrew/lib', '/Library/Frameworks/Python.framework']
const DISTRIBUTIONS = /^python3(?:\.\d+)?$/

/** Roots of a walk over this machine: the home folder, and where installers put things by default. Those on a network are left out, and said. */
export function machineRoots(env: Env, list: (folder: string) => string[]): { roots: string[]; left: { path: string; says: string }[] } {
  const home = env['HOME'] || homedir()
  const modules = env['GOMODCACHE'] || join((env['GOPATH'] || join(home, 'go')).split(delimiter, 1)[0] as string, 'pkg', 'mod')
  const all = [home, ...USUAL, ...list('/usr/lib').filter((name) => DISTRIBUTIONS.test(name)).map((name) => `/usr/lib/${name}`), ...(modules.startsWith(`${home}/`) ? [] : [modules])]
  const mounts = readMounts()
  const left: { path: string; says: string }[] = []
  const roots = [...new Set(all)].filter((root) => {
    const kind = mounts?.at(root) ?? null
    if (kind === null || !mounts?.foreign(kind)) return true
    left.push({ path: root, says: `is on ${kind}: name it to have it looked into` })
    return false
  })
  return { roots: roots.filter((root) => !roots.some((other) => other !== root && root.startsWith(`${other}/`))), left }
}

/** Folders with programs besides those a walk comes by: of the path, and where `go install` puts them. */
export function programFolders(env: Env): string[] {
  const home = env['HOME'] || homedir()
  const go = [env['GOBIN'], ...(env['GOPATH'] || join(home, 'go')).split(delimiter).map((folder) => join(folder, 'bin'))]
  return [...new Set([...go, ...(env['PATH'] ?? '').split(delimiter)].filter((folder): folder is string => folder !== undefined && folder.startsWith('/')))]
}
