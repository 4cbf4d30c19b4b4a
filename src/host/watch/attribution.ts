import { basename, isAbsolute, resolve } from 'node:path'
import type { Followed } from './followed.ts'
import { packageAt } from './package-of.ts'
import type { Owner } from './package-of.ts'
import type { Proc } from './proc.ts'
import { TOLD } from './script.ts'
import { scriptAt, Versions } from './version-at.ts'

/**
 * Whose code a process runs. The first package on the way down from the client that started it counts, and what it starts stays
 * its own: a hook that begins another install has caused it. Signs, the strongest first: what npm and its kind tell a hook, the
 * working folder, the script an interpreter was given.
 */
export class Attribution {
  readonly #proc: Proc
  readonly #versions = new Versions()

  constructor(proc: Proc) {
    this.#proc = proc
  }

  /** `seen`: what the kernel was given of what hooks are told; absent: `/proc` is asked, which is too late for a process that is over. */
  settle(process: Followed, seen?: Readonly<Record<string, string>>): void {
    if (process.package !== null && process.lifecycle !== null) return
    const told = seen ?? this.#proc.environment(process.kernel, TOLD)
    const event = told?.['npm_lifecycle_event']
    const json = told?.['npm_package_json']
    const hooked = json === undefined || event === undefined ? null : packageAt(json)
    if (process.package === null) {
      process.lifecycle = event ?? process.lifecycle
      const owner = hooked ?? (process.cwd === null ? null : packageAt(process.cwd)) ?? this.#script(process)
      if (owner === null) return
      process.package = { ...owner.package, version: this.#versions.of(owner) ?? versionTold(owner, told) }
      process.place = owner.place
    } else if (hooked?.place === process.place) process.lifecycle = event ?? null
    process.lifecycle ??= hookOf(process)
  }

  /** `node …/node_modules/x/y.js`, and commands that are a package's own; not the client itself. */
  #script({ argv, program, cwd }: Followed): Owner | null {
    for (const word of [program, ...argv.slice(1, 4)]) {
      if (word.startsWith('-')) continue
      const owner = packageAt(isAbsolute(word) ? word : resolve(cwd ?? '/', word))
      if (owner !== null && !CLIENTS.has(owner.package.name)) return owner
      if (owner !== null) return null
    }
    return null
  }
}

const CLIENTS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'corepack', 'bun', 'npx', 'node-gyp', 'pip', 'uv', 'poetry'])

/** What the client told of the version, where it told of this package. */
function versionTold({ package: { name } }: Owner, told: Readonly<Record<string, string>> | null): string | null {
  const version = told?.['npm_package_name'] === name ? told['npm_package_version'] : undefined
  return version !== undefined && version !== '' && version.length <= 256 ? version : null
}

/** Which of its hooks a shell is given (`sh -c SCRIPT`), by the package's manifest; where nobody was told, or that was not seen. */
function hookOf({ package: owner, place, argv }: Followed): string | null {
  if (owner?.ecosystem !== 'npm' || place === null || !/^(?:ba|da|z)?sh$/.test(basename(argv[0] ?? ''))) return null
  const at = argv.indexOf('-c')
  return at < 0 ? null : scriptAt(place, argv[argv[at + 1] === '--' ? at + 2 : at + 1] ?? '')
}
