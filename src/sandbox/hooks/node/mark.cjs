'use strict'
/**
 * Signs what hooks tell: HalfSipHash-2-4 (Aumasson and Bernstein, the 32-bit form of SipHash) over a line as UTF-16, some
 * microseconds of work. The key lies in a file whose every reader the trace sees; null: there is none.
 */
const unit = Function.prototype.call.bind(String.prototype.charCodeAt)

exports.marker = (text) => {
  if (!/^[0-9a-f]{16}$/.test(text)) return null
  const k0 = Number.parseInt(text.slice(0, 8), 16) | 0
  const k1 = Number.parseInt(text.slice(8), 16) | 0
  return (line) => {
    let v0 = k0, v1 = k1, v2 = k0 ^ 0x6c796765, v3 = k1 ^ 0x74656462
    const round = () => {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    const take = (word) => {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }
    const { length } = line
    for (let i = 1; i < length; i += 2) take(unit(line, i - 1) | (unit(line, i) << 16))
    take(((length * 2) << 24) | (length % 2 === 1 ? unit(line, length - 1) : 0))
    v2 ^= 0xff
    for (let i = 0; i < 4; i++) round()
    return (v1 ^ v3) >>> 0
  }
}
