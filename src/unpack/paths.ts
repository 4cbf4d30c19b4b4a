import { overLimit } from './errors.ts'
import type { UnpackLimits } from './limits.ts'
import type { Notes } from './notes.ts'

export type Root = { strip: number } | { prefix: string }

/**
 * Turns the names in an archive into paths inside the package, and reports names no honest tool writes.
 * A path that cannot be inside keeps a form no inside path has, so that it is analysed and shadows nothing: beside the root
 * `../name`; absolute, on a drive or with `..`: as it stands in the archive.
 */
export class Paths {
  readonly #root: Root
  readonly #limits: UnpackLimits
  readonly #notes: Notes
  readonly #folded = new Map<string, string>()
  #firstRoot: string | null = null
  readonly #otherRoots = new Set<string>()

  constructor(root: Root, limits: UnpackLimits, notes: Notes) {
    this.#root = root
    this.#limits = limits
    this.#notes = notes
  }

  /** Throws `archive-limit` for a path too long or too deep. */
  place(raw: string): string {
    if (raw.length > this.#limits.pathBytes || Buffer.byteLength(raw) > this.#limits.pathBytes) {
      throw overLimit(`an entry's path is longer than ${this.#limits.pathBytes} bytes`)
    }
    this.#characters(raw)
    const parts = raw.split('/').filter((part) => part !== '' && part !== '.')
    if (parts.length > this.#limits.pathParts) {
      throw overLimit(`an entry's path has more than ${this.#limits.pathParts} parts`)
    }
    if (this.#leaves(raw, parts, raw)) return raw
    if (raw === '') this.#notes.odd('outside-root', raw, 'an entry without a name')
    const root = this.#root
    const inside = 'prefix' in root ? this.#afterPrefix(raw, parts, root.prefix) : this.#stripped(raw, root.strip)
    if (inside === null) return `../${parts.join('/')}`
    // What is left after the root is what a client joins to its own folder.
    return this.#leaves(inside, [], raw) ? raw : inside.split('/').filter((part) => part !== '' && part !== '.').join('/')
  }

  /** Reports files that are one file where letter case or Unicode form does not count. Call once for each new path. */
  collides(path: string): void {
    const folded = path.normalize('NFC').toLowerCase()
    const other = this.#folded.get(folded)
    if (other === undefined) this.#folded.set(folded, path)
    else if (other !== path) {
      const byForm = other.normalize('NFC') === path.normalize('NFC')
      const differ = byForm ? 'the form of its Unicode characters' : 'letter case'
      this.#notes.odd(byForm ? 'unicode-name' : 'case-collision', path, `differs from ${other} only in ${differ}`)
    }
  }

  #leaves(path: string, parts: readonly string[], raw: string): boolean {
    const absolute = path.startsWith('/') || /^[A-Za-z]:/.test(path)
    if (absolute) this.#notes.odd('absolute-path', raw, 'an absolute path')
    const climbs = parts.includes('..')
    if (climbs) this.#notes.odd('traversal', raw, 'climbs out with ..')
    return absolute || climbs
  }

  /** Clients cut at the first slashes, so that `.` is a folder like others. */
  #stripped(raw: string, strip: number): string | null {
    const segments = raw.split('/')
    if (segments.length <= strip) {
      this.#notes.odd('outside-root', raw, 'beside the package\'s root folder')
      return null
    }
    const root = segments.slice(0, strip).join('/')
    this.#firstRoot ??= root
    if (root !== this.#firstRoot && !this.#otherRoots.has(root) && this.#otherRoots.size < 50) {
      this.#otherRoots.add(root)
      this.#notes.odd('outside-root', raw, `the root folder is ${root} here and ${this.#firstRoot} before`)
    }
    return segments.slice(strip).join('/')
  }

  #afterPrefix(raw: string, parts: readonly string[], prefix: string): string | null {
    const base = prefix.endsWith('/') ? prefix : `${prefix}/`
    if (raw.startsWith(base)) return raw.slice(base.length)
    if (!raw.endsWith('/') || !base.startsWith(`${parts.join('/')}/`)) this.#notes.odd('outside-root', raw, `not under ${base}`)
    return null
  }

  #characters(raw: string): void {
    if (PLAIN.test(raw)) return
    if (CONTROL.test(raw)) this.#notes.odd('control-character', raw, 'control characters in its name')
    if (INVISIBLE.test(raw)) this.#notes.odd('unicode-name', raw, 'invisible or reordering characters in its name')
    if (raw.includes('\ufffd')) this.#notes.odd('unicode-name', raw, 'its name is not valid UTF-8')
    if (!raw.includes('\\')) return
    const climbs = raw.split(/[\\/]/).includes('..')
    this.#notes.odd(climbs ? 'traversal' : 'control-character', raw, 'a backslash in its name, a folder separator on Windows')
  }
}

const PLAIN = /^[\w./@+~ ,=()[\]{}$!&'#%^;-]*$/
/* oxlint-disable-next-line no-control-regex -- control characters are what it looks for */
const CONTROL = /[\u0000-\u001f\u007f]/
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/
