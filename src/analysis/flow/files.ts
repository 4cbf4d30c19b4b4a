import type { Desk } from '../desk.ts'
import { DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, mixed, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Value } from './value.ts'

/** What a value holds that names a file with such content. */
export const naming = ({ bits, trail }: Taint): Taint =>
  taint((bits & FETCHED ? FILE_FETCHED : 0) | (bits & DECODED ? FILE_DECODED : 0), trail)

/** What a file holds that is named by such a value. */
export const named = ({ bits, trail }: Taint): Taint =>
  taint((bits & FILE_FETCHED ? FETCHED : 0) | (bits & FILE_DECODED ? DECODED : 0), trail)

/** What a value holds itself, and by the files it may name. */
export function holds({ written }: Desk, value: Value): Taint {
  let held: Taint = value
  for (const text of value.texts) {
    const content = text.length < LONGEST_PATH ? written.get(text) : null
    if (content) held = mixed(held, naming(content.taint))
  }
  return held
}

const LONGEST_PATH = 1000
