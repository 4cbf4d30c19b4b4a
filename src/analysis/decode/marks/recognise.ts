import type { Mark, MarkKind } from './mark.ts'
import { blobs, escapes, farRight, jsfuck } from './layout.ts'
import { ciphers, javascriptPackers, pythonPackers } from './packers.ts'
import { unicode } from './unicode.ts'

type Recogniser = (text: string, language: string | null) => Iterable<Mark>

const EVERYWHERE: readonly Recogniser[] = [unicode, farRight, escapes, blobs, ciphers]
const BY_LANGUAGE: Readonly<Record<string, readonly Recogniser[]>> = { javascript: [jsfuck, javascriptPackers], python: [pythonPackers] }

/** Further ones of a kind say nothing new. */
const ENOUGH = 20
/** After so many, a recogniser is being kept busy. */
const FLOOD = 1000

/**
 * Marks of code that hides what it is, in the order of their places. Minified or bundled code, text in any script, emoji
 * and a byte order mark have none. Linear in the text; `language` is that of the file, null for data.
 */
export function recognise(text: string, language: string | null): Mark[] {
  const marks: Mark[] = []
  const counts = new Map<MarkKind, number>()
  for (const recogniser of [...EVERYWHERE, ...(BY_LANGUAGE[language ?? ''] ?? [])]) {
    let seen = 0
    for (const mark of recogniser(text, language)) {
      if (++seen > FLOOD) break
      const count = (counts.get(mark.kind) ?? 0) + 1
      counts.set(mark.kind, count)
      if (count <= ENOUGH) marks.push(mark)
    }
  }
  return marks.sort((a, b) => a.from - b.from)
}
