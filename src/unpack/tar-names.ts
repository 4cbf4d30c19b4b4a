import { invalid } from './errors.ts'
import type { Notes } from './notes.ts'
import { decimal, readPax } from './pax.ts'
import type { TarHeader } from './tar-header.ts'

interface Resolved {
  name: string
  link: string
  size: number
  sparse: boolean
}

/** Names, link targets and sizes that pax and GNU headers give to the entry after them. */
export class TarNames {
  readonly #notes: Notes
  #pax: ReadonlyMap<string, string> | null = null
  #longName: string | null = null
  #longLink: string | null = null

  constructor(notes: Notes) {
    this.#notes = notes
  }

  /** The content of a header of type x, X (Solaris), g, L or K. */
  take(type: string, bytes: Uint8Array): void {
    if (type === 'L') this.#longName = this.#only(this.#longName, cString(bytes))
    else if (type === 'K') this.#longLink = this.#only(this.#longLink, cString(bytes))
    else if (type === 'g') this.#takeGlobal(bytes)
    else {
      const { values, repeated } = readPax(bytes)
      const twice = repeated.find((key) => MEANINGFUL.has(key))
      if (twice !== undefined) this.#notes.odd('header-mismatch', values.get('path') ?? '', `${twice} is given twice in one header`)
      this.#pax = this.#only(this.#pax, values)
    }
  }

  resolve(header: TarHeader): Resolved {
    const pax = this.#pax
    const path = pax?.get('GNU.sparse.name') ?? pax?.get('path')
    const name = path ?? this.#longName ?? header.name
    if (path !== undefined && this.#longName !== null && path !== this.#longName) {
      this.#notes.odd('header-mismatch', name, `also named ${this.#longName}`)
    }
    const sparse = pax !== null && [...pax.keys()].some((key) => key.startsWith('GNU.sparse.'))
    if (name !== header.name && !sparse && !shortens(header.name, name)) {
      this.#notes.odd('header-mismatch', name, `named ${header.name} for readers that ignore extended headers`)
    }
    const link = pax?.get('linkpath') ?? this.#longLink ?? header.link
    const size = this.#size(name, pax?.get('size'), header)
    this.#pax = this.#longName = this.#longLink = null
    return { name, link, size, sparse }
  }

  end(): void {
    if (this.#pax || this.#longName !== null || this.#longLink !== null) {
      this.#notes.odd('header-mismatch', '', 'ends with a header about an entry that does not follow')
    }
  }

  #size(name: string, said: string | undefined, header: TarHeader): number {
    if (said === undefined) return header.size
    const size = decimal(said)
    if (size === null) throw invalid('a pax header has an unreadable size')
    // Zero stands for a size that the old field cannot hold.
    if (size !== header.size && !(header.size === 0 && size >= 8 ** 11)) {
      this.#notes.odd('size-mismatch', name, `${header.size} bytes in its header, ${size} in the extended one`)
    }
    return size
  }

  #takeGlobal(bytes: Uint8Array): void {
    const found = [...readPax(bytes).values.keys()].find((key) => MEANINGFUL.has(key))
    if (found === undefined) return
    // Readers disagree whether it holds for every entry; with a size, the rest of the archive reads differently.
    if (found === 'size') throw invalid('a global pax header gives a size')
    this.#notes.odd('header-mismatch', '', `a global header gives a ${found}`)
  }

  #only<T>(before: T | null, now: T): T {
    if (before !== null) this.#notes.odd('header-mismatch', '', 'two extended headers of one kind for one entry')
    return now
  }
}

const MEANINGFUL = new Set(['path', 'linkpath', 'size', 'GNU.sparse.name', 'GNU.sparse.size', 'GNU.sparse.realsize'])

/**
 * Whether the old header's name is what honest writers put there for the full one: its beginning, its end, or (for names
 * that do not fit or are not ASCII) something in the same top folder.
 */
function shortens(old: string, full: string): boolean {
  const [short, long] = [plain(old), plain(full)]
  if (long.startsWith(short) || (short !== '' && long.endsWith(short))) return true
  if (full.length <= 100 && isAscii(full)) return false
  return short.split('/')[0] === long.split('/')[0]
}

/** Without what writers replace: everything that is not ASCII, and its stand-ins. */
const plain = (name: string): string => name.replace(/^\.\//, '').replace(/[^\x21-\x7e]|[?_]/g, '').replace(/\/$/, '')

/* oxlint-disable-next-line no-control-regex -- the ASCII range begins there */
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text)

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.byteLength : end).toString('utf8')
}
