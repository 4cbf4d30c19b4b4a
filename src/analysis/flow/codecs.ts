import { pythonSource } from '../binary/python-source.ts'
import { decode } from '../decode/index.ts'
import { DECODED, ENCODED, FETCHED, SOURCES, taint } from '../taint.ts'
import type { Call } from './call.ts'
import { isBinary } from '../written.ts'
import { after, note, step } from './noting.ts'
import type { Rule } from './tongue.ts'
import { NOTHING, known, numeric, only, outside } from './value.ts'
import type { Value } from './value.ts'

/** Codecs by which text is hidden; others only change its bytes. */
const ENCODINGS = /^(?:base(?:16|32|36|58|64|64url|85)|ascii85|a85|b85|hex|rot_?13|url|base64_codec|hex_codec|zlib|zip|bz2|gzip|lzma|brotli|raw|deflate)/i
const LONGEST = 4_000_000

/** Undoes an encoding: what comes out was hidden. */
export function decoded(rule: Rule, call: Call, main: Value): Value {
  const how = rule.how ?? (rule.at < 0 ? call.args[0] : call.args[rule.at + 1] ?? call.named.get('encoding'))?.texts[0] ?? ''
  const counts = rule.how !== undefined || ENCODINGS.test(how)
  if (!counts) return { ...outside(`${call.ref}()`, main.bits), trail: main.trail, texts: main.texts, items: main.items }
  const texts = main.texts.map((text) => (text.length > LONGEST ? null : decodedText(how, text))).filter((text) => text !== null)
  const preview = texts[0] !== undefined && !isBinary(texts[0].slice(0, 300)) ? texts[0].slice(0, 300) : null
  note(call, 'decode', preview, main)
  const held = after(main, DECODED, step(call, 'decode', preview))
  for (const text of texts) if (text.length > 5) call.engine.desk.text(text, 'decoded', call.place)
  return { ...outside(`${call.ref}()`, held.bits), trail: held.trail, texts }
}

/** Bytes that are no text are kept one character a byte, so that the next codec can go on. */
function decodedText(how: string, text: string): string | null {
  if (how === 'marshal') return pythonSource(Buffer.from(text, 'latin1'), { header: false })?.text ?? null
  const binary = /[^\0-\xff]/.test(text) ? text : Buffer.from(text, 'latin1')
  const result = decode(how, typeof binary === 'string' || !/[\x80-\xff]/.test(text) ? text : binary)
  if (!result) return null
  return result.text ?? Buffer.from(result.bytes.buffer, result.bytes.byteOffset, result.bytes.byteLength).toString('latin1')
}

/** Makes data unreadable on its way out. */
export function encoded(rule: Rule, call: Call, main: Value): Value {
  const kind = rule.does === 'encrypt' ? 'encrypt' : 'encode'
  if (rule.does === 'encrypt') note(call, 'encrypt', null, main)
  const held = main.bits ? after(main, ENCODED, step(call, kind, rule.how ?? null)) : taint(0, [])
  return { ...outside(`${call.ref}()`, held.bits), trail: held.trail }
}

/** Numbers to text. */
export function characters(call: Call): Value {
  const list = (call.args.length === 1 ? call.args[0]?.items ?? call.args : call.args) ?? []
  const numbers = list.slice(0, 65_536).map((code) => (code.texts.length === 1 ? Number(code.texts[0]) : Number.NaN))
  const all = list.reduce((bits, arg) => bits | arg.bits, 0)
  if (numbers.length === 0 || numbers.some((code) => !Number.isInteger(code) || code < 0 || code > 0x10ffff)) {
    const [first] = call.args
    if (first && !first.number && first.texts.length > 0) return { ...NOTHING, texts: first.texts, ...taint(all, first.trail) }
    return first ? only(after(taint(all, first.trail), DECODED, step(call, 'decode', null))) : NOTHING
  }
  const text = numbers.map((code) => String.fromCodePoint(code)).join('')
  if (text.length < 2) return { ...known(text), ...taint(all, []) }
  call.engine.desk.text(text, 'decoded', call.place)
  return { ...known(text), ...after(taint(all, []), DECODED, step(call, 'decode', text)) }
}

/** Text to numbers. */
export function codes(main: Value): Value {
  const [text] = main.texts
  if (text === undefined) return { ...NOTHING, ...taint(main.bits & (FETCHED | DECODED | SOURCES.files), main.trail) }
  if (text.length === 1) return numeric(text.codePointAt(0) ?? 0)
  return { ...NOTHING, ...taint(main.bits, main.trail), items: Array.from(text.slice(0, 4096), (one) => numeric(one.codePointAt(0) ?? 0)) }
}
