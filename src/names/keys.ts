import { core, shape, sound, stem } from './forms.ts'
import type { Parts } from './parts.ts'

/**
 * Numbers under which a name is found. Two names of which one imitates the other have at least one of them in common:
 * each name has its own, one for each letter left out (on both sides that meets insertion, omission, replacement and
 * swap: the idea of SymSpell, Garbe 2012), and those of its forms. Other names may have one in common by accident.
 *
 * mnemonist's SymSpell keeps the same deletions as strings in a Map: at a million names that is gigabytes, so they are
 * hashes in typed arrays here.
 */

/** Letters further behind are not left out: names so long are rare, and each would cost as much as many short ones. */
const DEEPEST = 48
const BASE = 0x01000193
const POWERS = new Int32Array(1_024)
POWERS[0] = 1
for (let at = 1; at < POWERS.length; at++) POWERS[at] = Math.imul(POWERS[at - 1] as number, BASE)

/** Form of a key, so that unlike forms do not meet. */
const SHAPE = 0x2c1b3c6d
const STEM = 0x297a2d39
const SOUND = 0x1b56c4e9
const GLUED = 0x7feb352d

/** Keys go here, one call at a time; the most that one name can have. */
const scratch = new Uint32Array(8 * (DEEPEST + 4) + 2 * DEEPEST + 16)
const prefixes = new Int32Array(1_024)
let filled = 0

/** The keys of a name; valid until the next call. `asked`: of the name that is looked up, also without what is hung on it. */
export function keysOf(parts: Parts, asked: boolean): Uint32Array {
  filled = 0
  const { elements, ecosystem } = parts
  const single = elements.length === 1
  for (let at = 0; at < elements.length; at++) {
    const element = elements[at] as string
    const around = single ? 0 : surroundings(elements, at)
    deletions(element, around)
    push(hash(shape(element)) ^ SHAPE ^ around)
    push(hash(stem(element)) ^ STEM ^ around)
    push(hash(sound(element)) ^ SOUND ^ around)
    const bare = asked ? core(element) : element
    if (bare !== element) deletions(bare, around)
  }
  if (ecosystem === 'npm') push(hash(shape(elements.join('-'))) ^ GLUED)
  return scratch.subarray(0, filled)
}

/** The name itself and each of its letters left out. */
function deletions(text: string, around: number): void {
  const length = Math.min(text.length, prefixes.length - 1)
  prefixes[0] = 0
  for (let at = 0; at < length; at++) prefixes[at + 1] = Math.imul(prefixes[at] as number, BASE) + text.charCodeAt(at)
  const whole = prefixes[length] as number
  push(whole ^ around)
  if (length < 2) return
  for (let at = 0; at < Math.min(length, DEEPEST); at++) {
    if (at > 0 && text.charCodeAt(at) === text.charCodeAt(at - 1)) continue
    const after = POWERS[length - 1 - at] as number
    const rest = whole - Math.imul(prefixes[at + 1] as number, after)
    push((Math.imul(prefixes[at] as number, after) + rest) ^ around)
  }
}

function push(key: number): void {
  if (filled < scratch.length) scratch[filled++] = mix(key)
}

/** Polynomial over UTF-16 code units, as the prefixes in `deletions`. */
export function hash(text: string): number {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum, BASE) + text.charCodeAt(at)
  return sum | 0
}

/** The other elements of a path or scoped name: an imitation changes one and keeps them. */
function surroundings(elements: readonly string[], without: number): number {
  let sum = 0x9e3779b9 + without
  for (let at = 0; at < elements.length; at++) sum = Math.imul(sum ^ (at === without ? 0 : hash(elements[at] as string)), 0x85ebca6b) + 1
  return sum | 0
}

/** The finalizer of MurmurHash3: every bit of the key counts in every bit. */
export function mix(key: number): number {
  let h = key
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
