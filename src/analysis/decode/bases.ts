/** Numbers written with letters. Each gives null for what cannot be it, and reads over what interpreters read over. */
export type Decoder = (text: string) => Uint8Array | null

const NONE = 255

/** Both alphabets, foreign characters skipped: as Node's Buffer reads it, and Python unless told to validate. */
export const base64: Decoder = (text) => (/[^\0-\x7f]/.test(text) ? null : some(Buffer.from(text, 'base64')))

export const hex: Decoder = (text) => {
  const digits = text.replace(/^\s*0x|[\s:]+/gi, '')
  return digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits) ? some(Buffer.from(digits, 'hex')) : null
}

/** RFC 4648: five bits a character. */
const fiveBits = (alphabet: string): Decoder => {
  const digits = table(alphabet)
  return (text) => {
    const clean = text.replace(/\s+/g, '').replace(/=+$/, '').toUpperCase()
    const out = new Uint8Array(Math.floor((clean.length * 5) / 8))
    let [bits, held, filled] = [0, 0, 0]
    for (let at = 0; at < clean.length; at++) {
      const digit = digits[clean.charCodeAt(at)] ?? NONE
      if (digit === NONE) return null
      held = (held << 5) | digit
      bits += 5
      if (bits < 8) continue
      bits -= 8
      out[filled++] = held >>> bits
      held &= (1 << bits) - 1
    }
    return some(out)
  }
}

export const base32 = fiveBits('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
export const base32hex = fiveBits('0123456789ABCDEFGHIJKLMNOPQRSTUV')

/** Five characters are four bytes; a last group of n characters is n - 1 bytes, padded with the highest digit. */
function group85(digits: readonly number[], out: number[]): boolean {
  let value = 0
  for (let at = 0; at < 5; at++) value = value * 85 + (digits[at] ?? 84)
  if (value > 0xffffffff) return false
  for (let at = 0; at < digits.length - 1; at++) out.push((value / 2 ** (24 - at * 8)) & 0xff)
  return true
}

const base85With = (alphabet: string): Decoder => {
  const digits = table(alphabet)
  return (text) => {
    const clean = text.replace(/\s+/g, '')
    const out: number[] = []
    for (let at = 0; at < clean.length; at += 5) {
      const group: number[] = []
      for (let place = at; place < Math.min(at + 5, clean.length); place++) {
        const digit = digits[clean.charCodeAt(place)] ?? NONE
        if (digit === NONE) return null
        group.push(digit)
      }
      if (!group85(group, out)) return null
    }
    return some(Uint8Array.from(out))
  }
}

/** RFC 1924's alphabet, as Python's b85decode. */
export const base85 = base85With('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~')
/** ZeroMQ's alphabet (RFC 32/Z85). */
export const z85 = base85With('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#')

/** Adobe's and Python's: `!` to `u`, `z` for four zeros, `y` for four spaces, perhaps between `<~` and `~>`. */
export const ascii85: Decoder = (text) => {
  const clean = text.replace(/\s+/g, '').replace(/^<~/, '').replace(/~>$/, '')
  const out: number[] = []
  let group: number[] = []
  for (let at = 0; at < clean.length; at++) {
    const code = clean.charCodeAt(at)
    const short = clean[at] === 'z' ? 0 : clean[at] === 'y' ? 0x20 : null
    if (short !== null && group.length === 0) out.push(short, short, short, short)
    else if (code < 0x21 || code > 0x75) return null
    else if (group.push(code - 0x21) === 5) {
      if (!group85(group, out)) return null
      group = []
    }
  }
  if (group.length > 0 && !group85(group, out)) return null
  return some(Uint8Array.from(out))
}

function table(alphabet: string): Uint8Array {
  const digits = new Uint8Array(128).fill(NONE)
  for (let at = 0; at < alphabet.length; at++) digits[alphabet.charCodeAt(at)] = at
  return digits
}

const some = (bytes: Uint8Array): Uint8Array | null => (bytes.length > 0 ? bytes : null)
