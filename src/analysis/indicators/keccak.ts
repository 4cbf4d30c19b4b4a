/** Keccak-256 as Ethereum and Monero use it: the SHA-3 of the competition, padded with 01 (FIPS 202 pads with 06). */
export function keccak256(input: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(input.length / RATE) + 1) * RATE)
  padded.set(input)
  padded[input.length] = 1
  padded[padded.length - 1] = (padded.at(-1) as number) | 0x80
  const view = new DataView(padded.buffer)
  const state = new BigUint64Array(25)
  for (let block = 0; block < padded.length; block += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++) state[lane] = (state[lane] as bigint) ^ view.getBigUint64(block + lane * 8, true)
    permute(state)
  }
  return new Uint8Array(state.buffer.slice(0, 32))
}

const RATE = 136
const ROTATIONS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14]
const ALL = 0xffffffffffffffffn

/** FIPS 202, 3.2 and 3.3. */
function permute(state: BigUint64Array): void {
  const lane = (at: number): bigint => state[at] as bigint
  let feedback = 1
  for (let round = 0; round < 24; round++) {
    const columns = [0, 1, 2, 3, 4].map((x) => lane(x) ^ lane(x + 5) ^ lane(x + 10) ^ lane(x + 15) ^ lane(x + 20))
    for (let at = 0; at < 25; at++) state[at] = lane(at) ^ (columns[(at + 4) % 5] as bigint) ^ rotate(columns[(at + 1) % 5] as bigint, 1)
    const moved = new BigUint64Array(25)
    for (let at = 0; at < 25; at++) {
      const [x, y] = [at % 5, Math.floor(at / 5)]
      moved[y + ((2 * x + 3 * y) % 5) * 5] = rotate(lane(at), ROTATIONS[at] as number)
    }
    for (let at = 0; at < 25; at++) {
      const row = at - (at % 5)
      state[at] = (moved[at] as bigint) ^ (~(moved[row + ((at + 1) % 5)] as bigint) & ALL & (moved[row + ((at + 2) % 5)] as bigint))
    }
    let constant = 0n
    for (let bit = 0; bit < 7; bit++) {
      if (feedback & 1) constant |= 1n << BigInt(2 ** bit - 1)
      feedback = feedback & 0x80 ? ((feedback << 1) ^ 0x171) : feedback << 1
    }
    state[0] = lane(0) ^ constant
  }
}

const rotate = (value: bigint, by: number): bigint => ((value << BigInt(by)) | (value >> BigInt(64 - by))) & ALL
