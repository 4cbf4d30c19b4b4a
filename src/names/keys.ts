import { codes, lookCodes } from '../core/lookalikes.ts'
import { core, letters, shape, soundCodes, trimmed } from './forms.ts'
import { BASE, hash, hashCodes, mix } from './hash.ts'
import type { Parts } from './parts.ts'
import { stemHash } from './stems.ts'

/**
 * Numbers under which a name is found. Two names of which one imitates the other have at least one of them in common:
 * each name has its own, one for each letter left out (on both sides that meets insertion, omission, replacement and
 * swap: the idea of SymSpell, Garbe 2012), and those of its forms. Other names may have one in common by accident.
 *
 * mnemonist's SymSpell keeps the same deletions as strings in a Map: at a million names that is gigabytes, so they are
 * hashes in typed arrays here.
 */

/** By what a key proposes a name, so that an accident is told at once. */
const SPELT = 0
export const SHAPED = 1
export const STEMMED = 2
export const SOUNDING = 3
/** The glued elements of a scoped name. */
export const GLUED = 4
const SALTS = [0, 0x2c1b3c6d, 0x297a2d39, 0x1b56c4e9, 0x7feb352d] as const

/** Letters further behind are not left out: names so long are rare, and each would cost as much as many short ones. */
const DEEPEST = 48
const LONGEST = 1_024
const POWERS = new Int32Array(LONGEST)
POWERS[0] = 1
for (let at = 1; at < LONGEST; at++) POWERS[at] = Math.imul(POWERS[at - 1] as number, BASE)

/** Keys and by what they propose, of the name last asked for; room for eight elements, each with its bare form. */
const keys = new Uint32Array(16 * (DEEPEST + 8))
const forms = new Uint8Array(keys.length)
const prefixes = new Int32Array(LONGEST)
let filled = 0

export interface Keys { keys: Uint32Array; forms: Uint8Array }

/** The keys of a protected name; valid until the next call. */
export function keysOf(parts: Parts): Uint32Array {
  collect(parts, false)
  return keys.subarray(0, filled)
}

/** The keys by which a name is looked up: also those of what is left without what is hung on it. */
export function askedKeys(parts: Parts): Keys {
  collect(parts, true)
  return { keys: keys.slice(0, filled), forms: forms.slice(0, filled) }
}

function collect({ elements, ecosystem }: Parts, asked: boolean): void {
  filled = 0
  let together = ''
  for (let at = 0; at < elements.length; at++) {
    const element = elements[at] as string
    const around = elements.length === 1 ? 0 : surroundings(elements, at)
    deletions(element, around)
    const glued = letters(element)
    together += glued
    push(hashCodes(codes, lookCodes(glued)) ^ around, SHAPED)
    push(hashCodes(codes, soundCodes(glued)) ^ around, SOUNDING)
    push(stemHash(element) ^ around, STEMMED)
    if (!asked) continue
    for (const rest of trimmed(element)) {
      push(hash(rest) ^ around, SPELT)
      push(hash(shape(rest)) ^ around, SHAPED)
    }
    const bare = core(element)
    if (bare !== element) deletions(bare, around)
  }
  if (ecosystem === 'npm') push(hashCodes(codes, lookCodes(together)), GLUED)
}

/** The name itself and each of its letters left out. */
function deletions(text: string, around: number): void {
  const length = Math.min(text.length, LONGEST - 1)
  prefixes[0] = 0
  for (let at = 0; at < length; at++) prefixes[at + 1] = Math.imul(prefixes[at] as number, BASE) + text.charCodeAt(at)
  const whole = prefixes[length] as number
  push(whole ^ around, SPELT)
  if (length < 2) return
  for (let at = 0; at < Math.min(length, DEEPEST); at++) {
    if (at > 0 && text.charCodeAt(at) === text.charCodeAt(at - 1)) continue
    const after = POWERS[length - 1 - at] as number
    const rest = whole - Math.imul(prefixes[at + 1] as number, after)
    push((Math.imul(prefixes[at] as number, after) + rest) ^ around, SPELT)
  }
}

function push(key: number, form: 0 | 1 | 2 | 3 | 4): void {
  if (filled >= keys.length) return
  keys[filled] = mix(key ^ SALTS[form])
  forms[filled++] = form
}

/** The other elements of a path or scoped name: an imitation changes one and keeps them. */
function surroundings(elements: readonly string[], without: number): number {
  let sum = 0x9e3779b9 + without
  for (let at = 0; at < elements.length; at++) sum = Math.imul(sum ^ (at === without ? 0 : hash(elements[at] as string)), 0x85ebca6b) + 1
  return sum | 0
}
