import { privateName } from '../core/policy.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'

/** Where an ecosystem's public packages come from; `why` says so when it is off. */
export type PublicSource = { url: string; sumdb: string | null } | { url: null; why: string }

/**
 * Where a name is asked for. What was learnt from one source says nothing of another: `id` keeps them apart, and public
 * mirrors count as one. A private name is never asked of the public upstream, also when its own
 * registry is down.
 */
type Source =
  | { url: string; private: boolean; sumdb: string | null; id: string }
  | { url: null; private: boolean; why: string }

export interface Sources {
  of(ecosystem: EcosystemId, name: string | null): Source
  readonly public: Readonly<Record<EcosystemId, PublicSource>>
}

export function createSources(publicSources: Readonly<Record<EcosystemId, PublicSource>>, policy: () => Policy): Sources {
  return {
    public: publicSources,
    of(ecosystem, name) {
      const own = name === null ? null : privateName(policy(), ecosystem, name)
      if (own?.registry) return { url: withSlash(own.registry), private: true, sumdb: null, id: withSlash(own.registry) }
      if (own) return { url: null, private: true, why: `${name} is a private name and no private registry is configured for it` }
      const source = publicSources[ecosystem]
      return source.url === null ? { ...source, private: false } : { url: withSlash(source.url), private: false, sumdb: source.sumdb, id: PUBLIC }
    },
  }
}

const PUBLIC = 'public'

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)
