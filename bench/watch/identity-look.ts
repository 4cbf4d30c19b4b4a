import type { EcosystemId } from '../../src/core/types.ts'
import type { Identity } from '../../src/core/watch.ts'
import { concernsOf } from '../../src/monitor/concerns.ts'
import type { Concern } from '../../src/monitor/concerns.ts'
import { look } from '../../src/monitor/look.ts'
import type { LookParts } from '../../src/monitor/look.ts'
import { popularNames } from '../../src/names/popular/index.ts'
import { identityAt } from './identity-documents.ts'
import type { Side } from './identity-documents.ts'

const RANKS = { npm: ranked('npm'), pypi: ranked('pypi'), go: ranked('go') }

function ranked(ecosystem: EcosystemId): ReadonlyMap<string, number> {
  return new Map(popularNames(ecosystem).map((name, at) => [name, at + 1]))
}

export interface Seen {
  level: 'none' | 'note' | 'alarm'
  holds: boolean
  relation: string
  weight: number
  signals: string[]
  concerns: Concern[]
}

/**
 * The younger side as the watch looks at it on its first day, both sides as their registries would present them. Who is popular is who is
 * popular today; likeness to other names is left out: `bench/names` measures it.
 */
export async function lookAt(younger: 'npm' | 'pypi', sides: { npm: Side; pypi: Side }, day: string): Promise<Seen> {
  const now = new Date(`${day}T12:00:00Z`)
  const known = new Map<string, Identity>()
  for (const ecosystem of ['npm', 'pypi'] as const) {
    const identity = identityAt(ecosystem, sides[ecosystem], now)
    // The younger side is not popular yet, whatever it is today.
    known.set(`${ecosystem}/${identity.name}`, { ...identity, rank: ecosystem === younger ? null : RANKS[ecosystem].get(identity.name) ?? null })
  }
  const parts = {
    identities: { of: (ecosystem: EcosystemId, name: string) => Promise.resolve(known.get(`${ecosystem}/${name}`) ?? null) },
    names: {
      mine: () => null, isPrivate: () => false, check: () => [],
      protectedAs: (ecosystem: EcosystemId, name: string) => (ecosystem !== younger && known.has(`${ecosystem}/${name}`) ? { name, why: 'popular', rank: null } : null),
    },
    clock: { now: () => now }, watchlist: { isWatched: () => null }, isOn: () => true,
  } as unknown as LookParts
  const newcomer = await look(parts, { ecosystem: younger, name: sides[younger].name, account: null, there: true })
  const concerns = concernsOf(newcomer)
  const [first] = newcomer.twins
  return {
    level: first?.twin.level ?? 'none', holds: concerns.some(({ holds }) => holds), relation: first?.twin.relation ?? 'not asked', weight: first?.twin.weight ?? 0,
    signals: first?.twin.signals.map(({ signal }) => signal) ?? [], concerns,
  }
}
