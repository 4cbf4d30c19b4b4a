const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '0': '\0', '\n': '' }

/** The text of a Python string literal, prefix and quotes as written. */
export function plainString(literal: string): string {
  const open = /^([a-zA-Z]*)("""|'''|"|')/.exec(literal)
  if (!open) return literal
  const quote = open[2] ?? '"'
  const inner = literal.slice(open[0].length, literal.endsWith(quote) && literal.length > open[0].length ? -quote.length : undefined)
  if (/r/i.test(open[1] ?? '')) return inner
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{2,3})|([^]))/g,
    (whole, hex?: string, short?: string, long?: string, octal?: string, char?: string) => {
      const digits = hex ?? short ?? long
      if (digits !== undefined) return codePoint(parseInt(digits, 16), whole)
      if (octal !== undefined) return codePoint(parseInt(octal, 8), whole)
      return ESCAPES[char ?? ''] ?? whole
    })
}

const codePoint = (code: number, whole: string): string => (code <= 0x10ffff ? String.fromCodePoint(code) : whole)

/** The literal parts around the holes of a `%` format. */
export function pieces(format: string): string[] {
  return format.split(/%(?:\(\w{1,60}\))?[-+ #0-9.]{0,10}[sdrifxc]/)
}
