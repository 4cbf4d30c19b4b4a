/** Longer metadata is cut: descriptions may be a megabyte, headers never are. */
const LARGEST = 1024 * 1024
const MOST_LINES = 20_000

/**
 * The header fields of core metadata (`METADATA`, `PKG-INFO`; RFC 822 in PEP 241's reading): lower-case names, values in
 * order, folded lines joined. Reading ends at the first empty line, where the description begins.
 */
export function readHeaders(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>()
  let last: string[] | null = null
  for (const line of new TextDecoder().decode(bytes.subarray(0, LARGEST)).split('\n', MOST_LINES)) {
    if (line === '' || line === '\r') break
    const text = line.trimEnd()
    if (/^[ \t]/.test(line)) {
      if (last) last.push(`${last.pop() ?? ''} ${text.trim()}`)
      continue
    }
    const colon = text.indexOf(':')
    if (colon <= 0) continue
    const key = text.slice(0, colon).toLowerCase()
    last = fields.get(key) ?? []
    last.push(text.slice(colon + 1).trim())
    fields.set(key, last)
  }
  return fields
}
