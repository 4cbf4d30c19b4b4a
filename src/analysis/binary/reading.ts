/**
 * What went wrong while a compiled file was read, one line each, without repeats and bounded:
 * a hostile file must not be able to fill memory with complaints.
 */
export class Problems {
  readonly lines: string[] = []
  static readonly MOST = 20

  add(line: string): void {
    if (this.lines.length < Problems.MOST && !this.lines.includes(line)) this.lines.push(line)
  }

  /**
   * Runs one step of reading. A step that leaves the bytes at hand (`DataView` and `Fields` throw RangeError, and so does
   * nesting too deep for the stack) is named as a problem, and what it had found until then stays.
   */
  step(what: string, read: () => void): void {
    try {
      read()
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      this.add(`${what} could not be read whole`)
    }
  }
}

/** Numbers of one byte order and word size at given offsets. Every read outside the bytes throws RangeError. */
export class Fields {
  readonly bytes: Uint8Array
  readonly little: boolean
  /** 64-bit words. */
  readonly wide: boolean
  readonly #view: DataView

  constructor(bytes: Uint8Array, little: boolean, wide: boolean) {
    this.bytes = bytes
    this.little = little
    this.wide = wide
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u8 = (at: number): number => this.#view.getUint8(at)
  u16 = (at: number): number => this.#view.getUint16(at, this.little)
  u32 = (at: number): number => this.#view.getUint32(at, this.little)
  /** Values past 2⁵³ lose their last digits, which no offset within a file can have. */
  u64 = (at: number): number => Number(this.#view.getBigUint64(at, this.little))
  word = (at: number): number => (this.wide ? this.u64(at) : this.u32(at))

  slice(at: number, length: number): Uint8Array {
    if (!(at >= 0 && length >= 0 && at + length <= this.bytes.length)) throw new RangeError('outside the bytes at hand')
    return this.bytes.subarray(at, at + length)
  }

  /** Text up to a NUL, `most` bytes at most. */
  text(at: number, most = 500): string {
    if (!(at >= 0 && at < this.bytes.length)) throw new RangeError('outside the bytes at hand')
    const piece = this.bytes.subarray(at, Math.min(this.bytes.length, at + most))
    const end = piece.indexOf(0)
    return latin1(end < 0 ? piece : piece.subarray(0, end))
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** First place of `needle` (latin-1) in the bytes, or -1. */
export function find(bytes: Uint8Array, needle: string, from = 0): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(needle, from, 'latin1')
}

/** Shannon entropy in bits a byte: above 7.2 is compressed or encrypted, machine code lies near 6. */
export function entropy(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  // Of every other byte apart: a count that was just written is slow to read again, and bytes like the one before them are frequent.
  const [even, odd] = [new Uint32Array(256), new Uint32Array(256)]
  const last = bytes.length - 1
  for (let at = 0; at < last; at += 2) {
    even[bytes[at] as number]! += 1
    odd[bytes[at + 1] as number]! += 1
  }
  if (last % 2 === 0) even[bytes[last] as number]! += 1
  const counts = even.map((count, byte) => count + (odd[byte] as number))
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length)
  return bits
}
