/** A start tag: lower-case name, first value of each attribute, entities read. */
export interface Tag {
  name: string
  attributes: ReadonlyMap<string, string>
}

const MOST_ATTRIBUTES = 50
const SPACE = ' \t\n\r\f'

/** Elements whose content is text, whatever it looks like. */
const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title'])

/**
 * The start tags of an HTML document. Reads each character at most twice, keeps no tree and stops at the first construct
 * that is never closed, so hostile documents cost no more than their length.
 */
export function* startTags(html: string): Generator<Tag> {
  let at = 0
  for (;;) {
    const open = html.indexOf('<', at)
    if (open < 0) return
    at = open + 1
    if (!isLetter(html.charCodeAt(at))) {
      at = afterOther(html, open)
      if (at < 0) return
      continue
    }
    const read = readTag(html, at)
    if (!read) return
    yield read.tag
    at = RAW_TEXT.has(read.tag.name) ? closing(html, read.tag.name, read.end) : read.end
    if (at < 0) return
  }
}

function closing(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}`, 'gi')
  end.lastIndex = from
  return end.exec(html)?.index ?? -1
}

/** Past a comment, an end tag, a doctype or a processing instruction; a lone `<` is text. */
function afterOther(html: string, open: number): number {
  const after = (closing: string, from: number): number => {
    const end = html.indexOf(closing, from)
    return end < 0 ? -1 : end + closing.length
  }
  if (html.startsWith('<!--', open)) return after('-->', open + 4)
  return '!/?'.includes(html.charAt(open + 1)) && open + 1 < html.length ? after('>', open) : open + 1
}

function readTag(html: string, start: number): { tag: Tag; end: number } | null {
  let at = endOfWord(html, start, '/>')
  const name = html.slice(start, at).toLowerCase()
  const attributes = new Map<string, string>()
  for (;;) {
    while (at < html.length && (SPACE.includes(html.charAt(at)) || html.charAt(at) === '/')) at++
    if (at >= html.length) return null
    if (html.charAt(at) === '>') return { tag: { name, attributes }, end: at + 1 }
    const nameEnd = endOfWord(html, at + 1, '/>=')
    const key = html.slice(at, nameEnd).toLowerCase()
    at = skipSpace(html, nameEnd)
    let value = ''
    if (html.charAt(at) === '=') {
      const read = readValue(html, skipSpace(html, at + 1))
      if (!read) return null
      ;({ value, end: at } = read)
    }
    if (!attributes.has(key) && attributes.size < MOST_ATTRIBUTES) attributes.set(key, unescape(value))
  }
}

function readValue(html: string, start: number): { value: string; end: number } | null {
  const quote = html.charAt(start)
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, start + 1)
    return close < 0 ? null : { value: html.slice(start + 1, close), end: close + 1 }
  }
  const end = endOfWord(html, start, '>')
  return { value: html.slice(start, end), end }
}

function endOfWord(html: string, from: number, stops: string): number {
  let at = from
  while (at < html.length && !SPACE.includes(html.charAt(at)) && !stops.includes(html.charAt(at))) at++
  return at
}

function skipSpace(html: string, from: number): number {
  let at = from
  while (at < html.length && SPACE.includes(html.charAt(at))) at++
  return at
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Character references that index pages use: the named ones of XML, and numbers. Others stay as they are. */
function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name] as string : whole
    const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
