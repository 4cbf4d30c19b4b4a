/** Documents beside a file, by what their names add to it: PEP 658 metadata, PEP 740 provenance, PEP 503 signatures. */
const COMPANIONS = ['.metadata', '.provenance', '.asc'] as const
export type Suffix = (typeof COMPANIONS)[number]

/** The file that a companion stands beside, or null when the name is not a companion's. */
export function companionOf(file: string): { of: string; suffix: Suffix } | null {
  const suffix = COMPANIONS.find((ending) => file.endsWith(ending) && file.length > ending.length)
  return suffix ? { of: file.slice(0, -suffix.length), suffix } : null
}
