/**
 * Paths are text here and bytes there: bytes that are no UTF-8 stand as lone surrogates U+DC80 to U+DCFF, as in Python
 * (PEP 383), so that each name has one text and comes back as the same bytes.
 */
export function toText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (!text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(bytes)) return text
  let out = ''
  for (let i = 0; i < bytes.length;) {
    const length = sequence(bytes, i)
    out += length > 0 ? bytes.toString('utf8', i, i + length) : String.fromCharCode(0xdc00 + (bytes[i] as number))
    i += Math.max(1, length)
  }
  return out
}

export function toBytes(text: string): Buffer {
  // eslint-disable-next-line no-control-regex
  if (!/[\udc80-\udcff]/.test(text) || text.isWellFormed()) return Buffer.from(text, 'utf8')
  const parts = [...text].map((char) => {
    const code = char.codePointAt(0) as number
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(char, 'utf8')
  })
  return Buffer.concat(parts)
}

/** Length of the UTF-8 sequence that begins there; 0: none does. */
function sequence(bytes: Buffer, at: number): number {
  const first = bytes[at] as number
  const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
  if (length === 0 || at + length > bytes.length) return 0
  const part = bytes.subarray(at, at + length)
  return Buffer.from(part.toString('utf8'), 'utf8').equals(part) ? length : 0
}
