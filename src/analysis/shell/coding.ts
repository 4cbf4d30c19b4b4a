import { UNKNOWN } from '../desk.ts'
import { CONTENT, DECODED, ENCODED, UNTAINTED } from '../taint.ts'
import { collected, heldBy, isFlag, note, save, stepped, unknown } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { options } from './options.ts'
import { socket } from './sending.ts'

/** Programs that hide text, or bring it to light. Small encodings are undone; what cannot be is known by its taint. */

type Undo = (text: string) => string | null

interface Coder {
  name: string
  /** Tells decoding from encoding; programs that only decode have none. */
  decodes: RegExp | null
  how: string
  undo: Undo
}

const LONGEST = 262_144
const unread: Undo = () => null
const readable = (bytes: Buffer): string | null => {
  const text = bytes.toString('utf8')
  return text.includes('\u{fffd}') || text.includes('\0') ? null : text
}
const fromBase64: Undo = (text) => (/^[\w+/=\s-]+$/.test(text) ? readable(Buffer.from(text, 'base64')) : null)
const fromHex: Undo = (text) => {
  const digits = text.replace(/^[0-9a-f]{6,8}:/gim, '').replace(/\s+|0x|\\x/g, '')
  return /^(?:[0-9a-f]{2})+$/i.test(digits) ? readable(Buffer.from(digits, 'hex')) : null
}
const fromBase32: Undo = (text) => {
  const digits = text.replace(/[\s=]/g, '')
  if (!/^[A-Z2-7]+$/i.test(digits)) return null
  const bytes: number[] = []
  let [held, width] = [0, 0]
  for (const digit of digits.toUpperCase()) {
    held = (held << 5 | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit)) & 0xfff
    width += 5
    if (width >= 8) bytes.push(held >> (width -= 8) & 255)
  }
  return readable(Buffer.from(bytes))
}

const CODERS: readonly Coder[] = [
  { name: 'base64', decodes: /^(?:-[a-z]*[dD][a-z]*|--decode)$/, how: 'base64', undo: fromBase64 },
  { name: 'gbase64', decodes: /^(?:-[a-z]*[dD]|--decode)$/, how: 'base64', undo: fromBase64 },
  { name: 'base32', decodes: /^(?:-d|--decode)$/, how: 'base32', undo: fromBase32 },
  { name: 'basenc', decodes: /^(?:-d|--decode)$/, how: 'base64', undo: fromBase64 },
  { name: 'xxd', decodes: /^-[a-z]*r/, how: 'hex', undo: fromHex },
  { name: 'uudecode', decodes: null, how: 'uuencode', undo: unread },
  ...['gunzip', 'zcat', 'bunzip2', 'bzcat', 'unxz', 'xzcat', 'unlzma', 'zstdcat', 'unzstd', 'uncompress', 'lz4cat'].map((name) => ({ name, decodes: null, how: 'compression', undo: unread })),
  ...['gzip', 'bzip2', 'xz', 'lzma', 'zstd', 'lz4', 'brotli', 'pigz'].map((name) => ({ name, decodes: /^(?:-[a-z]*d[a-z]*|--decompress|--uncompress)$/, how: 'compression', undo: unread })),
  ...['gpg', 'gpg2', 'age', 'ccrypt', 'ansible-vault'].map((name) => ({ name, decodes: /^(?:-[a-z]*d|--decrypt|decrypt)$/, how: 'encryption', undo: unread })),
]

const coder = ({ decodes, how, undo }: Coder): Program => (call) => {
  const { rest, of } = options(call.words, new Set(['-i', '--input', '-w', '-k', '--wrap', '-o', '--output', '-r', '--recipient']))
  const file = rest.find((word) => word.text !== '-' && !/^\d+$/.test(word.text)) ?? (how === 'base64' ? of('-i')[0] : undefined)
  const input = file ? heldBy(call, file) : call.given
  const out = of('-o', '--output')[0]
  const value = decodes === null || call.texts.some((text) => decodes.test(text)) ? decoded(call, input, undo) : encoded(call, input, how)
  if (out) save(call, out.text, value)
  // `gunzip x.gz` leaves `x` behind.
  else if (file && how === 'compression') call.files.set(file.text.replace(/\.\w+$/, ''), value)
  return value
}

function decoded(call: Call, input: Value, undo: Undo = unread): Value {
  const text = input.text === UNKNOWN || input.text.length > LONGEST ? null : undo(input.text.trim())
  note(call, 'decode', call.line, input.taint)
  if (text !== null) call.desk.text(text, 'decoded', call.place)
  return { text: text ?? UNKNOWN, taint: stepped(call, input.taint, DECODED, { kind: 'decode', argument: text ?? call.line }) }
}

