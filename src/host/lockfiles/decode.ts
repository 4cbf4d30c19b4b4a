import type { Problem } from './project-file.ts'

/**
 * A file's text without its byte order mark: UTF-8, or UTF-16 where the mark says so (what PowerShell's `>` writes). Where
 * bytes are none of it they become U+FFFD, and the first line with one is a problem.
 */
export function decode(bytes: Uint8Array): { text: string; problem: Problem | null } {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), problem: null }
  } catch {
    const text = new TextDecoder(encoding).decode(bytes)
    const line = text.slice(0, Math.max(0, text.indexOf('\ufffd'))).split('\n').length
    return { text, problem: { line, says: `bytes that are no ${encoding.toUpperCase()}: they were replaced` } }
  }
}
