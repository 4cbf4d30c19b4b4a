const SINGLE: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0', '\n': '' }

/** JavaScript's and Python's backslashes: \xNN, \uNNNN, \u{N}, \UNNNNNNNN, octal, and the single letters. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^\d]))/g,
    (whole: string, ...found: (string | undefined)[]) => {
      const [x, u, braced, long, octal, single] = found
      const digits = x ?? u ?? braced ?? long
      if (digits !== undefined) return character(Number.parseInt(digits, 16)) ?? whole
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return SINGLE[single ?? ''] ?? single ?? whole
    },
  )
}

/** Percent-encoding as both languages read it, and `%uNNNN` as JavaScript's old unescape does; what is not valid stays. */
export function unquoted(text: string): string {
  const wide = text.replace(/%u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return wide.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    const text = bytes.toString('utf8')
    return text.includes('\u{fffd}') ? bytes.toString('latin1') : text
  })
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', lpar: '(', rpar: ')', period: '.', colon: ':', sol: '/', comma: ',', semi: ';', equals: '=',
}

/** HTML's entities: by number, and the names that can hide code. */
export function withoutEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole: string, ...found: (string | undefined)[]) => {
    const [hexadecimal, decimal, name] = found
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] as string : whole
    return character(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)) ?? whole
  })
}

/** A number, and what may stand between two of them. */
const CODE = /(0x[0-9a-f]{1,6}|\d{1,7})(?:\s{0,20}[,;|-]\s{0,20}|\s{1,20}|$)/iy

/** A list of character codes, decimal or hexadecimal: `104,101,108`. */
export function fromCodes(text: string): string | null {
  const list = text.trim().replace(/^\[/, '').replace(/\]$/, '').trim()
  const out: string[] = []
  CODE.lastIndex = 0
  for (let at = 0; at < list.length; at = CODE.lastIndex) {
    const one = character(Number(CODE.exec(list)?.[1]))
    if (one === null) return null
    out.push(one)
  }
  return out.length > 0 ? out.join('') : null
}

const character = (code: number): string | null => (code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null)