function encoded(call: Call, input: Value, how: string): Value {
  const kind = how === 'encryption' ? 'encrypt' : 'encode'
  if (how !== 'compression' || collected(input.taint)) note(call, kind, call.line, input.taint)
  return unknown(input.taint.bits & CONTENT ? stepped(call, input.taint, ENCODED, { kind, argument: call.line }) : UNTAINTED)
}

const openssl: Program = (call) => {
  const [command] = call.texts
  if (command === 's_client') return socket(call)
  const { of, has } = options(call.words.slice(1), new Set(['-in', '-out', '-k', '-pass', '-K', '-iv', '-md', '-inkey', '-iter']))
  const source = of('-in')[0]
  const input = source ? heldBy(call, source) : call.given
  const plainBase64 = command === 'base64' || call.texts.some((text) => /^-(?:a|base64)$/.test(text)) && !call.texts.some((text) => /aes|des|bf|rc4|camellia|chacha/i.test(text))
  const decrypts = call.texts.some((text) => /^-(?:d|decrypt)$/.test(text)) || has('-d')
  if (command === 'dgst' || command === 'rand' || command === 'version') return unknown()
  const value = decrypts ? decoded(call, input, plainBase64 ? fromBase64 : unread) : encoded(call, input, plainBase64 ? 'base64' : 'encryption')
  const target = of('-out')[0]
  if (target) save(call, target.text, value)
  return value
}

/** `certutil -decode in out`. */
const certutil = (otherwise: Program | undefined): Program => (call) => {
  const how = call.texts.map((text) => /^[-/](decode|decodehex|encode)$/i.exec(text)?.[1]?.toLowerCase()).find((text) => text !== undefined)
  if (how === undefined) return otherwise?.(call) ?? unknown()
  const files = call.words.filter((word) => !/^[-/]\w+$/.test(word.text))
  const input = files[0] ? heldBy(call, files[0]) : call.given
  const stripped = { text: input.text.replace(/-----[A-Z ]+-----/g, ''), taint: input.taint }
  const value = how === 'encode' ? encoded(call, input, 'base64') : decoded(call, stripped, how === 'decode' ? fromBase64 : fromHex)
  if (files[1]) save(call, files[1].text, value)
  return value
}

const reversed: Program = (call) => {
  const file = call.words.find((word) => !isFlag(word.text))
  const input = file ? heldBy(call, file) : call.given
  return decoded(call, input, (text) => text.split('\n').map((row) => [...row].reverse().join('')).join('\n'))
}

/** `tr a-z n-za-m`: letters for letters is a cipher; anything else only tidies. */
const translated: Program = (call) => {
  const [from, to] = call.texts.filter((text) => !isFlag(text)).map(rangeOf)
  const deletes = call.texts.some((text) => /^-[a-z]*d/.test(text))
  if (from === undefined || call.given.text.length > LONGEST) return call.given
  const table = new Map([...from].map((char, index) => [char, deletes ? '' : to?.[Math.min(index, to.length - 1)] ?? char]))
  const change: Undo = (text) => [...text].map((char) => table.get(char) ?? char).join('')
  const shifts = !deletes && to !== undefined && from.length >= 10 && from.toLowerCase() !== to.toLowerCase() && /[a-z0-9]{10}/i.test(from)
  if (shifts) return decoded(call, call.given, change)
  return { text: call.given.text.includes(UNKNOWN) ? call.given.text : change(call.given.text) ?? UNKNOWN, taint: call.given.taint }
}

const CLASSES: Readonly<Record<string, string>> = { upper: 'A-Z', lower: 'a-z', digit: '0-9', alpha: 'A-Za-z', space: ' \t\n', alnum: 'A-Za-z0-9' }

function rangeOf(set: string): string {
  const named = set.slice(0, 300).replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole).replace(/\\n/g, '\n').replace(/\\t/g, '\t')
  return named.replace(/([\x21-\x7e])-([\x21-\x7e])/g, (_, a: string, b: string) => {
    const [first, last] = [a.charCodeAt(0), b.charCodeAt(0)]
    return last < first ? '' : Array.from({ length: last - first + 1 }, (__, index) => String.fromCharCode(first + index)).join('')
  })
}

/** `sha256sum -c`: what was fetched is compared with what was promised. */
const verify: Program = (call) => {
  const held = call.words.filter((word) => !isFlag(word.text)).map((word) => call.files.get(word.text)).find((value) => value !== null)
  note(call, 'verify', call.line, held?.taint ?? call.given.taint)
  return unknown()
}

export const coding = (certificates: Program | undefined): readonly (readonly [string, Program])[] => [
  ...CODERS.map((each) => [each.name, coder(each)] as const),
  ['openssl', openssl], ['certutil', certutil(certificates)], ['rev', reversed], ['tr', translated],
  ...['sha256sum', 'sha512sum', 'sha1sum', 'md5sum', 'shasum', 'cosign', 'minisign', 'get-filehash'].map((name) => [name, verify] as const),
]
