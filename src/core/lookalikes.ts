/**
 * Letters of other scripts that are drawn like Latin ones, after Unicode's confusables (UTS 39); what compatibility
 * decomposition resolves by itself (full width, mathematical, circled) is not among them.
 */
const FOREIGN = new Map<string, string>(([
  ['a', 'аαɑ'], ['b', 'ЬьƄƅᏏв'], ['c', 'сϲᴄⅽ'], ['d', 'ԁᏧɗ'], ['e', 'еҽєε'], ['f', 'ƒẝ'], ['g', 'ɡցɢԍ'], ['h', 'һհᏂн'], ['i', 'іιıɩӏ'],
  ['j', 'јϳ'], ['k', 'кκᴋ'], ['l', 'ⅼӏǀΙІ'], ['m', 'мᴍ'], ['n', 'ոռпη'], ['o', 'оοօσ০'], ['p', 'рρ'], ['q', 'ԛգ'], ['r', 'гᴦⲅ'],
  ['s', 'ѕꜱ'], ['t', 'тτᴛ'], ['u', 'υսᴜц'], ['v', 'ѵνᴠ'], ['w', 'ԝшщωᴡ'], ['x', 'хχ×'], ['y', 'уүγ'], ['z', 'ᴢʐ'], ['A', 'АΑ'], ['B', 'ВΒ'],
  ['C', 'С'], ['E', 'ЕΕ'], ['H', 'НΗ'], ['I', 'ІΙ'], ['J', 'Ј'], ['K', 'КΚ'], ['M', 'МΜ'], ['N', 'Ν'], ['O', 'ОΟ'], ['P', 'РΡ'], ['S', 'Ѕ'],
  ['T', 'ТΤ'], ['X', 'ХΧ'], ['Y', 'УΥ'], ['Z', 'Ζ'], ['-', '‐‑‒–—−⁃'], ['.', '․·'], ['/', '∕⁄'], ['_', '‗'],
] as const).flatMap(([plain, signs]) => [...signs].map((sign): [string, string] => [sign, plain])))

// eslint-disable-next-line no-control-regex -- every character of ASCII
const ASCII = /^[\0-\x7f]*$/

/** In plain letters: look-alikes of other scripts as the Latin letter, without marks and signs that show nothing. */
export function ascii(text: string): string {
  if (ASCII.test(text)) return text
  let plain = ''
  for (const sign of text.normalize('NFKD').replace(/[\p{M}\p{Cf}\p{Cc}]+/gu, '')) plain += FOREIGN.get(sign) ?? sign
  return plain
}

/** Signs of ASCII that are read as one another in most typefaces, digits that stand for letters among them. */
const SAME = Uint8Array.from({ length: 128 }, (_, code) => code)
for (const [sign, plain] of Object.entries({ 0: 'o', 1: 'l', i: 'l', '|': 'l', '!': 'l', 5: 's', $: 's', 3: 'e', 4: 'a', 7: 't', 8: 'b', 9: 'g', 6: 'b', 2: 'z' })) {
  SAME[sign.charCodeAt(0)] = plain.charCodeAt(0)
}
const [C, D, L, M, N, ONE, R, V, W] = Array.from('cdlmn1rvw', (sign) => sign.charCodeAt(0)) as [number, number, number, number, number, number, number, number, number]

/** Codes of a form; longer names than it has room for there are none. */
export const codes = new Uint16Array(1_024)

/** Equal for names that look alike: `1`, `i` and `l`, `0` and `o`, `rn` and `m`, `vv` and `w`, `cl` and `d`. */
export const look = (text: string): string => String.fromCharCode(...codes.subarray(0, lookCodes(text)))

/** The same as codes, and how many. */
export function lookCodes(text: string): number {
  let size = 0
  for (let at = 0; at < text.length && size < codes.length; at++) {
    const code = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    const pair = code === R && next === N ? M : code === V && next === V ? W : code === C && (next === L || next === ONE) ? D : 0
    codes[size++] = pair > 0 ? pair : code < 128 ? SAME[code] as number : code
    if (pair > 0) at++
  }
  return size
}
