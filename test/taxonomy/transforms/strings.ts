import { between, edited } from '../program.ts'
import type { Roll } from '../program.ts'
import { stringsOf } from '../syntax.ts'
import { inPlace } from './transform.ts'
import type { Group, Transform } from './transform.ts'

const quoted = (text: string): string => JSON.stringify(text)
const reversed = (text: string): string => [...text].toReversed().join('')

/** Pieces of two to four letters. */
function pieces(text: string, roll: Roll): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length;) {
    const length = Math.max(2 + roll(3), Math.ceil(text.length / 40))
    parts.push(text.slice(at, at + length))
    at += length
  }
  return parts
}

/** Writes each string in another way; `before` is what that needs at the top of the file. */
function respelled(group: Group, id: string, spell: (text: string, roll: Roll) => string, before = ''): Transform {
  return inPlace(group, id, (code, roll) => {
    const edits = stringsOf(code.text).filter(({ value }) => value.length > 1 && value.length < 2000).map(({ node, value }) => ({ from: node.start, to: node.end, text: spell(value, roll) }))
    const result = edited(code, edits)
    return before === '' ? result : between(`${before}\n`, result, '')
  })
}

export const splitting: readonly Transform[] = [
  respelled('string splitting', 'plus', (text, roll) => `(${pieces(text, roll).map(quoted).join(' + ')})`),
  respelled('string splitting', 'joined', (text, roll) => `[${pieces(text, roll).map(quoted).join(', ')}].join('')`),
  respelled('string splitting', 'template', (text, roll) => `\`\${${pieces(text, roll).map(quoted).join('}${')}}\``),
  respelled('string splitting', 'concat', (text, roll) => {
    const [first = '', ...rest] = pieces(text, roll)
    return `${quoted(first)}.concat(${rest.map(quoted).join(', ')})`
  }),
  respelled('string splitting', 'replaced', (text, roll) => `${quoted(pieces(text, roll).join('§'))}.replace(/§/g, '')`),
  respelled('string splitting', 'split-joined', (text, roll) => `${quoted(pieces(text, roll).join('~#'))}.split('~#').join('')`),
  respelled('string splitting', 'sliced', (text, roll) => `${quoted(`${'x'.repeat(3)}${text}${'y'.repeat(1 + roll(4))}`)}.slice(3, ${text.length + 3})`),
  respelled('string splitting', 'sublist', (text, roll) => `${quoted(['pad', ...pieces(text, roll), 'end'].join('~#'))}.split('~#').slice(1, -1).join('')`),
  respelled('string splitting', 'by-function', (text) => `((a, b) => a + b)(${quoted(text.slice(0, text.length >> 1))}, ${quoted(text.slice(text.length >> 1))})`),
  respelled('string splitting', 'reduced', (text, roll) => `[${pieces(text, roll).map(quoted).join(', ')}].reduce((all, one) => all + one, '')`),
]

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')
const codes = (text: string): number[] => Array.from(text, (_letter, at) => text.charCodeAt(at))
const escaped = (text: string): string => `'${codes(text).map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('')}'`
const rotated = (text: string): string => text.replace(/[a-z]/gi, (letter) => {
  const base = letter <= 'Z' ? 65 : 97
  return String.fromCharCode((letter.charCodeAt(0) - base + 13) % 26 + base)
})

const ROT = 'const unrot = (text) => text.replace(/[a-zA-Z]/g, (c) => String.fromCharCode((c <= "Z" ? 90 : 122) >= (c = c.charCodeAt(0) + 13) ? c : c - 26))'
const XOR = 'function unxor(list, key) { let text = ""; for (let i = 0; i < list.length; i++) text += String.fromCharCode(list[i] ^ key.charCodeAt(i % key.length)); return text }'
const KEY = 'k3y!'

export const encodings: readonly Transform[] = [
  respelled('encodings', 'base64', (text) => `Buffer.from('${bytes(text).toString('base64')}', 'base64').toString()`),
  respelled('encodings', 'base64-helper', (text) => `open64('${bytes(text).toString('base64')}')`, 'const open64 = (text) => Buffer.from(text, "base64").toString("utf-8")'),
  respelled('encodings', 'atob', (text) => `atob('${bytes(text).toString('base64')}')`),
  respelled('encodings', 'hex', (text) => `Buffer.from('${bytes(text).toString('hex')}', 'hex').toString('utf8')`),
  respelled('encodings', 'url', (text) => `decodeURIComponent('${[...bytes(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}')`),
  respelled('encodings', 'char-codes', (text) => `String.fromCharCode(${codes(text).join(', ')})`),
  respelled('encodings', 'char-codes-mapped', (text) => `[${codes(text).map((code) => code + 7).join(', ')}].map((c) => String.fromCharCode(c - 7)).join('')`),
  respelled('encodings', 'xor', (text) => `unxor([${codes(text).map((code, at) => code ^ KEY.charCodeAt(at % KEY.length)).join(', ')}], '${KEY}')`, XOR),
  respelled('encodings', 'reversed', (text) => `${quoted(reversed(text))}.split('').reverse().join('')`),
  respelled('encodings', 'reversed-spread', (text) => `[...${quoted(reversed(text))}].reverse().join('')`),
  respelled('encodings', 'rot13', (text) => `unrot(${quoted(rotated(text))})`, ROT),
  respelled('encodings', 'hex-escapes', (text) => `'${codes(text).map((code) => code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`).join('')}'`),
  respelled('encodings', 'unicode-escapes', escaped),
  respelled('encodings', 'json', (text) => `JSON.parse('"${codes(text).map((code) => `\\\\u${code.toString(16).padStart(4, '0')}`).join('')}"')`),
  respelled('encodings', 'base64-reversed', (text) => `Buffer.from('${reversed(bytes(text).toString('base64'))}'.split('').reverse().join(''), 'base64').toString()`),
]
