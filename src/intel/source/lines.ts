import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const CHUNK = 4 * 1024 * 1024

/** Lines of a file of any size, with their numbers; null in place of one that is longer than `limit`. Synchronous. */
export function* linesOf(path: string, limit: number): Generator<{ line: number; text: string | null }> {
  const file = openSync(path, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.allocUnsafe(CHUNK)
    let line = 1
    let begun: string[] = []
    let length = 0
    for (;;) {
      const read = readSync(file, buffer, 0, CHUNK, null)
      const text = read === 0 ? decoder.end() : decoder.write(buffer.subarray(0, read))
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        length += end - from
        if (length <= limit) begun.push(text.slice(from, end))
        yield { line, text: length <= limit ? begun.join('') : null }
        line++
        begun = []
        length = 0
        from = end + 1
      }
      length += text.length - from
      if (length <= limit) begun.push(text.slice(from))
      else begun = []
      if (read > 0) continue
      if (length > 0) yield { line, text: length <= limit ? begun.join('') : null }
      return
    }
  } finally {
    closeSync(file)
  }
}
