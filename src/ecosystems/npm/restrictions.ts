import { inOrder } from './versions.ts'

/** A version that is not shown, and the one line that says why. */
export interface Hidden {
  version: string
  because: string
}

const REASONS = 12
const VERSIONS = 6

/**
 * What npm 10 and later print for a pin on a hidden version (npm-pick-manifest, `policyRestrictions`): one text for the
 * whole package, so it goes reason by reason, newest version first, and stays short whatever is hidden.
 */
export function restrictions(name: string, hidden: readonly Hidden[]): { message: string; versions: Record<string, unknown> } {
  const groups = new Map<string, string[]>()
  const reasons = new Map(hidden.map(({ version, because }) => [version, because]))
  const newestFirst = new Set([...inOrder(reasons.keys()).toReversed(), ...reasons.keys()])
  for (const version of newestFirst) {
    const because = reasons.get(version) as string
    const group = groups.get(because)
    if (group) group.push(version)
    else groups.set(because, [version])
  }
  const lines = [...groups].slice(0, REASONS).map(([because, versions]) => `  ${list(versions)}: ${because}`)
  if (groups.size > REASONS) lines.push(`  and ${groups.size - REASONS} more reasons for other versions`)
  return {
    message: `Sluice does not serve these versions of ${name}:\n${lines.join('\n')}`,
    versions: Object.fromEntries(hidden.map(({ version }) => [version, { name, version }])),
  }
}

function list(versions: readonly string[]): string {
  const more = versions.length - VERSIONS
  return more > 0 ? `${versions.slice(0, VERSIONS).join(', ')} and ${more} more` : versions.join(', ')
}
