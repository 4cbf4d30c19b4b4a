import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Identity } from '../core/watch.ts'
import type { Twin } from '../names/identity.ts'
import type { Imitation } from '../names/index.ts'
import type { Judgement } from '../names/guard.ts'

export type ConcernKind = 'private-name' | 'twin' | 'imitation' | 'actor' | 'campaign' | 'indicator'
export type AlarmSeverity = 'low' | 'medium' | 'high' | 'critical'

/** What the watch has against a package, from outside its code. */
export interface Concern {
  kind: ConcernKind
  /** `note`: worth a look, and analysed ahead of demand; `alarm`: people are told. */
  level: 'note' | 'alarm'
  severity: AlarmSeverity
  /** Whether it is held for this alone. A similar name never is. */
  holds: boolean
  /** One sentence, which clients that are refused read. */
  says: string
  /** The single facts. */
  signals: readonly string[]
  /** What alarms of one matter have in common: they become one. */
  subject: string
}

/** What was found out about one package. */
export interface Newcomer {
  ecosystem: EcosystemId
  name: string
  /** null: the registry does not have it (any more). */
  identity: Identity | null
  /** Whether somebody says that it is there, if only the feed. */
  there: boolean
  /** It has stood long enough to be nobody's throwaway. */
  established: boolean
  /** The names of this organisation that this one is, or would be in another registry. */
  mine: { ecosystem: EcosystemId; name: string } | null
  imitation: { found: Imitation; judged: Judgement } | null
  twins: readonly { of: Identity; twin: Twin }[]
  /** `uploaded`: it is behind this upload; else it may publish the package, or is named in it. */
  watched: { actor: string; because: string; uploaded: boolean } | null
  /** Of what nothing could be learnt this time: what was concluded before stays. */
  unknown: readonly ConcernKind[]
  /** Why it is to be looked at again; null: no reason. */
  problem: string | null
}

/** Everything that speaks against a package, the gravest first. Pure. */
export function concernsOf(newcomer: Newcomer): Concern[] {
  return [privateName(newcomer), ...twins(newcomer), actor(newcomer), imitation(newcomer)].filter((one) => one !== null)
}

/**
 * Where a name that is ours alone turns up, whoever holds it: installers that are not behind the gate would take it. What has long been
 * there under a name that is only called like ours is worth a note.
 */
function privateName({ ecosystem, name, mine, identity, there, established }: Newcomer): Concern | null {
  if (mine === null || (identity === null && !there)) return null
  const chance = established && mine.ecosystem !== ecosystem
  // Of a pattern nobody knows whether a package of that name was ever ours: people are told, and nobody's package is held for it.
  const known = !mine.name.includes('*')
  const where = mine.ecosystem === ecosystem && mine.name === name ? '' : `, which is ${mine.ecosystem}:${mine.name} here`
  const who = publisherOf(identity)
  return {
    kind: 'private-name', level: chance ? 'note' : 'alarm', severity: chance ? 'low' : known ? 'critical' : 'high', holds: !chance && known, subject: `private ${mine.ecosystem}:${mine.name}`,
    says: `${ecosystem}:${name} ${chance ? 'has long been' : 'has appeared'} at the public registry${where}, a private name of this organisation`,
    signals: [`private name ${mine.ecosystem}:${mine.name}`, who === null ? 'nobody is named as its publisher' : `published by ${who}`, ...history(identity)],
  }
}

function twins({ ecosystem, name, twins: all, identity }: Newcomer): Concern[] {
  return all.flatMap(({ of, twin }): Concern[] => {
    if (twin.level === 'none') return []
    const signals = twin.signals.map(({ says }) => says)
    const copied = twin.signals.some(({ signal }) => signal === 'version-copied')
    const other = `${of.ecosystem}:${of.name}`
    return [{
      kind: 'twin', level: twin.level, severity: copied ? 'high' : 'medium', holds: twin.level === 'alarm', signals: [...signals, ...history(identity)],
      subject: `twin ${ecosystem}:${name}`,
      says: twin.relation === 'claimed' ? `${ecosystem}:${name} says that it belongs to ${other}; nothing confirms it`
        : `${ecosystem}:${name} is new and has the name${copied ? ' and version' : ''} of ${other}, with which nothing connects it`,
    }]
  })
}

function actor({ ecosystem, name, watched, identity, there }: Newcomer): Concern | null {
  if (watched === null || (identity === null && !there)) return null
  const by = oneLine(watched.actor, 100)
  return {
    kind: 'actor', level: 'alarm', severity: 'high', holds: false, subject: `actor ${ecosystem} ${by}`, signals: [`watched: ${watched.because}`],
    says: `${ecosystem}:${name} ${watched.uploaded ? 'was published by' : 'names among its people'} ${by}, who is watched: ${watched.because}`,
  }
}

function imitation({ ecosystem, name, imitation: found, identity }: Newcomer): Concern | null {
  if (found === null) return null
  const { found: { target, kinds, likeness }, judged: { level, because } } = found
  if (level === 'none') return null
  const says = kinds[0]?.says ?? `${name} resembles ${target.name}`
  return {
    kind: 'imitation', level, severity: target.why === 'private' ? 'high' : 'medium', holds: false,
    subject: `imitates ${ecosystem}:${target.name}`, says,
    signals: [
      ...new Set([...kinds.map((kind) => kind.says), ...because]),
      `likeness ${percent(likeness.blocks)} by matching blocks, ${percent(likeness.damerau)} by Damerau-Levenshtein, ${percent(likeness.jaro)} by Jaro`,
      ...history(identity),
    ],
  }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const publisherOf = (identity: Identity | null): string | null => identity?.publisher ?? identity?.accounts[0] ?? identity?.emails[0] ?? null

function history(identity: Identity | null): string[] {
  if (identity === null) return ['the registry does not show it']
  const since = identity.createdAt === null ? '' : `, the first of ${identity.createdAt.toISOString().slice(0, 10)}`
  return [`${identity.releases} ${identity.releases === 1 ? 'release' : 'releases'}${since}`]
}
