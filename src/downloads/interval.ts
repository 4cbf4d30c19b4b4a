import type { DeliveryClass } from './delivery.ts'

/**
 * How many machines may have run something, as far as deliveries can tell: never one number. None of them says "victims": a fetch
 * is not an install, and an install need not have run anything.
 */
export interface Interval {
  /** Callers that most likely are people or builds and fetched it whole with what installs packages, each once. */
  least: number
  /** All deliveries that may each have reached another machine: those to people, builds and nobody knows whom. */
  most: number
  /** What the bounds mean and what they cannot see, one sentence each. */
  says: readonly string[]
}

export interface Weights {
  /** The same for the same caller, which may be here once for each class. */
  key: string
  class: DeliveryClass
  /** One machine or person: however often it fetched, it is one. */
  named: boolean
  /** Something that installs took the whole file. */
  installed: boolean
  /** How often, without what clients repeat. */
  fetches: number
}

/** `most`: what fetched without being known at all; `elsewhere`: whether others counted some of it. */
export function intervalOf(callers: readonly Weights[], nobody: { most: number; elsewhere: boolean }): Interval {
  const installing = new Set<string>()
  const once = new Set<string>()
  let most = nobody.most
  let behind = 0
  for (const { key, class: kind, named, installed, fetches } of callers) {
    if (kind === 'mirror') behind += 1
    if (kind === 'mirror' || kind === 'scanner') continue
    if (installed && kind !== 'unknown') installing.add(key)
    if (named) once.add(key)
    else most += fetches
  }
  const least = installing.size
  most += once.size
  return { least, most, says: sayings({ least, most, behind, nobody: nobody.most, elsewhere: nobody.elsewhere }) }
}

function sayings({ least, most, behind, nobody, elsewhere }: { least: number; most: number; behind: number; nobody: number; elsewhere: boolean }): string[] {
  if (most === 0 && behind === 0) return ['Nobody who may have run it is known to have received it.']
  return [
    `At least ${figure(least)}: callers that most likely are people or builds and fetched it whole with an installer, each counted once. Even an installer may fetch without installing.`,
    `At most ${figure(most)}: every delivery that was not to a mirror or scanner, as many machines may share an address or token; a machine that names itself is counted once.`,
    ...(nobody > 0 ? [`${figure(nobody)} of these went to callers that were never known, or were forgotten since.`] : []),
    ...(elsewhere ? ['Of what was counted elsewhere no caller is known: rows of one country and one setup are one caller in the lower bound, and each a machine in the upper.'] : []),
    behind > 0
      ? `${figure(behind)} ${behind === 1 ? 'caller is a mirror or proxy' : 'callers are mirrors or proxies'}: whoever got it from there, or from a cache shared by machines, cannot be seen and is in neither bound.`
      : 'Whoever got it from a cache shared by machines cannot be seen and is in neither bound.',
  ]
}

const figure = (value: number): string => value.toLocaleString('en')

/** Who may have run it before who only copied or looked; the latest first. */
export function byFirst(a: { class: DeliveryClass; last: Date }, b: { class: DeliveryClass; last: Date }): number {
  return rank(a.class) - rank(b.class) || b.last.getTime() - a.last.getTime()
}

const rank = (kind: DeliveryClass): number => (kind === 'mirror' || kind === 'scanner' ? 1 : 0)
