import type { SandboxPolicy } from './cascade.ts'
import type { EcosystemId } from './types.ts'

/** What the organisation wants, as data. Built and checked by `config.ts`; plain and clonable so that workers can have it. */
export interface Policy {
  /** Content hash of everything below; decisions name the policy they followed. */
  id: string
  mode: 'observe' | 'enforce'
  /** Minimum age of a release, milliseconds; 0: none. */
  minimumAge: Readonly<Record<EcosystemId, number>>
  /** What to do with a verdict that is neither clean nor malicious. */
  suspicious: 'serve' | 'hold'
  undetermined: 'serve' | 'hold'
  /** What to do with what the watch suspects: a stranger under another registry's name, a member of a malicious campaign. */
  suspected: 'serve' | 'hold'
  /** What to do with what is gone upstream, for whatever reason. */
  removedUpstream: 'serve' | 'hold'
  /** What to do with what the registry itself took for malware: its security placeholder, its quarantine. */
  quarantinedUpstream: 'hold' | 'recall'
  /** Who is run in the sandbox, and held for that; absent: nobody. */
  sandbox?: Readonly<SandboxPolicy>
  /** How many reports hold a package before somebody has looked; `youngerThan` in milliseconds. */
  reports: Readonly<{ youngerThan: number; observers: number; trusted: number }>
  allow: readonly Rule[]
  deny: readonly Rule[]
  private: readonly PrivateName[]
  /** Versions with a vulnerability advisory (not malicious): hold at or above this severity; null: only report. */
  advisories: { holdFrom: 'critical' | 'high' | 'moderate' | 'low' | null }
}

/** An exception with a reason. It ends by itself when `expires` has passed. */
export interface Rule {
  ecosystem: EcosystemId
  /** Canonical name or pattern, as `Ecosystem.matches` reads it. */
  name: string
  /** Versions this covers: exact ones; empty means all. */
  versions: readonly string[]
  /** For allow: which holds it lifts. A malicious verdict or advisory is lifted only by a person's release. */
  lifts: readonly ('age' | 'suspicious' | 'undetermined' | 'suspected' | 'sandbox' | 'advisories')[]
  because: string
  expires: Date | null
}

/** A name that belongs to the organisation: asked only of its own registry, never of the public one. */
export interface PrivateName {
  ecosystem: EcosystemId
  pattern: string
  /** Names are paths: the pattern covers whole leading elements, `*` stays within one (as GOPRIVATE, cmd/go `private`). */
  paths?: true
  /** Base URL of the private registry; null: such names are refused. */
  registry: string | null
}

/**
 * Does a pattern cover a canonical name? `*` stands for any run of characters (`@acme/*`, `acme-*`,
 * `go.acme.example/*`); everything else is literal. Linear in the name's length.
 */
export function covers(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] as string
  if (parts.length === 1) return pattern === name
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  const last = parts.at(-1) as string
  return name.length - last.length >= from && name.endsWith(last)
}

/** Does a path pattern cover a name or a path above it? `git.example/team` covers `git.example/team/mod/v2`. */
export function coversPath(pattern: string, name: string): boolean {
  const elements = pattern.split('/')
  const own = name.split('/')
  return elements.length <= own.length && elements.every((element, index) => covers(element, own[index] as string))
}

/** The private registry entry for a name, or null when the name is public. */
export function privateName(policy: Policy, ecosystem: EcosystemId, name: string): PrivateName | null {
  return policy.private.find((entry) => entry.ecosystem === ecosystem && (entry.paths ? coversPath : covers)(entry.pattern, name)) ?? null
}
