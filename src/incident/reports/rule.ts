/** How many reports put a package into quarantine before a person has looked (PyPI's rule, github.com/pypi/warehouse). From policy. */
export interface ReportRule {
  /** A trusted person's word alone is enough for a package that is younger than this; milliseconds, 0: never. */
  youngerThan: number
  /** So many different people are enough at any age, … */
  observers: number
  /** … if so many of them are trusted. */
  trusted: number
}

export interface Witness {
  observer: string
  /** What programs say is looked into, and counts for nothing here: they would be played against packages. */
  isMachine: boolean
  isTrusted: boolean
}

/** Why a package is quarantined for what was reported of it, as a sentence; null: it is not. `age` in milliseconds, null where it is not known. Pure. */
export function quarantineFor(witnesses: readonly Witness[], age: number | null, { youngerThan, observers, trusted }: ReportRule): string | null {
  const people = new Map(witnesses.filter(({ isMachine }) => !isMachine).map((one) => [one.observer, one.isTrusted]))
  const relied = [...people.values()].filter((isTrusted) => isTrusted).length
  if (relied > 0 && age !== null && age < youngerThan) return `reported as malware by somebody trusted within ${hours(youngerThan)} of its first release`
  if (observers > 0 && people.size >= observers && relied >= trusted) return `reported as malware by ${people.size} people, ${relied} of them trusted`
  return null
}

const hours = (ms: number): string => `${Math.round(ms / 3_600_000)} h`
