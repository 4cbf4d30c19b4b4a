import { inOrder } from './versions.ts'

/** A version that is not shown, and the one line that says why. */
export interface Hidden {
  version: string
  because: string
}

const REASONS = 12
const FEW = 5
const VERSIONS = 6

/**
 * What npm 10 and later print for a pin on a hidden version (npm-pick-manifest, `policyRestrictions`): one text for the
 * whole package, which stays short whatever is hidden. `page` is where more can be read.
 */
export function restrictions(name: string, hidden: readonly Hidden[], page: string): { message: string; versions: Record<string, unknown> } {
  const lines = reasons(hidden, REASONS).map((line) => `  ${line}\n`)
  return {
    message: `Sluice does not serve these versions of ${name}:\n${lines.join('')}  see ${page}`,
    versions: Object.fromEntries(hidden.map(({ version }) => [version, { name, version }])),
  }
}

/**
 * pnpm names the other dist-tags when it finds no such version, and shows nothing else of a document: so each reason is a
 * tag there, on a version that may be had. No range reads tags.
 */
export function reasonTags(hidden: readonly Hidden[], page: string, target: string | undefined): [string, string][] {
  return target === undefined ? [] : reasons(hidden, FEW).map((line) => [`Sluice hides ${line} (see ${page})`, target])
}

/** Reason by reason, newest version first: `2.0.0, 1.9.0: too young`. */
function reasons(hidden: readonly Hidden[], most: number): string[] {
  const groups = new Map<string, string[]>()
  const known = new Map(hidden.map(({ version, because }) => [version, because]))
  const newestFirst = new Set([...inOrder(known.keys()).toReversed(), ...known.keys()])
  for (const version of newestFirst) {
    const because = known.get(version) as string
    const group = groups.get(because)
    if (group) group.push(version)
    else groups.set(because, [version])
  }
  const lines = [...groups].slice(0, most).map(([because, versions]) => `${list(versions)}: ${because}`)
  return groups.size > most ? [...lines, `and ${groups.size - most} more reasons for other versions`] : lines
}

function list(versions: readonly string[]): string {
  const more = versions.length - VERSIONS
  return more > 0 ? `${versions.slice(0, VERSIONS).join(', ')} and ${more} more` : versions.join(', ')
}
