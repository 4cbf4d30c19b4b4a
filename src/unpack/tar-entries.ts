import type { PackageFile } from '../core/types.ts'
import { overLimit } from './errors.ts'
import type { Notes } from './notes.ts'
import type { Paths } from './paths.ts'
import { TarNames } from './tar-names.ts'
import type { TarHeader } from './tar-header.ts'
import type { Shelf, Slot } from './shelf.ts'

/** Where an entry's content goes: in one piece when it is at hand, or piece by piece. */
export interface Content {
  whole?: (bytes: Uint8Array) => void
  slot(): Slot | null
}

/** Larger than any honest pax header or long name. */
const META = 1024 * 1024

/** What each tar header means: a file, something to report, or a header about the next entry. */
export class TarEntries {
  readonly #shelf: Shelf
  readonly #paths: Paths
  readonly #notes: Notes
  readonly #names: TarNames
  readonly #links = new Map<string, string>()

  constructor(shelf: Shelf, paths: Paths, notes: Notes) {
    this.#shelf = shelf
    this.#paths = paths
    this.#notes = notes
    this.#names = new TarNames(notes)
  }

  /** `size` is how many bytes of content follow the header. */
  begin(header: TarHeader): { size: number; content: Content } {
    this.#shelf.countEntry()
    const { type } = header
    if (type === 'x' || type === 'X' || type === 'g' || type === 'L' || type === 'K') return this.#meta(header)
    const { name, link, size, sparse } = this.#names.resolve(header)
    if (type === '5' || type === 'D' || (isFile(type) && name.endsWith('/'))) {
      this.#paths.place(name.endsWith('/') ? name : `${name}/`)
      return this.#nothing(name, size)
    }
    const path = this.#paths.place(name)
    if (type === '1' || type === '2') {
      this.#link({ name, path, target: link, symbolic: type === '2' })
      return this.#nothing(name, size)
    }
    if (type === '3' || type === '4' || type === '6') {
      this.#notes.odd('special-file', name, type === '6' ? 'a named pipe' : 'a device')
      return this.#nothing(name, size)
    }
    if (type === 'S' || sparse) {
      this.#notes.odd('unsupported', name, 'a sparse file')
      this.#notes.miss(`${path}: stored as a sparse file`)
    } else if (!isFile(type)) this.#notes.odd('unsupported', name, `an entry of unknown type ${JSON.stringify(type)}, taken for a file`)
    const entry = { name, path, size, mode: header.mode }
    if (size === 0) this.#shelf.put(entry, new Uint8Array(0), true)
    if (size === 0) return { size, content: { slot: () => null } }
    return { size, content: { whole: (bytes) => this.#shelf.put(entry, bytes, false), slot: () => this.#shelf.slot(entry) } }
  }

  end(): void {
    this.#names.end()
    for (const [path, target] of this.#links) this.#alias(path, target)
  }

  #meta(header: TarHeader): { size: number; content: Content } {
    const { size, type } = header
    if (size > META) throw overLimit(`a tar header about an entry is larger than ${META} bytes`)
    const whole = (bytes: Uint8Array): void => this.#names.take(type, bytes)
    if (size === 0) whole(new Uint8Array(0))
    if (size === 0) return { size, content: { slot: () => null } }
    const slot = (): Slot => {
      const pieces: Uint8Array[] = []
      return { write: (chunk) => void pieces.push(Uint8Array.from(chunk)), end: () => whole(Buffer.concat(pieces)) }
    }
    return { size, content: { whole, slot } }
  }

  /** Readers disagree whether content follows such an entry; most say no. */
  #nothing(name: string, size: number): { size: number; content: Content } {
    if (size > 0) this.#notes.odd('size-mismatch', name, `claims ${size} bytes of content, which its type cannot have`)
    return { size: 0, content: { slot: () => null } }
  }

  #link(link: { name: string; path: string; target: string; symbolic: boolean }): void {
    const { name, path, target, symbolic } = link
    const from = symbolic ? path.split('/').slice(0, -1) : []
    const inside = target.startsWith('/') ? null : join(from, symbolic ? target : this.#paths.place(target))
    const where = inside === null ? 'outside the package' : 'inside the package'
    this.#notes.odd('link', name, `a ${symbolic ? 'symbolic' : 'hard'} link to ${target}, ${where}`)
    if (this.#shelf.files.has(path)) this.#notes.odd('duplicate-entry', name, 'a link in the place of an earlier file')
    else if (inside !== null) this.#links.set(path, inside)
  }

  /** A link to a file of the archive shows that file's content under its own name, as an install would. */
  #alias(path: string, target: string): void {
    if (this.#shelf.files.has(path)) return
    let file: PackageFile | undefined
    let next: string | undefined = target
    for (let hops = 0; hops < 8 && next !== undefined && !file; hops++) {
      file = this.#shelf.files.get(next)
      next = this.#links.get(next)
    }
    if (file) this.#shelf.files.set(path, { ...file, path })
  }
}

const isFile = (type: string): boolean => type === '0' || type === '\0' || type === '7'

/** Null when it climbs out of the package. */
function join(from: readonly string[], target: string): string | null {
  const parts = [...from]
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
