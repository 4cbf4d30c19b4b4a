import type { Inner } from './layer.ts'

/** The least that twelve bytes make: 16 of base64, 20 of base32, 24 of hexadecimal. */
const LEAST = 16
const LEAST_32 = 20
const LEAST_HEX = 24
/** Longer runs are decoded each for itself: a compressed stream in one must begin at its beginning. */
const OWN = 64
const MOST_OWN = 48
/** Between short runs that are decoded together, so that nothing comes about across them. */
const GAP = Buffer.from([0xff, 0xfd, 0xfb, 0xf7])

const [BASE64, HEX, BASE32, BREAK, UPPER, LOWER, DIGIT] = [1, 2, 4, 8, 16, 32, 64]
const CASES = UPPER | LOWER
const IN_RUN = BASE64 | BREAK
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  return (/[A-Za-z0-9+/_-]/.test(char) ? BASE64 : 0) | (/[0-9a-f]/i.test(char) ? HEX : 0) | (/[a-z2-7]/i.test(char) ? BASE32 : 0)
    | (byte === 10 || byte === 13 ? BREAK : 0) | (/[A-Z]/.test(char) ? UPPER : 0) | (/[a-z]/.test(char) ? LOWER : 0) | (/\d/.test(char) ? DIGIT : 0)
})

export interface Runs {
  base64: Uint8Array[]
  hex: Uint8Array[]
  base32: Uint8Array[]
}

/**
 * What stands in one piece in the alphabets of the encodings; line breaks within a run count for nothing, as in mail. Every run of
 * sixteen holds one of every sixteenth bytes, so only those are looked at to find one.
 */
export function blockRuns(bytes: Uint8Array): Runs {
  const runs: Runs = { base64: [], hex: [], base32: [] }
  for (let at = 0; at + LEAST <= bytes.length;) {
    const probe = at + LEAST - 1
    if ((classOf(bytes, probe) & IN_RUN) === 0) {
      at += LEAST
      continue
    }
    let from = probe
    while (from > at && (classOf(bytes, from - 1) & IN_RUN) !== 0) from--
    at = from
    let [breaks, all, any] = [0, 255, 0]
    for (; at < bytes.length; at++) {
      const kind = classOf(bytes, at)
      if ((kind & IN_RUN) === 0) break
      if ((kind & BREAK) !== 0) breaks++
      else {
        all &= kind
        any |= kind
      }
    }
    if (at - from - breaks >= LEAST) sort(bytes.subarray(from, at), breaks, all, any, runs)
  }
  return runs
}

const classOf = (bytes: Uint8Array, at: number): number => CLASS[bytes[at] as number] as number

/** Sixteen characters of base64 without either case, or of nothing but hexadecimal digits, come about by no chance. */
function sort(part: Uint8Array, breaks: number, all: number, any: number, into: Runs): void {
  const run = breaks === 0 ? part : part.filter((byte) => byte !== 10 && byte !== 13)
  if ((all & HEX) === 0 && (any & CASES) === CASES) into.base64.push(run)
  if ((any & DIGIT) === 0) return
  within(run, HEX, LEAST_HEX, into.hex)
  within(run, BASE32, LEAST_32, into.base32)
}

/** The longest parts of one alphabet; in both cases at once nobody writes them. */
function within(run: Uint8Array, kind: number, least: number, into: Uint8Array[]): void {
  for (let at = 0; at < run.length; at++) {
    const from = at
    let any = 0
    while (at < run.length && ((CLASS[run[at] as number] as number) & kind) !== 0) any |= CLASS[run[at++] as number] as number
    if (at - from >= least && (any & DIGIT) !== 0 && (any & CASES) !== CASES) into.push(run.subarray(from, at))
  }
}

/** All runs one after another, for what is done to whole texts. */
export function joined({ base64, hex, base32 }: Runs): Uint8Array {
  return Buffer.concat([...base64, ...hex, ...base32].flatMap((run) => [run, BETWEEN]))
}

const BETWEEN = Buffer.from(' \n ')

/** Each alphabet from each place where a group may begin. */
export function* decodeRuns({ base64, hex, base32 }: Runs): Generator<Inner> {
  for (let shift = 0; shift < 4; shift++) yield* together('base64', base64, shift, (run) => asText(run, 'base64'))
  for (let shift = 0; shift < 2; shift++) yield* together('hex', hex, shift, (run) => asText(run, 'hex'))
  for (let shift = 0; shift < 8; shift++) yield* together('base32', base32, shift, decode32)
}

function* together(by: string, runs: readonly Uint8Array[], shift: number, decode: (run: Uint8Array) => Uint8Array): Generator<Inner> {
  const short: Uint8Array[] = []
  let own = 0
  for (const run of runs) {
    if (shift === 0 && run.length >= OWN && own < MOST_OWN) {
      own++
      yield { by, bytes: decode(run), begins: true }
    } else short.push(decode(run.subarray(shift)), GAP)
  }
  if (short.length > 0) yield { by, bytes: Buffer.concat(short), begins: false }
}

const asText = (run: Uint8Array, encoding: 'base64' | 'hex'): Buffer =>
  Buffer.from(Buffer.from(run.buffer, run.byteOffset, encoding === 'hex' ? run.length & ~1 : run.length).toString('latin1'), encoding)

const VALUE_32 = Uint8Array.from(
  { length: 256 },
  (_, byte) => (byte >= 97 && byte <= 122 ? byte - 97 : byte >= 65 && byte <= 90 ? byte - 65 : byte >= 50 && byte <= 55 ? byte - 24 : 0),
)

/** RFC 4648, either case. */
function decode32(run: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor(run.length * 5 / 8))
  let [bits, held, length] = [0, 0, 0]
  for (const byte of run) {
    bits = (bits << 5 | (VALUE_32[byte] as number)) & 0xfff
    held += 5
    if (held < 8) continue
    held -= 8
    out[length++] = bits >>> held & 255
  }
  return out.subarray(0, length)
}
