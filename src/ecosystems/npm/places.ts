import { fileBelow } from './protocol.ts'

interface Place {
  /** Absolute URL upstream. */
  url: string
  /** Path below the ecosystem's base, percent-encoded. */
  path: string
  /** `file` as `parse` reads it back from that path; unique within the package. */
  file: string
}

/**
 * Where tarballs of one package stand below the gate. A tarball below the package's own URL keeps its path; one from
 * elsewhere (another host, a folder per hash) is served as `<name>/-/<its file name>`.
 */
export class Places {
  readonly #name: string
  readonly #document: URL
  readonly #roots: readonly string[]
  readonly #taken = new Set<string>()

  /** `base`: URL of the index document. */
  constructor(name: string, base: string) {
    this.#name = name
    this.#document = new URL(base)
    this.#roots = roots(name, this.#document)
  }

  /** null: not a web address, or nothing that a path can hold. */
  of(tarball: string, version: string): Place | null {
    if (tarball.length > 2_048 || !URL.canParse(tarball, this.#document.href)) return null
    const url = new URL(tarball, this.#document)
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
    const parts = decodeParts(this.#below(url) ?? `-/${url.pathname.slice(url.pathname.lastIndexOf('/') + 1)}`)
    const wanted = parts && parts.length > 1 ? parts : ['-', `${version}.tgz`]
    for (const candidate of [wanted, ['-', version, wanted.at(-1) as string]]) {
      const file = fileBelow(candidate.join('/'))
      if (this.#taken.has(file)) continue
      this.#taken.add(file)
      return { url: url.href, path: `${this.#name}/${candidate.map(encodePart).join('/')}`, file }
    }
    return null
  }

  /** The path below the package's own URL, or null. */
  #below(url: URL): string | null {
    if (url.origin !== this.#document.origin) return null
    const root = this.#roots.find((candidate) => url.pathname.startsWith(candidate))
    return root === undefined ? null : url.pathname.slice(root.length)
  }
}

/** The package's URL path, in each spelling of a scoped name, as far as the document's own URL shows it. */
function roots(name: string, document: URL): string[] {
  const spellings = [...new Set([name, name.replace('/', '%2f'), name.replace('/', '%2F'), encodeURIComponent(name)])]
  const path = document.pathname.replace(/\/$/, '')
  const end = spellings.find((spelling) => path.endsWith(`/${spelling}`))
  if (end === undefined) return []
  const above = path.slice(0, -end.length)
  return spellings.map((spelling) => `${above}${spelling}/`)
}

/** Decoded parts, or null where one is empty, dotted or not text. */
function decodeParts(path: string): string[] | null {
  const parts: string[] = []
  for (const raw of path.split('/')) {
    if (!URL_PART.test(raw)) return null
    parts.push(decodeURIComponent(raw))
  }
  return parts.some((part) => part === '' || part === '.' || part === '..' || UNSAFE.test(part)) ? null : parts
}

/** Plain characters and escapes of printable ASCII only: whatever else a file is called, it gets a name made here. */
const URL_PART = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[2-7][0-9A-Fa-f])+$/
const UNSAFE = /[/\\%\p{Cc}]/u

const encodePart = (part: string): string => encodeURIComponent(part).replaceAll('%40', '@').replaceAll('%2B', '+')
