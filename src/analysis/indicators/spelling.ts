import type { IndicatorType } from './indicator.ts'

/** A text with its indicators made whole again, and where each place of it was. */
export interface Refanged {
  text: string
  origin(at: number): number
}

const FANGS = /\bhxxp(?=s?(?::|\[:))|\bfxp(?=s?(?::|\[:))|[[({]\.[\])}]|[[({](?:dot|at)[\])}]|[[({]:\/\/[\])}]|\[(?::|@)\]/gi

/** Undoes what reports do to addresses so that nobody follows them: `hxxp://a[.]b`, `a[at]b[dot]c`. */
export function refanged(text: string): Refanged {
  let out = ''
  let last = 0
  const moves: (readonly [at: number, by: number])[] = []
  for (const { 0: fang, index } of text.matchAll(FANGS)) {
    out += text.slice(last, index) + whole(fang.toLowerCase())
    last = index + fang.length
    moves.push([out.length, last - out.length])
  }
  if (moves.length === 0) return { text, origin: (at) => at }
  return { text: out + text.slice(last), origin: (at) => at + (moves.findLast(([from]) => from <= at)?.[1] ?? 0) }
}

function whole(fang: string): string {
  if (fang === 'hxxp') return 'http'
  if (fang === 'fxp') return 'ftp'
  const inner = fang.slice(1, -1)
  return inner === 'dot' ? '.' : inner === 'at' ? '@' : inner
}

/** An indicator as people may see it: nothing that a program makes a link of. */
export function defang(value: string, type: IndicatorType): string {
  switch (type) {
    case 'domain': case 'onion': case 'ipv4': return value.replaceAll('.', '[.]')
    case 'ipv6': return value.replaceAll(':', '[:]')
    case 'email': return value.replace(/@(.*)$/, (_, host: string) => `[@]${host.replaceAll('.', '[.]')}`)
    case 'url': case 'webhook': {
      const parts = /^([a-z][\w+.-]*):\/\/([^/?#]*)(.*)$/is.exec(value)
      if (!parts) return value
      const [, scheme = '', authority = '', rest = ''] = parts
      const host = authority.includes('[') ? authority.replaceAll(/(?<!\[):(?!\d+$)/g, '[:]') : authority.replaceAll('.', '[.]')
      return `${scheme.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}://${host}${rest}`
    }
    case 'wallet': case 'bot-token': case 'hash': return value
  }
}

/** A secret as it may be shown and kept: enough of it to be recognised by its owner. */
export function mask(secret: string): string {
  if (secret.includes('***')) return secret
  return secret.length > 12 ? `${secret.slice(0, 6)}***${secret.slice(-2)}` : `${secret.slice(0, 2)}***`
}
