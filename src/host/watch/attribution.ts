import { isAbsolute, resolve } from 'node:path'
import type { Followed } from './followed.ts'
import { packageAt } from './package-of.ts'
import type { Owner } from './package-of.ts'
import type { Proc } from './proc.ts'
import { Versions } from './version-at.ts'

const VARIABLES = ['npm_lifecycle_event', 'npm_package_json', 'npm_package_name', 'npm_package_version'] as const

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

  settle(process: Followed): void {
    if (process.package !== null) return
    const told = this.#proc.environment(process.kernel, VARIABLES)
    process.lifecycle = told?.['npm_lifecycle_event'] ?? process.lifecycle
    const json = told?.['npm_package_json']
    const owner = (json === undefined || told?.['npm_lifecycle_event'] === undefined ? null : packageAt(json)) ?? (process.cwd === null ? null : packageAt(process.cwd)) ?? this.#script(process)
    if (owner === null) return
    process.package = { ...owner.package, version: this.#versions.of(owner) ?? versionTold(owner, told) }
    process.place = owner.place
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
function versionTold({ package: { name } }: Owner, told: Record<string, string> | null): string | null {
  const version = told?.['npm_package_name'] === name ? told['npm_package_version'] : undefined
  return version !== undefined && version !== '' && version.length <= 256 ? version : null
}
