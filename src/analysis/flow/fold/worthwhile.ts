import { Spotter } from '../../spotter.ts'

const QUOTES = [...`'"\``]
/** A pattern, and words without one of which it is not tried; words alone are enough where there is no pattern. */
const SIGNS: readonly (readonly [words: readonly string[], pattern: RegExp | null])[] = [
  [['_0x', '_0X'], /\b_0x[\da-f]{4,6}\b/i], [['eval(function(p,'], /eval\(function\(p,\s?a,\s?c,\s?k,\s?e/], [['fromCharCode', 'fromCodePoint', 'charCodeAt'], null],
  [['![]', '[][('], /!\[\]\s?\+\s?\[\]|\[\]\[\(!\[\]/], [['atob', 'unescape'], /\batob\b|\bunescape\b/],
  [['\\x', '\\u', '\\X', '\\U'], /(?:\\x[\da-f]{2}){6}|(?:\\u[\da-f]{4}){6}/i], [['reverse()'], /\breverse\(\)\s{0,4}\.\s{0,4}join/], [['parseInt('], /parseInt\([^)]{1,40}\)\s?[/*+-]/],
  [['chr', 'ord(', 'ord '], /chr\s?\(|\bord\s?\(|map\(\s?chr\b/], [['[::'], /\[::\s?-1\]/],
  [['b64decode', 'b32decode', 'b85decode', 'unhexlify', 'fromhex', 'decompress', 'maketrans', 'rot13', 'rot_13'], null],
  [['lambda'], /\blambda\s+[\w*, ]{0,40}:\s*(?:exec|eval|__import__)/],
  [['exec', 'eval'], /\b(?:exec|eval)\s?\(\s?(?:''|""|b''|b""|\[|''\.join|""\.join|bytes|compile|__import__)/], [['getattr(', '__builtins__'], /\bgetattr\(\s?__import__|__builtins__/],
  [['bytearray(', 'bytes('], /\bbytearray\(|\bbytes\(\s?\[/], [['.encode('], /\.encode\(\s?['"](?:rot|hex|base64)/],
  // A literal that is taken apart where it stands, and helpers around a codec.
  [QUOTES.flatMap((quote) => [`${quote}.replace`, `${quote}).replace`]), /['"`]\)?\.replace(?:All)?\(\s?\//], [['.reduce('], /['"`]\s?\]\s?\.reduce\(/],
  [QUOTES.flatMap((quote) => [`base64${quote}`, `hex${quote}`]), /['"`](?:base64|hex)['"`]\s?\)/],
]
const LOOKED_AT = 4_000_000

const WORDS = new Spotter(SIGNS.map(([words]) => words))

/** Whether running a unit is likely to show more than reading it does. A look at the text, in one pass for the words and one for each sign that has any. */
export function worthwhile(text: string): boolean {
  const looked = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text
  const spotted = WORDS.in(looked)
  return SIGNS.some(([, pattern], sign) => spotted[sign] === 1 && (pattern?.test(looked) ?? true))
}

/** Decoders of turned string arrays: each wrong turn of a long array decodes a text, for some with a cipher. */
const TURNED = /\b_0x[\da-f]{4,6}\b/
const USUAL = 300_000
const TURNING = 12_000_000

/** Steps that running a unit is worth; 0 where reading it is enough. Twelve million take about a second. */
export function stepsFor(text: string): number {
  if (!worthwhile(text)) return 0
  return TURNED.test(text.slice(0, LOOKED_AT)) && text.includes('shift') ? TURNING : USUAL
}
