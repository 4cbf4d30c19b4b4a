import { basename } from 'node:path'
import { placeOf } from '../../analysis/places.ts'
import type { PlaceKind } from '../../analysis/places.ts'
import type { Followed } from '../watch/followed.ts'

/** Reading there gives away what lets somebody act as its owner, or tells on people. */
const SECRET: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['credentials', 'ssh-keys', 'wallet', 'browser', 'messenger', 'history', 'cloud'])
/** Writing there makes something run later, or lets somebody in. */
const LASTING: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['shell-startup', 'autostart', 'ssh-keys', 'assistant', 'ci', 'app-code'])
/** Everybody reads these, and they give nothing away that the environment does not. */
const OPEN = /^\/(?:etc\/(?:passwd|group|profile|bash\.bashrc)|proc\/(?:self|thread-self|\d+)\/(?:status|stat|maps|cgroup|mountinfo))$|\/\.gitconfig$|\/\.config\/git\/config$/
/** Packages bring files of such names themselves. */
const INSTALLED = /\/(?:node_modules|site-packages|dist-packages|pkg\/mod|pip-(?:install|wheel|download|build-env|req-build)-[^/]+)\//

export const isSecret = (path: string): PlaceKind | null => kindIn(path, SECRET)
export const isLasting = (path: string): PlaceKind | null => kindIn(path, LASTING)

function kindIn(path: string, kinds: ReadonlySet<PlaceKind>): PlaceKind | null {
  if (OPEN.test(path) || INSTALLED.test(path)) return null
  const kind = placeOf(path)
  return kind !== null && kinds.has(kind) ? kind : null
}

/** What a client needs for its own work: its registry's token, and what the version control and transport it starts log in with. */
const NEEDS: readonly { programs: RegExp; paths: RegExp }[] = [
  { programs: /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx|corepack)$/, paths: /(?:^|\/)(?:\.npmrc|npmrc|\.yarnrc(?:\.yml)?|\.bunfig\.toml)$/ },
  { programs: /^(?:pip[\d.]*|uv|uvx|poetry|pdm|pipx|hatch)$/, paths: /(?:^|\/)(?:\.netrc|pip\.conf|auth\.toml)$|\/(?:keyring|python_keyring)\// },
  { programs: /^(?:go|git|git-remote-\w+)$/, paths: /(?:^|\/)(?:\.netrc|\.git-credentials|\.config\/git\/credentials)$/ },
  { programs: /^(?:ssh|ssh-add|git)$/, paths: /\/\.ssh(?:\/|$)/ },
  { programs: /^(?:bash|sh|zsh|dash|fish)$/, paths: /\/\.(?:bashrc|bash_profile|profile|zshrc|zshenv|zprofile|bash_history|zsh_history)$/ },
]

/** The client a process is, by what it was told to run: `node /usr/bin/npm` is npm, `python -m pip` is pip. */
export function clientName({ argv, program }: Pick<Followed, 'argv' | 'program'>): string {
  const [first = program, second = '', third = ''] = argv
  const name = basename(first).replace(/^-/, '')
  if (/^python[\d.]*$/.test(name) && second === '-m') return third
  if (!/^(?:node|nodejs|python[\d.]*|env|bash|sh|dash)$/.test(name)) return name.split(' ', 1)[0] as string
  const script = argv.slice(1).find((word) => !word.startsWith('-')) ?? ''
  return /[\\/]/.test(script) ? basename(script).replace(/(?:-cli)?\.(?:c?js|mjs|py)$/, '') : name
}

/** Whether a client reads what it logs in with itself. Nothing that runs for a package is a client. */
export function isNeeded(path: string, by: Followed): boolean {
  if (by.package !== null) return false
  const name = clientName(by)
  return NEEDS.some(({ programs, paths }) => programs.test(name) && paths.test(path))
}
