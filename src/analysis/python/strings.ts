const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', v: '\v', f: '\f', '\\': '\\', "'": "'", '"': '"', '\n': '', '\r\n': '' }
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\r\n|[^]))/g

/** What the inside of a literal stands for. Bytes know no `\u`. */
export function unescaped(inner: string, bytes = false): string {
  if (!inner.includes('\\')) return inner
  return inner.replace(ESCAPE, (whole, hex?: string, short?: string, long?: string, octal?: string, char?: string) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0x1ff)
    if (char !== undefined) return Object.hasOwn(ESCAPES, char) ? ESCAPES[char] ?? whole : whole
    if (bytes && hex === undefined) return whole
    const code = parseInt(hex ?? short ?? long ?? '', 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** `0x1f`, `0o17`, Python 2's `017`, `1_000`; the imaginary part of `1j`. */
export function readNumber(spelled: string): number {
  const plain = spelled.replace(/_|[jJlL]$/g, '')
  const octal = /^0[oO]?([0-7]+)$/.exec(plain)
  return octal ? parseInt(octal[1] ?? '', 8) : Number(plain) || 0
}

/** A hole of a `%` format: which value goes in, and how `format` would spell it. */
export interface Hole {
  key: string | null
  spec: string
  type: string
}

const HOLE = /%(?:\(([^()]{0,60})\))?([-+ #0-9.*]{0,10})[hlL]?([sdriufFeEgGxXoca%])/g

/** Texts and holes of a `%` format, by turns, beginning with a text. */
export function readPercent(format: string): (string | Hole)[] {
  const found: (string | Hole)[] = []
  let said = ''
  let from = 0
  for (const match of format.matchAll(HOLE)) {
    said += format.slice(from, match.index)
    from = match.index + match[0].length
    const type = match[3] ?? 's'
    if (type === '%') said += '%'
    else {
      found.push(said, { key: match[1] ?? null, spec: match[2] ?? '', type })
      said = ''
    }
  }
  return [...found, said + format.slice(from)]
}
