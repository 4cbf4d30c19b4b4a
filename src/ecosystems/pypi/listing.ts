import { oneLine } from '../../core/text.ts'
import type { Release } from '../../core/types.ts'
import type { Suffix } from './companions.ts'
import { isFileName, versionOfFile } from './filenames.ts'

/** A project's page as upstream told it, whatever form it came in. */
export interface Listing {
  name: string
  /** Version of the simple API (PEP 629). */
  api: string
  /** Every version there is, those without files too (PEP 700); null where upstream does not say. */
  versions: readonly string[] | null
  /** PEP 792. */
  status: { status: string; reason: string | null } | null
  files: readonly ListedFile[]
}

/** One file; hashes, size, time and documents beside it are in `release`. */
export interface ListedFile {
  release: Release
  requiresPython: string | null
  /** `true`: yanked without a reason (PEP 592). */
  yanked: boolean | string
  /** As upstream wrote it, microseconds included. */
  uploadTime: string | null
  /** Whether upstream says that there is, or is not, a signature; null where it says nothing. */
  signed: boolean | null
}

/** A file as one view has it: `yanked` is the view's word. */
export interface ShownFile extends ListedFile {
  /** Path of the file below the ecosystem's base; its companions' paths begin with it. */
  path: string
}

/** What one anchor or JSON member says of a file; nothing is checked yet. */
export interface RawFile {
  file: string
  url: string
  hashes: Readonly<Record<string, unknown>>
  requiresPython: unknown
  /** Hashes of the metadata file, `true` where there is one without a hash. */
  metadata: Readonly<Record<string, unknown>> | boolean
  yanked: boolean | string
  uploadTime: unknown
  size: unknown
  signed: boolean | null
  provenance: unknown
}

/** The largest project has some tens of thousands of files. */
export const MOST_FILES = 500_000

/** Collects the files of one page. What no client could install, or names nothing that can be asked for, is left out. */
export class Files {
  readonly listed: ListedFile[] = []
  readonly #name: string
  readonly #base: string
  readonly #taken = new Set<string>()

  /** `base`: URL of the page. */
  constructor(name: string, base: string) {
    this.#name = name
    this.#base = base
  }

  add(raw: RawFile): void {
    const url = absolute(raw.url, this.#base)
    const version = versionOfFile(this.#name, raw.file)
    if (!url || version === null || !isFileName(raw.file) || this.#taken.has(raw.file)) return
    this.#taken.add(raw.file)
    const uploadTime = timeOf(raw.uploadTime)
    const companions = companionsOf(raw, url, this.#base)
    this.listed.push({
      release: {
        version, file: raw.file, url: url.href,
        pledge: { hashes: hashesOf(raw.hashes), ...(isSize(raw.size) ? { size: raw.size } : {}) },
        publishedAt: uploadTime === null ? null : new Date(uploadTime), publishedBefore: null,
        ...(companions ? { companions } : {}),
      },
      requiresPython: typeof raw.requiresPython === 'string' && raw.requiresPython !== '' ? oneLine(raw.requiresPython, 500) : null,
      yanked: typeof raw.yanked === 'string' ? oneLine(raw.yanked, 1_000) || true : raw.yanked,
      uploadTime,
      signed: raw.signed,
    })
  }
}

/** Documents beside a file: at its own address with the suffix added to the path, but provenance, which has its own. */
function companionsOf(raw: RawFile, url: URL, base: string): Release['companions'] {
  const found: Partial<Record<Suffix, { url: string; pledge: Release['pledge'] }>> = {}
  if (raw.metadata !== false) {
    const hashes = raw.metadata === true ? {} : hashesOf(raw.metadata)
    found['.metadata'] = { url: beside(url, '.metadata'), pledge: Object.keys(hashes).length > 0 ? { hashes } : {} }
  }
  if (raw.signed === true) found['.asc'] = { url: beside(url, '.asc'), pledge: {} }
  const provenance = typeof raw.provenance === 'string' ? absolute(raw.provenance, base) : null
  if (provenance) found['.provenance'] = { url: provenance.href, pledge: {} }
  return Object.keys(found).length > 0 ? found : undefined
}

function beside(url: URL, suffix: Suffix): string {
  const other = new URL(url)
  other.pathname += suffix
  return other.href
}

/** Web addresses only, without the fragment. */
function absolute(href: string, base: string): URL | null {
  if (href.length > 4_096 || !URL.canParse(href, base)) return null
  const url = new URL(href, base)
  url.hash = ''
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null
}

/** Hex digests by algorithm, as `hashlib` names it. */
function hashesOf(raw: Readonly<Record<string, unknown>>): Record<string, string> {
  const good = Object.entries(raw).filter((entry): entry is [string, string] =>
    /^[a-z][a-z0-9_-]{1,31}$/.test(entry[0]) && typeof entry[1] === 'string' && /^[0-9a-fA-F]{16,256}$/.test(entry[1]))
  return Object.fromEntries(good.map(([algorithm, hex]) => [algorithm, hex.toLowerCase()]))
}

/** ISO 8601 with seconds; without a zone it is UTC (PEP 700 allows nothing else). */
function timeOf(raw: unknown): string | null {
  const found = typeof raw === 'string' && raw.length < 64 ? /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?$/.exec(raw) : null
  if (!found) return null
  const text = `${found[1]}T${found[2]}${found[3] ?? 'Z'}`
  return Number.isNaN(Date.parse(text)) ? null : text
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
