import type { Campaign } from './campaign.ts'

export interface Reason {
  kind: 'malicious' | 'imitates' | 'copied' | 'flood'
  says: string
}

const MEMBERS = 3
/** So many are too many to be a mistake of the judge's, also in a large group. */
const MANY = { malicious: 5, share: 0.02 }

/**
 * Why a group of tied packages is more than a publisher with many packages; empty: it is not. One verdict in a group may be wrong, and
 * an honest suite may have a name or two that look like another's: what counts is that several are ill, and a good part of all.
 */
export function reasonsFor({ size, malicious, ill, copied, habits, flood }: Campaign): Reason[] {
  if (size < MEMBERS) return []
  const reasons: Reason[] = []
  const { imitating } = habits
  if ((malicious >= 2 && malicious >= size * 0.1 && ill >= Math.min(MEMBERS, size)) || (malicious >= MANY.malicious && malicious >= size * MANY.share)) {
    reasons.push({ kind: 'malicious', says: `${malicious} of ${size} are malicious` })
  }
  if (imitating >= MEMBERS && imitating >= size * 0.3) {
    const [first = '', ...more] = [...habits.targets].sort(([, a], [, b]) => b - a).slice(0, 3).map(([name]) => name)
    reasons.push({ kind: 'imitates', says: `${imitating} of ${size} imitate protected names: ${[first, ...more].join(', ')}` })
  }
  if (flood !== null) reasons.push({ kind: 'flood', says: flood })
  // A suite's packages share their metadata too: alone it is no sign.
  if (copied >= MEMBERS && copied >= size * 0.5 && (reasons.length > 0 || malicious + imitating > 0)) {
    reasons.push({ kind: 'copied', says: `${copied} of ${size} carry metadata copied from elsewhere` })
  }
  return reasons
}
