import type { EcosystemId } from '../../core/types.ts'

/** Where the bytes of a dependency come from, as its file says. */
export interface Source {
  kind: 'registry' | 'url' | 'git' | 'path' | 'workspace' | 'unknown'
  /** Of the registry, server or repository; null where the file leaves it to the client's settings. Lower case, with a port that is not the scheme's own. */
  host: string | null
  /** Without user name and password; for paths the path. */
  url: string | null
  /** Hosts of its files where the file lists them one by one (wheels, sdists). Without repetition, at most 20. */
  fileHosts: readonly string[]
}

/** One package that a manifest asks for, or that a lockfile or SBOM says is there. */
export interface Dependency {
  ecosystem: EcosystemId
  /** Canonical: the package that is really fetched, also behind an alias. */
  name: string
  /** The name as the file spells it, where that differs: other capitals, an alias, the module that is replaced. */
  written: string | null
  /** Exact, where it is locked or pinned. */
  version: string | null
  /** What was asked for, where the file says. */
  range: string | null
  /** Whether the project itself asks for it; null where the file does not tell. */
  direct: boolean | null
  /** Names on one shortest way in, from the project's own dependency to the one that asks for this; empty for direct ones and where the file does not tell. At most 32, then `…`. */
  path: readonly string[]
  source: Source
  /** `algorithm:hex` (`sha512:…`, `sha256:…`), Go's `h1:…`, and `yarn:…` of yarn's own archives. At most 2,000. */
  digests: readonly string[]
  /** 1-based. */
  line: number | null
  /** Only for development, testing or building; null where the file does not tell. */
  dev: boolean | null
}

/** Something a file says that could not be read, or does not mean what it seems to. */
export interface Problem {
  line: number | null
  says: string
  /** The file is not whole, so that what is missing in it need not be missing in the project. */
  broken?: true
  /** More of it stands in a file that was not given. */
  elsewhere?: true
}

/** A place that a file tells clients to look for packages, beside or instead of their settings. */
export interface PackageIndex {
  /**
   * `proxy` comes after a comma or first, `fallback` after a `|` (asked after any failure, a refusal included); `unproxied`:
   * modules of this pattern come from their origin; `unverified`: what is downloaded is checked less, `url` says by which setting.
   */
  kind: 'index' | 'extra-index' | 'find-links' | 'proxy' | 'fallback' | 'unproxied' | 'unverified'
  /** Only for names of this scope (`@acme`); absent: for all. */
  scope?: string
  url: string
  host: string | null
  line: number | null
}

export interface ProjectFile {
  path: string
  /** `package-lock 3`, `requirements.txt`, …: what people call it. */
  format: string
  /** null for SBOMs, which may hold several. */
  ecosystem: EcosystemId | null
  dependencies: readonly Dependency[]
  indexes: readonly PackageIndex[]
  /** Whatever was not read is named here: a file without problems was read whole. */
  problems: readonly Problem[]
}

/** One way of writing dependencies down. */
export interface Format {
  name: string
  /** What people call such files, for messages. */
  files: string
  ecosystem: EcosystemId | null
  /** By the file's own name and its folder's, in lower case; `text` is there for names that several formats share. */
  matches(name: string, text: string, folder: string): boolean
  /** Adds what the text says to `reading`. May throw SluiceError. */
  read(reading: Reading): void
}

/** What a format sees of the file and its folder, and where it puts what it finds. Implemented by `FileReading`. */
export interface Reading {
  readonly text: string
  /** The text of a file that was given in the same call, by its path from this one's folder. */
  beside(path: string): string | null
  called(format: string): void
  add(draft: Draft): void
  index(kind: PackageIndex['kind'], url: string, line: number | null, scope?: string): void
  problem(line: number | null, says: string, how?: 'broken' | 'elsewhere'): void
}

/** A dependency as a format finds it: names as spelled, nothing checked yet. */
export interface Draft extends Partial<Omit<Dependency, 'name' | 'written' | 'ecosystem'>> {
  ecosystem?: EcosystemId
  /** The package that is fetched. */
  name: string
  /** Another name it goes by in this file. */
  alias?: string | undefined
}
