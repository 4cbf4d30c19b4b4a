import type { Action, Facts } from '../../analysis/facts.ts'
import { repositoryOf, spellRepository } from '../../core/repository.ts'
import type { Outside, Profile, Trigger, UnpackedPackage } from '../../core/types.ts'
import { reachOf } from './chains.ts'
import { hostOf } from './hosts.ts'

const MOST = { hosts: 200, dependencies: 500, code: 2_000, triggers: 100 }
/** 64 bits: nobody has a second file for the same ones at hand. */
export const HASH = 16
const CODE = /\.(?:[cm]?[jt]sx?|pyw?|pth|go|sh|ps1|bat|cmd|rb|pl|php|json|wasm|node|so|dll|exe)$/i

/** What runs although nobody imports or calls it. */
const STARTS: ReadonlySet<Trigger['kind']> = new Set(['install-hook', 'startup', 'build', 'editor', 'generate'])
/** Places where writing or deleting means more than keeping a file. */
const PLACES: ReadonlySet<Action['touches']> = new Set(['autostart', 'shell-startup', 'ssh-keys', 'app-code', 'package-code', 'assistant', 'ci', 'system', 'credentials'])

/** What this file of a package is able to do. */
export function profileOf(pkg: UnpackedPackage, facts: Facts, outside: Outside): Profile {
  const triggers = sorted(pkg.triggers.filter(({ kind }) => STARTS.has(kind)).map(triggerLine))
  const hosts = sorted(facts.actions.flatMap((action) => hostLine(action) ?? []))
  const dependencies = Object.keys(pkg.manifest.dependencies).sort()
  const code = [...pkg.files.values()].filter(({ path, sha256 }) => sha256 !== '' && CODE.test(path))
  const repository = repositoryOf(pkg.manifest.repository) ?? repositoryOf(pkg.manifest.homepage)
  return {
    triggers: triggers.slice(0, MOST.triggers),
    abilities: sorted(facts.actions.flatMap(abilityLines)),
    hosts: hosts.slice(0, MOST.hosts),
    marks: sorted(facts.marks.map(({ value }) => value.kind)),
    binaries: sorted(facts.binaries.map(binaryLine)),
    dependencies: dependencies.slice(0, MOST.dependencies),
    repository: repository && spellRepository(repository),
    publisher: outside.registryManifest?.publisher ?? null,
    provenance: outside.registryManifest?.provenance ?? null,
    code: Object.fromEntries(code.slice(0, MOST.code).map(({ path, sha256 }) => [path, sha256.slice(0, HASH)])),
    cut: triggers.length > MOST.triggers || hosts.length > MOST.hosts || dependencies.length > MOST.dependencies || code.length > MOST.code,
  }
}

const sorted = (lines: readonly string[]): string[] => [...new Set(lines)].sort()

export const triggerLine = ({ kind, name, command }: Trigger): string => `${kind} ${name}${command === undefined ? '' : `: ${command}`}`.slice(0, 200)

/** One line for what is done, and one for each kind of data it is done to. */
export function abilityLines(action: Action): string[] {
  const reach = reachOf(action)
  const { kind, from, touches } = action
  return [
    `${kind} ${reach}`, ...from.map((origin) => `${kind}<${origin}> ${reach}`),
    ...((kind === 'write' || kind === 'delete') && PLACES.has(touches) ? [`${kind}@${touches} ${reach}`] : []),
  ]
}

const SPEAKS: ReadonlySet<Action['kind']> = new Set(['fetch', 'connect', 'resolve', 'send'])

/** The domain, as far as one owner's hosts change from version to version. */
export function hostLine(action: Action): string | null {
  const host = SPEAKS.has(action.kind) && action.argument !== null ? hostOf(action.argument) : null
  return host === null ? null : `${host} ${reachOf(action)}`
}

export const binaryLine = ({ format, kind }: Facts['binaries'][number]): string => (format === kind ? format : `${format} ${kind}`).slice(0, 100)
