import type { ArtifactRef, Trigger, UnpackedPackage } from '../core/types.ts'
import type { SandboxRecord } from '../sandbox/record.ts'
import { lineOf } from '../detectors/kit/lines.ts'

/** A command that an installation runs by itself, and where the manifest says so. */
export interface Hook {
  name: string
  command: string
  file: string
  /** 1-based; 0: not known. */
  line: number
}

/** What is known of a package beforehand, and of the machine it was run on. Plain data: it goes to worker processes. */
export interface About {
  ref: Pick<ArtifactRef, 'ecosystem' | 'name' | 'version'>
  /** Hosts that are the registries' own, the gate's mirror among them. */
  ownHosts: readonly string[]
  /** Its declared home, see `trustOf`. */
  repository?: string
  homepage?: string
  hooks: readonly Hook[]
  /** Names of the machine and its user, whatever it was run as: whoever sends them tells whose it is. Empty: not known. */
  names: { users: readonly string[]; hosts: readonly string[] }
}

const NOBODY: About['names'] = { users: [], hosts: [] }

/** What a record says of it; where it says nothing, as little as is known of anything. `ownHosts` are those of the gate. */
export function aboutRecord({ ref, about, hosts = [] }: Pick<SandboxRecord, 'ref' | 'about' | 'hosts'>, ownHosts: readonly string[] = []): About {
  const known = about ?? aboutRef(ref)
  return { ...known, ownHosts: [...new Set([...known.ownHosts, ...ownHosts])], names: { users: [...known.names.users, ...hosts.map(({ user }) => user)], hosts: [...known.names.hosts, ...hosts.map(({ name }) => name)] } }
}

/** As little as is known of anything. */
export const aboutRef = (ref: About['ref'], ownHosts: readonly string[] = [], names: About['names'] = NOBODY): About => ({ ref, ownHosts, hooks: [], names })

export function aboutPackage(pkg: UnpackedPackage, ownHosts: readonly string[], names: About['names'] = NOBODY): About {
  const { ref } = pkg.artifact
  const { repository, homepage } = pkg.manifest
  return {
    ref, ownHosts, names, hooks: pkg.triggers.filter(isHook).slice(0, 100).map((trigger) => hookOf(pkg, trigger)),
    ...(repository === undefined ? {} : { repository }), ...(homepage === undefined ? {} : { homepage }),
  }
}

const isHook = ({ kind, command }: Trigger): boolean => kind === 'install-hook' && command !== undefined

function hookOf(pkg: UnpackedPackage, { name, command = '' }: Trigger): Hook {
  const spelled = JSON.stringify(command).slice(1, -1)
  const { file, lines } = lineOf(pkg, spelled)
  return { name, command, file, line: lines[0] }
}
