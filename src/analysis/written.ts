import { Counted } from './counted.ts'
import { ROOT, UNKNOWN } from './desk.ts'
import { sameTaint } from './taint.ts'
import type { Taint } from './taint.ts'

/** What a file holds: its text with `…`, and where that comes from. */
export interface Content {
  readonly text: string
  readonly taint: Taint
}

export const sameContent = (a: Content, b: Content): boolean => a.text === b.text && sameTaint(a.taint, b.taint)

/** One spelling for a path in code or a command: slashes, no `./`, no package folder in front. */
export const plain = (path: string): string => path.replaceAll('\\', '/').replace(`${ROOT}/`, '').replace(/^(?:\.\/)+/, '')

/**
 * What files hold that code and commands wrote while the package runs, whichever language did: a later hook runs what an
 * earlier one saved. What an archive let loose is kept under no name: any path may be part of it.
 */
export class WrittenFiles {
  readonly #held = new Counted(sameContent)
  #loose: Content | null = null
  #loosened = 0

  /** Grows with every change of what files hold. */
  get changes(): number {
    return this.#held.changes + this.#loosened
  }

  set(path: string, content: Content): void {
    const name = plain(path)
    if (name === '' || name === '/dev/null' || name.replaceAll(UNKNOWN, '').length < SHORTEST) return
    this.#held.set(name, content)
    this.#held.set(`*/${lastOf(name)}`, content)
  }

  loose(content: Content): void {
    if (this.#loose === null || !sameContent(this.#loose, content)) this.#loosened++
    this.#loose = content
  }

  /** What follows is not run after what came before: nothing that was let loose there is at hand. */
  parted(): void {
    if (this.#loose !== null) this.#loosened++
    this.#loose = null
  }

  /** A bare name, or one in a folder that is not known, also finds what was saved under it elsewhere: `cd` is not followed. */
  get(path: string): Content | null {
    if (this.#held.size === 0) return null
    const name = plain(path)
    return this.#held.get(name) ?? (name.includes('/') && !name.startsWith(UNKNOWN) ? null : this.#held.get(`*/${lastOf(name)}`) ?? null)
  }

  /** Like `get`, for a path that may have come out of an archive. */
  unpacked(path: string): Content | null {
    return this.get(path) ?? (/[\\/]/.test(path) ? this.#loose : null)
  }
}

/** Below this, a path says too little to be the same file. */
const SHORTEST = 1

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

const SEEN = 1000

/** Control characters that no text has, in its beginning. */
export function isBinary(text: string): boolean {
  for (let at = Math.min(text.length, SEEN) - 1; at >= 0; at--) {
    const code = text.charCodeAt(at)
    if (code < 9 || (code > 13 && code < 27) || (code > 126 && code < 160)) return true
  }
  return false
}
