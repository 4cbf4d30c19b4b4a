/** From and to of a stretch of text. */
export type Run = readonly [from: number, to: number]

/**
 * Stretches of at least `least` characters of one class. One in `least` characters is looked at where there is none, so
 * that looking for rarities costs next to nothing; never more than twice the text.
 */
export function* longRuns(text: string, least: number, belongs: (code: number) => boolean): Generator<Run> {
  let floor = 0
  for (let probe = least - 1; probe < text.length; probe += least) {
    if (!belongs(text.charCodeAt(probe))) continue
    let from = probe
    while (from > floor && belongs(text.charCodeAt(from - 1))) from--
    let to = probe + 1
    while (to < text.length && belongs(text.charCodeAt(to))) to++
    if (to - from >= least) yield [from, to]
    floor = to
    probe = to
  }
}

/** Whether there is one at all: no run is followed to its end. */
export function hasLongRun(text: string, least: number, belongs: (code: number) => boolean): boolean {
  for (let probe = least - 1; probe < text.length; probe += least) {
    let from = probe
    while (from >= 0 && probe - from < least && belongs(text.charCodeAt(from))) from--
    let to = probe + 1
    while (to < text.length && to - from <= least && belongs(text.charCodeAt(to))) to++
    if (from < probe && to - from > least) return true
  }
  return false
}

/** A test for membership in a set of ASCII characters. */
export function classOf(pattern: RegExp): (code: number) => boolean {
  const table = Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)))
  return (code) => table[code] === true
}

/** Shannon's entropy in bits a symbol, of the beginning. */
export function entropyOf(symbols: ArrayLike<number>): number {
  const length = Math.min(symbols.length, 8192)
  const counts = new Uint32Array(256)
  for (let at = 0; at < length; at++) counts[(symbols[at] as number) & 255] = (counts[(symbols[at] as number) & 255] as number) + 1
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / length) * Math.log2(count / length)
  return bits
}
