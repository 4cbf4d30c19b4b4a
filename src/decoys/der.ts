/** As much of DER (X.690) as a certificate needs. */

export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 128) return Buffer.from([length])
  const bytes: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts)
export const set = (...parts: readonly Buffer[]): Buffer => element(0x31, ...parts)
export const octets = (bytes: Buffer): Buffer => element(0x04, bytes)
/** `unused` bits at its end count for nothing. */
export const bits = (bytes: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), bytes)
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'))
export const truth = element(0x01, Buffer.from([0xff]))
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer => element(0xa0 | number, ...parts)
export const implicit = (number: number, bytes: Buffer): Buffer => element(0x80 | number, bytes)

/** Not negative, as few bytes as it takes. */
export function integer(bytes: Buffer): Buffer {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const least = bytes.subarray(from)
  return element(0x02, (least[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), least]) : least)
}

export function oid(dots: string): Buffer {
  const [first = 0, second = 0, ...rest] = dots.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const base128 = [arc & 127]
    for (let left = arc >>> 7; left > 0; left >>>= 7) base128.unshift(left & 127 | 128)
    bytes.push(...base128)
  }
  return element(0x06, Buffer.from(bytes))
}

/** UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits))
}
