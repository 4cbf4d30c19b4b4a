import type { CompareVersions } from './affects.ts'

/**
 * Reads `>=v1.0.0 <v1.3.0, !=v1.1.4`: comparisons that must all hold, for ecosystems whose manifests have no ranges. null: not such a list.
 * What has no sign is that version.
 */
export function readComparators(text: string, compareVersions: CompareVersions): ((version: string) => boolean) | null {
  if (text.length > LONGEST) return null
  const all: ((version: string) => boolean)[] = []
  const next = /\s*(>=|<=|>|<|==?|!=)?\s*(v?\d[\w.+-]{0,255})(?:\s*,|\s|$)/y
  while (next.lastIndex < text.trimEnd().length) {
    const [, sign = '', bound] = next.exec(text) ?? []
    const holds = SIGNS[sign]
    if (bound === undefined || !holds) return null
    all.push((version) => holds(compareVersions(version, bound)))
  }
  if (all.length === 0) return null
  return (version) => all.every((holds) => holds(version))
}

const LONGEST = 2_000

const SIGNS: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0, '<=': (order) => order <= 0, '>': (order) => order > 0, '<': (order) => order < 0, '': (order) => order === 0, '=': (order) => order === 0,
  '==': (order) => order === 0, '!=': (order) => order !== 0,
}
