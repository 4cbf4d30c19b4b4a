import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import { judgeImitation } from '../names/guard.ts'
import { compareTwins, counterparts, isEstablished, isNew, otherSpellings } from '../names/identity.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Watchlist } from '../campaigns/watchlist.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identities } from './identities.ts'
import type { Newcomer } from './concerns.ts'

/** How long what is known of a package answers a question about it: one that just changed, and one that others are compared with. */
const FRESH = 30_000
const SETTLED = 24 * 3_600_000
const ITS_OWN_FAULT = ['upstream-too-large', 'index-invalid', 'worker-timeout', 'worker-memory', 'worker-crashed'] as const

export interface LookParts {
  identities: Identities
  names: ProtectedNames
  clock: Clock
  watchlist: Watchlist
  /** Whether the registry can be asked. */
  isOn(ecosystem: EcosystemId): boolean
}

/** What is looked at. */
export interface Wanted {
  ecosystem: EcosystemId
  name: string
  /** Who published it, where a feed says. */
  account: string | null
  /** Whether somebody says that it is there. */
  there: boolean
}

/**
 * Everything that can be found out about a package without its code: who it says it is, whom it resembles, who has its name elsewhere.
 * Others are only asked about where the package is young enough to be a stranger. `maxAge`: what was read so many milliseconds ago
 * will do; what a feed just spoke of needs 0. Throws what asking its own registry throws.
 */
export async function look(parts: LookParts, { ecosystem, name, account, there }: Wanted, maxAge = FRESH): Promise<Newcomer> {
  const { identities, names, clock } = parts
  const mine = names.mine(ecosystem, name)
  const [identity, unreadable] = await identities.of(ecosystem, name, maxAge).then((found) => [found, null] as const, (thrown: unknown) => {
    // What its holder can make unreadable, by its size or its shape, hides no name that is ours.
    if (mine === null || !there || !isCode(thrown, ...ITS_OWN_FAULT)) throw thrown
    return [null, sentence(thrown)] as const
  })
  const plain = { ecosystem, name, identity, there, mine, watched: watchedBehind(parts, ecosystem, { account, identity }) }
  if (unreadable !== null) return { ...plain, established: false, imitation: null, twins: [], unknown: ['twin', 'imitation', 'actor'], problem: unreadable }
  if (identity === null) {
    return { ...plain, established: false, imitation: null, twins: [], unknown: ['twin'], problem: there ? 'the registry does not show yet what its feed spoke of' : null }
  }
  const { twins, problem } = await twinsOf(parts, identity)
  // What it says of itself takes back nothing that it was held for: only the other's own words do.
  const compared = problem === null && isNew(identity, clock.now()) && twins.every(({ twin }) => twin.relation === 'same')
  const established = isEstablished(identity, clock.now())
  // Nor does patience: what was new here when it was held is not what has always been there.
  const unknown = [...(compared ? [] : ['twin'] as const), ...(mine !== null && established ? ['private-name'] as const : [])]
  return { ...plain, established, imitation: await imitated(parts, identity), twins, unknown, problem }
}

/** Whoever is behind the upload counts first; of those who are named in the package, anybody could be. */
function watchedBehind({ watchlist }: LookParts, ecosystem: EcosystemId, { account, identity }: { account: string | null; identity: Identity | null }): Newcomer['watched'] {
  const behind = [account, identity?.publisher ?? null].filter((one) => one !== null)
  const uploader = watchlist.isWatched(ecosystem, { account: null, emails: behind })
  const found = uploader ?? watchlist.isWatched(ecosystem, { account: null, emails: [...identity?.accounts ?? [], ...identity?.emails ?? []] })
  return found && { actor: found.actor, because: found.because, uploaded: uploader !== null || behind.length === 0 }
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

/** `problem`: another registry cannot be asked now. That keeps nothing else from being said of the package. */
async function twinsOf({ identities, names, clock, isOn }: LookParts, identity: Identity): Promise<{ twins: Newcomer['twins']; problem: string | null }> {
  const twins: Newcomer['twins'][number][] = []
  if (!isNew(identity, clock.now())) return { twins, problem: null }
  const { ecosystem, name } = identity
  const spelled = otherSpellings(ecosystem, name).filter((other) => names.protectedAs(other.ecosystem, other.name) !== null)
  for (const other of [...counterparts(ecosystem, name), ...spelled]) {
    // Who our own names belong to is nobody's question at a public registry, whatever stranger's name led to them.
    if (!isOn(other.ecosystem) || names.isPrivate(other.ecosystem, other.name)) continue
    try {
      const of = await identities.of(other.ecosystem, other.name, SETTLED)
      const twin = of && compareTwins(identity, of, clock.now())
      if (of && twin) twins.push({ of, twin })
    } catch (thrown) {
      return { twins, problem: `${other.ecosystem} could not be asked about this name: ${sentence(thrown)}` }
    }
  }
  return { twins, problem: null }
}
