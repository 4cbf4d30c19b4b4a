/** Longest name the registry has ever taken (validate-npm-package-name). */
const LONGEST = 214

/** What `encodeURIComponent` leaves alone: the only characters npm accepts in a name, old or new. */
const PLAIN = /^[A-Za-z0-9\-_.!~*'()]+$/

/** Names the registry and its clients refuse for good. */
const NEVER = new Set(['node_modules', 'favicon.ico'])

/**
 * Whether npm can install a package of this name: its rules for existing packages, so that old names with capitals
 * (`JSONStream`) pass. Never true for anything that could walk a path.
 */
export function isName(name: string): boolean {
  if (name.length === 0 || name.length > LONGEST) return false
  if (!name.startsWith('@')) return isPlain(name) && !name.startsWith('_')
  const slash = name.indexOf('/')
  return slash > 1 && PLAIN.test(name.slice(1, slash)) && isPlain(name.slice(slash + 1))
}

function isPlain(part: string): boolean {
  return PLAIN.test(part) && !part.startsWith('.') && !part.startsWith('-') && !NEVER.has(part.toLowerCase())
}

/** `@scope%2fname` and `@scope/name` are one package; capitals matter, because old names differ only by them. */
export function canonicalName(raw: string): string {
  const name = raw.trim()
  return name.startsWith('@') ? name.replace(/%2f/i, '/') : name
}
