import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import { judgeImitation } from '../names/guard.ts'
import { compareTwins, counterparts, isEstablished, isNew } from '../names/identity.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Watchlist } from '../campaigns/watchlist.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identities } from './identities.ts'
import type { Newcomer } from './concerns.ts'

/** How long what is known of a package answers a question about it: one that just changed, and one that others are compared with. */
const FRESH = 30_000
const SETTLED = 24 * 3_600_000

export interface LookParts {
  identities: Identities
  names: ProtectedNames
  clock: Clock
  watchlist: Watchlist
  /** Whether the registry can be asked. */
  isOn(ecosystem: EcosystemId): boolean
}

/**
 * Everything that can be found out about a package without its code: who it says it is, whom it resembles, who has its name elsewhere.
 * Others are only asked about where the package is young enough to be a stranger. Throws what asking the registry throws.
 */
export async function look(parts: LookParts, { ecosystem, name, account }: { ecosystem: EcosystemId; name: string; account: string | null }): Promise<Newcomer> {
  const { identities, names, watchlist } = parts
  const identity = await identities.of(ecosystem, name, FRESH)
  const people = [account, identity?.publisher ?? null, ...(identity?.accounts ?? [])].filter((one) => one !== null)
  const watched = watchlist.isWatched(ecosystem, { account: null, emails: [...people, ...(identity?.emails ?? [])] })
  return {
    ecosystem, name, identity, watched, mine: names.mine(ecosystem, name),
    imitation: identity === null ? null : await imitated(parts, identity),
    twins: identity === null ? [] : await twinsOf(parts, identity),
  }
}

async function imitated({ identities, names, clock, isOn }: LookParts, identity: Identity): Promise<Newcomer['imitation']> {
  const { ecosystem, name } = identity
  if (names.protectedAs(ecosystem, name)?.why === 'popular' || isEstablished(identity, clock.now())) return null
  const [found] = names.check(ecosystem, name, 1)
  if (!found) return null
  const own = names.protectedAs(ecosystem, name)
  const judge = (target: Identity | null) => judgeImitation(found, { name: identity, target, now: clock.now(), protectedAs: own })
  const judged = judge(null)
  if (judged.level === 'none') return { found, judged }
  // Who the other is can only speak for this one: where it cannot be asked, the suspicion stays.
  const target = found.target.why === 'private' || !isOn(ecosystem) ? null : await identities.of(ecosystem, found.target.name, SETTLED).catch(() => null)
  return { found, judged: target === null ? judged : judge(target) }
}

async function twinsOf({ identities, clock, isOn }: LookParts, identity: Identity): Promise<Newcomer['twins']> {
  if (!isNew(identity, clock.now())) return []
  const found: Newcomer['twins'][number][] = []
  for (const other of counterparts(identity.ecosystem, identity.name)) {
    if (!isOn(other.ecosystem)) continue
    const of = await identities.of(other.ecosystem, other.name, SETTLED)
    const twin = of && compareTwins(identity, of, clock.now())
    if (of && twin) found.push({ of, twin })
  }
  return found
}
