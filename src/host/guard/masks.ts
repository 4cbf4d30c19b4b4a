import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasHookShell, hookShell } from './hook-shell.ts'
import { maskEnv } from './mask.ts'
import type { MaskEnv } from './mask.ts'
import type { GuardReport } from './report.ts'
import { hookProblem, ownFolder, prepareShadows, shadowed, shadowProblem } from './shadow.ts'

export interface MaskSettings {
  env: MaskEnv
  /** Whether credential files of the home are hidden. */
  files: 'hide' | 'keep'
  /** Variables (`NAME`, `PREFIX*`) and paths (with a slash or a dot at their beginning) that stay. */
  keep: readonly string[]
  /** Further paths to hide, absolute. */
  also: readonly string[]
  /** Planted secrets; null: nothing is planted, what is hidden is empty. */
  decoys: { variable(name: string): string | null; file(path: string): Uint8Array | null; below(folder: string): readonly string[] } | null
}

export interface Masks {
  env: Record<string, string>
  wrap(command: readonly string[]): string[]
  report: GuardReport['masked']
  /** Where what is seen instead lies; null: there is nothing. */
  folder: string | null
  close(): void
}

interface Around {
  client: string
  folder: string
  home: string
  env: Readonly<Record<string, string | undefined>>
  user: { root: boolean; uid: number; gid: number }
}

/** What the command is not to have of its user's secrets, and what the limits of that are here. */
export function prepareMasks(settings: MaskSettings, { client, folder, home, env, user }: Around): Masks {
  const says: string[] = []
  const { decoys } = settings
  const hides = settings.files === 'hide'
  const problem = hides || settings.env !== 'keep' ? shadowProblem(user, env['PATH'] ?? '') : null
  if (hides && problem !== null) says.push(`files of the home are not hidden: no mount namespace can be made here (${problem})`)

  const nameable = hasHookShell(client) && env['npm_config_script_shell'] === undefined
  const { env: masked, variables, notForHooks } = maskEnv({
    env, how: settings.env, client, hooks: nameable, decoy: (name) => decoys?.variable(name) ?? null,
    keep: settings.keep.filter((one) => !/^[~./]/.test(one)), settings: settings.env === 'keep' ? [] : ['.npmrc', '.yarnrc.yml', '.yarnrc', 'bunfig.toml'].flatMap((name) => [join(folder, name), join(home, name)]).map(textOf),
  })
  const kept = variables.filter(({ how, why }) => how === 'kept' && why !== 'as told').map(({ name }) => name)
  if (kept.length > 0) says.push(`${kept.join(', ')}: ${client} needs ${kept.length === 1 ? 'it' : 'them'}, and hooks that it runs get ${kept.length === 1 ? 'it' : 'them'}, too`)

  // In a namespace of its own a command cannot read what other processes of its user were started with.
  const apart = problem === null && variables.some(({ how }) => how !== 'kept')
  if (problem !== null && variables.some(({ how }) => how !== 'kept')) says.push(`variables are taken away, and can still be read in /proc, from other processes of this user: no namespace can be made here (${problem})`)
  const hooksProblem = nameable && problem === null ? hookProblem(user, env['PATH'] ?? '') : null
  const forHooks = (at: string, binds: readonly (readonly [string, string])[]): Record<string, string> => {
    if (hooksProblem !== null) says.push(`hooks can read what ${client} logs in with: they get no namespace here (${hooksProblem})`)
    return hookShell({ folder: at, variables: notForHooks, binds: hooksProblem === null ? binds : [], apart: problem === null && hooksProblem === null, mounter: user })
  }

  if (!hides || problem !== null) {
    const own = notForHooks.length > 0 ? ownFolder() : null
    if (own !== null) Object.assign(masked, forHooks(own, []))
    return { env: masked, wrap: (command) => (apart ? shadowed([], user, command) : [...command]), report: { variables, files: [], forHooks: [], kept: [], says }, folder: own, close: () => { if (own !== null) rmSync(own, { recursive: true, force: true }) } }
  }

  const shadows = prepareShadows({
    home, client, keep: settings.keep.filter((one) => /^[~./]/.test(one)), also: settings.also,
    decoy: (path) => decoys?.file(path) ?? null, decoysBelow: (path) => decoys?.below(path) ?? [],
  })
  if (nameable && (notForHooks.length > 0 || shadows.hookBinds.length > 0)) Object.assign(masked, forHooks(shadows.folder, shadows.hookBinds))
  else if (shadows.hooks.length > 0) says.push(`${shadows.hooks.map(({ path }) => path).join(', ')}: the client's own, and readable by whatever it runs`)
  return {
    env: masked,
    wrap: (command) => (shadows.binds.length === 0 && !apart ? [...command] : shadowed(shadows.binds, user, command)),
    report: { variables, files: shadows.files, forHooks: nameable && hooksProblem === null ? shadows.hooks : [], kept: shadows.kept, says },
    folder: shadows.folder,
    close: () => { shadows.close() },
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 100_000)
  } catch {
    return ''
  }
}
