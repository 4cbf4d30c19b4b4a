import { carried, changesBetween } from './changes.ts'
import type { Change } from './changes.ts'
import type { Facts, Observation, Source } from './facts.ts'

/** Something that happened to a name, and who says so. */
export interface Happening extends Change {
  /** Of own looks: when it was first seen to be so; it happened between that and `after`. */
  at: Date
  /** The look before, where there was one. */
  after: Date | null
  source: Source
  /** Who brought it; null: this gate saw it. */
  by: string | null
  /** Of the observation it is read off. */
  digest: string
}

/** What changed from look to look, in the order of time. `observations` in the order of time. */
export function historyOf(observations: readonly Observation[]): Happening[] {
  const known = new Map<Source, { facts: Facts[Source]; at: Date }>()
  const own = observations.flatMap(({ source, facts, at, by, digest }): Happening[] => {
    const before = known.get(source)
    const changes = changesBetween(source, before?.facts ?? null, facts)
    known.set(source, { facts: carried(source, before?.facts ?? null, facts), at })
    return changes.map((change) => ({ ...change, at, after: before?.at ?? null, source, by, digest }))
  })
  return [...own, ...dated(observations)].toSorted((a, b) => a.at.getTime() - b.at.getTime())
}

/** What registries and logs date themselves, from before anybody here looked. */
function dated(observations: readonly Observation[]): Happening[] {
  const found = new Map<string, Happening>()
  for (const { source, facts, digest, by } of observations) {
    if (source !== 'rdap') continue
    const registration = facts as Facts['rdap']
    if (registration.outcome !== 'found') continue
    for (const { action, at } of registration.record.events) {
      if (!/^(?:registration|reregistration|transfer|last changed)$/.test(action)) continue
      const key = `${action} ${at}`
      if (!found.has(key)) found.set(key, { kind: 'registration', says: `${action}, as the registry dates it`, at: new Date(at), after: null, source, by, digest })
    }
  }
  return [...found.values()]
}
