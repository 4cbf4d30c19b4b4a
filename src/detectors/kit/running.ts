import type { Action, Facts } from '../../analysis/facts.ts'

/** Programs that fetch what they install, and run it. */
const INSTALLERS = new Set([
  'npm', 'pnpm', 'yarn', 'npx', 'pnpx', 'bunx', 'bun', 'pip', 'pip2', 'pip3', 'pipx', 'uv', 'uvx', 'easy_install', 'conda', 'mamba', 'poetry', 'gem', 'cargo', 'go',
  'apt', 'apt-get', 'apk', 'dnf', 'yum', 'pacman', 'zypper', 'brew', 'choco', 'winget', 'scoop', 'snap', 'install-module', 'install-package', 'cpan', 'composer', 'luarocks',
])

/** Whether a package manager is the one that runs something. */
export const isInstaller = ({ call }: Action): boolean => INSTALLERS.has(call)

const SYSTEM = /^(?:\/usr(?:\/local)?)?\/s?bin\/|^[A-Z]:\\Windows\\System32\\/i
const STARTS = /\.(?:exe|com|bat|cmd|ps1|sh|bash|py|js|cjs|mjs|vbs|scr|msi|jar|bin|elf|out)$/i

/** The program that a command line starts. */
const programOf = ({ argument }: Action): string => /^"([^"]+)"|^\S+/.exec(argument ?? '')?.[0] ?? ''

/**
 * Whether the data makes the program, not only its arguments: `git checkout …` with a fetched version runs git.
 * Code is always made of the data.
 */
export function startsData(run: Action, facts: Facts): boolean {
  if (run.kind !== 'spawn' || run.argument === null) return true
  const program = programOf(run)
  if (program.startsWith('…')) return true
  return !SYSTEM.test(program) && (/[\\/]/.test(program) || STARTS.test(program) || writtenBefore(run, facts) !== null)
}

/** The file that was written with such data and is run now. */
export function writtenBefore(run: Action, { actions }: Facts): Action | null {
  const line = run.argument
  if (line === null) return null
  return actions.find(({ kind, argument, from }) => kind === 'write' && argument !== null && argument.length > 2 && argument !== '…'
    && from.some((origin) => run.from.includes(origin)) && (line.includes(argument) || line.split(' ').some((word) => sameFile(word, argument)))) ?? null
}

/** Folders are often put together in two ways; a name of its own says enough. */
const sameFile = (a: string, b: string): boolean => {
  const name = baseOf(a)
  return name.length > 3 && !name.includes('…') && name === baseOf(b)
}

const baseOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
