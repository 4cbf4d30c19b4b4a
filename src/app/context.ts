import type { Context } from '../admission/context.ts'
import { Revisions } from '../admission/revisions.ts'
import { createSources } from '../admission/sources.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { Common } from '../hunt/common.ts'
import type { Ledger } from '../ledger/append.ts'
import type { Metered } from '../metered.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { SandboxRoom } from '../sandbox/gate/room.ts'
import { createPool } from '../workers/pool.ts'
import type { RulesWatch } from '../yara/watch.ts'
import type { Parts } from './parts.ts'

export interface Around {
  ledger: Ledger
  metered: Metered
  names: ProtectedNames
  rules: RulesWatch | null
  sandbox: SandboxRoom
  policy(): Policy
}

/** What all of admission shares. */
export function contextOf(parts: Parts, { ledger, metered, names, rules, sandbox, policy }: Around): Context {
  const { database, clock, log, workers: { size, timeMs, memoryMb }, domains: { settings: { protect, allow } } } = parts
  return {
    ...parts, ledger, policy, revisions: new Revisions(database), guarded: { protect, allow },
    common: new Common({ database, clock, ownHosts: () => basesOf(parts.sources).map(({ url }) => new URL(url).hostname) }),
    // A hint for people: where it cannot be given, decisions are made without it.
    near: (ecosystem, name) => names.near(ecosystem, name).catch((thrown: unknown) => {
      log.error({ err: thrown }, 'names cannot be compared')
      return null
    }),
    upstream: metered.upstream(parts.upstream, basesOf(parts.sources)),
    // One more than may examine at a time, so that index documents never wait for archives.
    pool: metered.pool(parts.pool ?? createPool({ size: size + 1, limits: { timeMs, memoryMb } })),
    userRules: () => rules?.current() ?? null,
    sources: createSources(parts.sources, policy),
    ...(sandbox.cascade ? { cascade: sandbox.cascade } : {}),
  }
}

const basesOf = (sources: Parts['sources']): { ecosystem: EcosystemId; url: string }[] =>
  (Object.keys(sources) as EcosystemId[]).flatMap((ecosystem) => {
    const { url } = sources[ecosystem]
    return url === null ? [] : [{ ecosystem, url }]
  })
