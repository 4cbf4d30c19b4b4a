import type { Identity } from '../core/watch.ts'
import type { Imitation, Protected } from './index.ts'

/** What is known of both sides; null: nothing could be learnt, or there is no such package. */
export interface ImitationFacts {
  name: Identity | null
  target: Identity | null
  now: Date
  /** The name's own entry in the index of protected names. */
  protectedAs?: Protected | null
}

export interface Judgement {
  /** `alarm` asks for a person, `note` is shown where somebody looks; neither holds anything by itself. */
  level: 'none' | 'note' | 'alarm'
  /** Sentences: what spoke for it, or what cleared it. */
  because: string[]
}

/** From here on a likeness is worth an alarm of a fresh name, or a note. Tuned in `bench/names` on one half of its names. */
export const LIKELY = 0.52
const WORTH_A_NOTE = 0.3

const DAY = 86_400_000
/** A name is fresh so long; squats are found within days, or live unnoticed because nobody takes them. */
const FRESH = 90 * DAY
const OLD = 365 * DAY
const MANY = 10
const FEW = 3

/**
 * What a similar name amounts to once the facts are known. A name that was there first, is used more, belongs to the same
 * account or has a long history imitates nobody. What anybody may claim (a repository) clears only names that have
 * been there for a while. Facts that are missing clear nothing. Pure.
 */
export function judgeImitation(imitation: Imitation, facts: ImitationFacts): Judgement {
  const { target, weight, kinds } = imitation
  const isPrivate = target.why === 'private'
  const cleared = clears(imitation, facts)
  if (cleared.length > 0) return { level: 'none', because: cleared }
  const established = history(facts)
  if (established !== null && !isPrivate) return { level: 'none', because: [established] }
  if (weight < WORTH_A_NOTE && !isPrivate) return { level: 'none', because: ['the likeness is too slight to mean anything by itself'] }
  const age = ageOf(facts)
  const because = kinds.map(({ says }) => says)
  if (isPrivate) because.push(`\`${target.name}\` is a private name of this organisation`)
  if (established !== null) return { level: 'note', because: [...because, established] }
  if (age !== null && age >= FRESH) return { level: 'note', because: [...because, `it has been there for ${days(age)}`] }
  if (facts.name !== null && facts.name.repository !== null && facts.name.repository === facts.target?.repository) {
    because.push('it claims the same repository, which anybody can')
  }
  because.push(facts.name === null ? 'nothing is known of its history' : age === null ? 'its age is not known' : `it has been there for ${days(age)} only`)
  return { level: weight >= (isPrivate ? WORTH_A_NOTE : LIKELY) ? 'alarm' : 'note', because }
}

/** What rules an imitation out, whatever it looks like. */
function clears({ target, sameHolder }: Imitation, { name, target: other, now, protectedAs = null }: ImitationFacts): string[] {
  const because: string[] = []
  if (protectedAs?.why === 'private') because.push('it is itself a private name of this organisation')
  if (protectedAs?.why === 'popular') because.push('it is itself among the popular names')
  if (sameHolder) because.push(`it has the same owner as \`${target.name}\`, which the name says`)
  if (name === null) return because
  if (name.rank !== null && protectedAs === null) because.push(`it is itself among the popular names (rank ${name.rank})`)
  const rank = other?.rank ?? target.rank
  if (name.rank !== null && rank !== null && name.rank < rank) because.push(`it is used more than \`${target.name}\``)
  if (other === null) return because
  if (name.createdAt && other.createdAt && name.createdAt < other.createdAt && name.createdAt < now) because.push(`it is older than \`${target.name}\``)
  const account = name.accounts.find((one) => other.accounts.includes(one))
  if (account !== undefined) because.push(`it has the same owner as \`${target.name}\`: ${account}`)
  const age = name.createdAt && now.getTime() - name.createdAt.getTime()
  if (name.repository !== null && name.repository === other.repository && age !== null && age >= FRESH) {
    because.push(`it comes from the same repository as \`${target.name}\``)
  }
  return because
}

/** Many releases over a long time, or a very long time. */
function history({ name, now }: ImitationFacts): string | null {
  const age = name?.createdAt ? now.getTime() - name.createdAt.getTime() : 0
  if (name === null || age < OLD) return null
  return name.releases >= MANY || (name.releases >= FEW && age >= 3 * OLD) ? `it has a long history: ${name.releases} releases in ${days(age)}` : null
}

/** Milliseconds; null: not known, which a time in the future is as well. */
function ageOf({ name, now }: ImitationFacts): number | null {
  const age = name?.createdAt ? now.getTime() - name.createdAt.getTime() : null
  return age === null || age < 0 ? null : age
}

function days(ms: number): string {
  const count = Math.floor(ms / DAY)
  return count >= 730 ? `${Math.floor(count / 365)} years` : count === 1 ? '1 day' : `${count} days`
}
