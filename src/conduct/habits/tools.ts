import type { Tool } from '../deed.ts'

/** Programs under these names, outside of what a package can write to, are tools of the trade. */
const PROGRAMS: Readonly<Record<string, Tool>> = {
  ...named('npm npm-cli.js npx npx-cli.js', 'npm'), ...named('pnpm pnpm.cjs pnpm.mjs', 'pnpm'), ...named('yarn yarn.js yarnpkg', 'yarn'), ...named('bun bunx', 'bun'),
  ...named('pip pip2 pip3 pip3.11 __pip-runner__.py', 'pip'), ...named('uv uvx', 'uv'), ...named('poetry', 'poetry'), ...named('pipx', 'pipx'),
  ...named('go compile link asm cgo vet buildid pack covdata', 'go'), ...named('cargo', 'cargo'), ...named('rustc rustup', 'rustc'),
  ...named('node-gyp node-gyp.js gyp gyp_main.py', 'node-gyp'), ...named('make gmake', 'make'), ...named('cmake ctest', 'cmake'), ...named('ninja', 'ninja'), ...named('meson', 'meson'),
  ...named('gcc g++ cc c++ clang clang++ cc1 cc1plus collect2 as ld ld.bfd ld.gold lto1 lto-wrapper ar ranlib strip x86_64-linux-gnu-gcc x86_64-linux-gnu-g++', 'cc'),
  ...named('git git-remote-https git-remote-http ssh', 'git'), ...named('pkg-config pkgconf', 'pkg-config'), ...named('autoconf automake libtool configure m4', 'autotools'), ...named('swig', 'swig'), ...named('gfortran f951', 'fortran'),
}

/** Modules that `python -m` starts. */
const MODULES: Readonly<Record<string, Tool>> = { pip: 'pip', build: 'pip', uv: 'uv', ensurepip: 'pip', venv: 'pip', mesonbuild: 'meson' }

/** What managers start to learn what machine they are on; whatever those start is theirs as well. */
const PROBES: ReadonlySet<string> = new Set(['lsb_release', 'uname', 'ldd', 'ldconfig', 'getconf', 'arch', 'sysctl', 'sw_vers'])
export const isProbe = (program: string): boolean => isOurs(program) && PROBES.has(baseOf(program))
export const PROBE = 'probe'

/** What installs packages, and so may speak to a registry with its user's token. */
export const MANAGERS: ReadonlySet<Tool> = new Set(['npm', 'pnpm', 'yarn', 'bun', 'pip', 'uv', 'poetry', 'pipx', 'go', 'cargo'])

/** Packages that managers are made of: their lines start hooks and builds, and are not whose these are. */
const PARTS = /^(?:@npmcli\/.*|npm|pnpm|yarn|pacote|node-gyp|pip|_vendor|pyproject_hooks|uv)$/
export const isPartOfTool = (name: string | null): boolean => name !== null && PARTS.test(name)

const INTERPRETER = /^(?:node|nodejs|python[\d.]*|pypy[\d.]*|ruby|perl|sh|bash|dash)$/
const PIP_ITSELF = /\/(?:site-packages|__env_pip__\.zip)\/pip(?:\/__main__\.py|\/__pip-runner__\.py)?$/
/** Where packages cannot put things of their own. Tools that were installed for a build lie in the folders that pip makes for it. */
const OURS = /^\/(?:usr|bin|sbin|lib|lib64|opt|nix|snap|root\/\.(?:pyenv|nvm|cargo|rustup|local\/bin)|home\/[^/]+\/\.(?:pyenv|nvm|cargo|rustup|volta|asdf|local\/(?:bin|share)))\//
const MADE = /\/pip-(?:build-env|standalone-pip)-[^/]+\/|\/\.?venv\/bin\//

function named(names: string, tool: Tool): Record<string, Tool> {
  return Object.fromEntries(names.split(' ').map((name) => [name, tool]))
}

export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The tool that a program is when it is told this; null: none that is known, or one that only bears the name. */
export function toolOf(program: string, argv: readonly string[]): Tool | null {
  const base = baseOf(program || argv[0] || '')
  if (!INTERPRETER.test(base)) return isOurs(program) ? lookUp(PROGRAMS, base) : null
  const at = argv.findIndex((word, index) => index > 0 && (!word.startsWith('-') || word === '-m' || word === '-c' || word === '-e'))
  const word = argv[at]
  if (word === undefined || word === '-c' || word === '-e') return null
  if (word === '-m') return lookUp(MODULES, argv[at + 1] ?? '')
  if (PIP_ITSELF.test(word)) return 'pip'
  return word.startsWith('/') && isOurs(word) ? lookUp(PROGRAMS, baseOf(word)) : null
}

const isOurs = (path: string): boolean => !path.startsWith('/') || OURS.test(path) || MADE.test(path)
const lookUp = (table: Readonly<Record<string, Tool>>, name: string): Tool | null => (Object.hasOwn(table, name) ? table[name] ?? null : null)
