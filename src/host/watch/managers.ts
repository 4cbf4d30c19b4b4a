import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Follow } from './script.ts'

/** Programs that install packages, by what the kernel calls their process (15 characters at most). */
const NAMES = ['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx', 'corepack', 'node-gyp', 'uv', 'uvx', 'poetry', 'pdm', 'pipx', 'hatch', 'pipenv', 'conda', 'mamba', 'go']
const PREFIXES = ['pip']
/** Modules of Python that do. */
const MODULES = ['pip', 'build', 'poetry', 'pipx', 'ensurepip', 'venv']
/** Where npm is run as `node FILE`, without a name of its own. */
const SCRIPTS = ['/usr/lib/node_modules/npm/bin/npm-cli.js', '/usr/local/lib/node_modules/npm/bin/npm-cli.js', '/usr/share/nodejs/npm/bin/npm-cli.js', '/opt/nodejs/lib/node_modules/npm/bin/npm-cli.js']

export const followManagers = (more: readonly string[]): Follow => ({ names: [...NAMES, ...more], prefixes: PREFIXES, modules: MODULES, scripts: SCRIPTS.filter((path) => existsSync(path)) })

/** The package manager that a command line is; null: none. For engines that see command lines alone. */
export function managerIn(argv: readonly string[], more: readonly string[]): string | null {
  const known = (name: string): boolean => NAMES.includes(name) || more.includes(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
  const [first = '', second = '', third = ''] = argv
  // Node renames itself: `npm ci` is all that is left of its command line then.
  const name = basename(first.split(' ', 1)[0] as string)
  if (known(name)) return name
  if (!/^(?:node|nodejs|python[\d.]*|bash|sh|env)$/.test(name)) return null
  if (second === '-m') return MODULES.includes(third) ? third : null
  const script = basename(argv.slice(1, 4).find((word) => !word.startsWith('-')) ?? '').replace(/(?:-cli)?\.(?:c?js|mjs|py)$/, '')
  return known(script) ? script : null
}
