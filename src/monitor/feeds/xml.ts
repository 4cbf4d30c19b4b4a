import { SluiceError } from '../../core/errors.ts'

export type Token = { kind: 'open' | 'close'; name: string } | { kind: 'text'; text: string }

const DEEPEST = 32
const LONGEST_TAG = 4_096
/** Characters of a text that are handed on; the rest of it is dropped. */
const LONGEST_TEXT = 16_384
const NAME = /[A-Za-z_][\w.:-]{0,63}/y
const REFERENCE = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' }

/**
 * The small part of XML 1.0 that RSS and XML-RPC are written in: elements, text, CDATA, comments, character references and
 * the five predefined entities. A document type is refused, so nothing is ever declared, expanded or fetched; attributes
 * are skipped. Linear in the text. Throws `feed-invalid` where elements do not nest or the text ends early.
 */
export function* readXml(text: string): Generator<Token> {
  const open: string[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    if (text[at] !== '<') {
      const end = text.indexOf('<', at)
      const stop = end < 0 ? text.length : end
      if (open.length > 0) yield { kind: 'text', text: unescape(text.slice(at, Math.min(stop, at + LONGEST_TEXT))) }
      at = stop
    } else if (text.startsWith('<![CDATA[', at)) {
      const end = after(text, ']]>', at)
      if (open.length > 0) yield { kind: 'text', text: text.slice(at + 9, Math.min(end - 3, at + 9 + LONGEST_TEXT)) }
      at = end
    } else if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
    else if (text.startsWith('<?', at)) at = after(text, '?>', at)
    else if (text.startsWith('<!', at)) throw invalid('declares a document type, which is refused')
    else if (text[at + 1] === '/') {
      const end = after(text, '>', at)
      const name = nameAt(text, at + 2)
      if (open.pop() !== name) throw invalid(`closes ${name} where it is not open`)
      yield { kind: 'close', name }
      at = end
    } else {
      const name = nameAt(text, at + 1)
      const end = tagEnd(text, at + 1 + name.length)
      yield { kind: 'open', name }
      if (text[end - 1] === '/') yield { kind: 'close', name }
      else if (open.push(name) > DEEPEST) throw invalid(`nests deeper than ${DEEPEST}`)
      at = end + 1
    }
  }
  if (open.length > 0) throw invalid('ends early')
}

function nameAt(text: string, at: number): string {
  NAME.lastIndex = at
  const found = NAME.exec(text)
  if (!found) throw invalid('has a tag without a name')
  return found[0]
}

/** Where the tag's `>` is, outside quotes. */
function tagEnd(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length && at < from + LONGEST_TAG; at++) {
    const letter = text[at] as string
    if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === '\'') quote = letter
    else if (letter === '>') return at
    else if (letter === '<') break
  }
  throw invalid('has a tag that does not end')
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  if (found < 0) throw invalid('ends early')
  return found + end.length
}

/** Other entities stay as they are: without a document type they mean nothing. */
function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return PREDEFINED[name.toLowerCase()] as string
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const invalid = (says: string): SluiceError => new SluiceError('feed-invalid', `the feed's XML ${says}`)
