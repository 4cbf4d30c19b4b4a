import { canonicalName } from './names.ts'

/** Name of a requirement at its beginning (PEP 508), with extras. */
const HEAD = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,199}))\s*(?:\[[^\]]{0,1000}\])?/
const MOST = 5_000

/**
 * Canonical name → version range or address of requirements in PEP 508's form. A direct reference (`name @ https://…`) has
 * its address as value and wins over ranges of the same name; ranges under several markers are joined. Lines that begin with
 * no name are skipped.
 */
export function readRequirements(lines: readonly string[]): Record<string, string> {
  const found = new Map<string, string>()
  for (const line of lines.slice(0, MOST)) {
    const head = HEAD.exec(line.trim().slice(0, 4_096))
    if (!head) continue
    const name = canonicalName(head[1] as string)
    const rest = line.trim().slice(head[0].length).trim()
    const known = found.get(name)
    if (rest.startsWith('@')) found.set(name, rest.slice(1).trim().split(/\s/, 1)[0] as string)
    else if (known === undefined) found.set(name, rangeOf(rest))
    else if (!isAddress(known) && !known.split(' or ', 20).includes(rangeOf(rest))) found.set(name, `${known} or ${rangeOf(rest)}`.slice(0, 1_000))
  }
  return Object.fromEntries(found)
}

/** `(>=1,<2) ; marker` is `>=1,<2`; no range is `*`. */
function rangeOf(rest: string): string {
  const range = (rest.split(';', 1)[0] as string).trim()
  return (range.startsWith('(') && range.endsWith(')') ? range.slice(1, -1).trim() : range) || '*'
}

const isAddress = (value: string): boolean => value.includes('://') || value.startsWith('git+')
