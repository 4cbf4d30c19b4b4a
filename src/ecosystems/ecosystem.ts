import type {
  Advisory, ArchiveFormat, ArtifactRef, Client, Denial, EcosystemId, HttpAnswer, Manifest, PackageFile, Pledge, Release, Trigger,
} from '../core/types.ts'
import type { Mark, Once, Presence, Statement } from '../core/presence.ts'
import type { Identity } from '../core/watch.ts'

/** What a client wants, read from method, path, query and headers alone. `name` is canonical. */
export type Ask =
  /**
   * An index document, in the variant the client negotiates (`full`, `corgi`; `html`, `json`; `list`, `latest`), or what it says
   * of one version (`manifest 1.0.0`): parsed and rendered in a worker, never here. A variant is of bounded length.
   */
  | { kind: 'index'; name: string; variant: string }
  /** Package bytes. */
  | { kind: 'artifact'; name: string; file: string }
  /** A document that accompanies an artifact and runs nothing: PyPI `.metadata`, Go `.mod` and `.info`. */
  | { kind: 'companion'; name: string; file: string; of: string }
  /**
   * A question that names no version and that upstream answers with one (Go: `@latest`, a branch, a commit). `path` is
   * asked of upstream, `readQuery` reads the release it resolves to, and that release's ruling decides whether the
   * answer is served. Where it is hidden or upstream has none, the index variant `variant` stands in, unless it is null
   * or renders empty; then the denial, or what upstream said.
   */
  | { kind: 'query'; name: string; path: string; variant: string | null }
  /** Answered here, without upstream or any index document: `Ecosystem.answer`. `service` is one of few words, `text` of the client. */
  | { kind: 'local'; service: string; name: string | null; text?: string }
  /**
   * Handed to upstream: `path` and `query`, nothing else of the request's own. `name` where it is about one package, `words`
   * where it is text a person wrote: private names in either never leave.
   */
  | { kind: 'passthrough'; path: string; name: string | null; contentTypes: readonly string[]; query?: string; words?: string }
  /** Understood and refused: publishing, logging in, malformed names. */
  | { kind: 'refused'; status: number; message: string }

export interface AskLine {
  method: string
  /** Path below the ecosystem's prefix, as sent (still percent-encoded), starting with `/`, without the query. */
  path: string
  query: string
  accept: string
  /** Which client asks, for documents that clients show differently. A hint: it can be forged. */
  tool?: Client['tool']
}

/** How a release is to appear in a rendered index document. */
export type Visibility = { show: true } | { show: false; because: string }

export interface IndexView {
  /** Absolute URL of this ecosystem at the gate as this client reaches it, ending in `/`. */
  base: string
  visibility(release: Release): Visibility
}

/** A parsed upstream index document. Parsing happens once, in a worker; rendering any number of variants follows. */
export interface IndexDocument {
  releases: readonly Release[]
  render(variant: string, view: IndexView): Rendered
}

export interface Rendered {
  contentType: string
  body: Uint8Array
  /** Of a variant about one version that cannot be had: what was asked for, and its release where it is hidden. `body` is empty then. */
  lacks?: { version: string; hidden: Release | null }
}

/** What local services may know. Everything comes from this gate's own store. */
export interface ServiceDesk {
  advisories(name: string): Promise<readonly Advisory[]>
  /** The name on the caller's token, or null when anonymous. */
  caller: string | null
}

/**
 * One package registry's ways: paths, documents, names, versions, archives, denials.
 * Pure: no network, no clock, no storage. One folder each; nothing outside asks which one it is.
 */
export interface Ecosystem {
  id: EcosystemId
  /** null: nothing clients use in normal work; the gateway answers 404 with a sentence. Never throws. */
  parse(line: AskLine): Ask | null
  canonicalName(raw: string): string
  /** Whether a package can have this canonical name: `parse` refuses the others. */
  isName(canonical: string): boolean
  /** A version as people write it, in the registry's spelling; what is no version stays as it is. */
  canonicalVersion(raw: string): string
  /** Total order; invalid versions sort before all valid ones. */
  compareVersions(a: string, b: string): number
  isPrerelease(version: string): boolean
  /** Whether a version is in a range as manifests write it; null where the range is none (a tag, an address) or cannot be read. */
  satisfies(version: string, range: string): boolean | null
  archiveFormat(file: string): ArchiveFormat
  /** `Vary` and caching are the gateway's; these are the request upstream gets for a package's index document.
   *  `complete` asks for everything (exact publish times); otherwise the smallest that resolves. */
  indexRequest(name: string, complete: boolean): { path: string; accept: string }
  /** Whether clients show the reason better when a package of which nothing may be had is refused as a whole. */
  deniesWholly: boolean
  /** Whether documents differ by `AskLine.tool`, so that no cache shares one between clients. */
  variesByTool?: true
  /** Which variants need the complete document. */
  needsComplete(variant: string): boolean
  /** Throws SluiceError `index-invalid`. `base` is the URL the document came from. */
  readIndex(document: { name: string; body: Uint8Array; contentType: string; base: string }): IndexDocument
  /** Where upstream keeps an artifact or companion when the index does not list URLs (Go); null: only the index knows. */
  directUrl?(name: string, file: string): string
  /** The version a file name belongs to, for ecosystems whose index has no file list. */
  versionOfFile?(name: string, file: string): string | null
  /** The release a `query`'s answer resolves to. Throws `index-invalid`. `base` is the URL the answer came from. */
  readQuery?(document: { name: string; body: Uint8Array; base: string }): Release
  /**
   * Documents that say who a package is, below the upstream's base, the best first: the next is asked where upstream has not the
   * one before. `readIdentity` reads any of them. Throws `index-invalid`.
   */
  identityRequests(name: string): readonly { path: string; accept: string }[]
  readIdentity(name: string, body: Uint8Array): Identity
  /** How to find out whether upstream still stands by what was had from it. */
  presence: PresenceReading
  /** Registries whose own times an author can set date a version by its record in a transparency log. */
  transparency?: Transparency
  /** Where the package's own root is inside its archive: drop that many leading path parts, or exactly this prefix. */
  packageRoot(ref: ArtifactRef): { strip: number } | { prefix: string }
  /** Reads what the archive declares. Never throws: problems go into `Manifest.problem`. */
  readManifest(ref: ArtifactRef, files: ReadonlyMap<string, PackageFile>): Manifest
  /** A promise about the unpacked content as a whole (Go's `h1:`), where the registry makes one: what is wrong, or null. */
  checkUnpacked?(ref: ArtifactRef, files: ReadonlyMap<string, PackageFile>, pledge: Pledge): string | null
  /** Where a companion of this release is upstream, and what its index promised of it. */
  companion(release: Release, file: string): Pick<Release, 'url' | 'pledge'>
  /** Whether a companion is refused together with the file it accompanies. Go's `.mod` never is: graphs must load. */
  companionsFollow: boolean
  triggers(manifest: Manifest, files: ReadonlyMap<string, PackageFile>): Trigger[]
  /** Which of them run by themselves once a client installs from the registry, before anybody imports anything. */
  unasked: readonly Trigger['kind'][]
  /** The reason in this client's own way. Never 408, 429 or 5xx: clients retry those. */
  deny(ask: Ask, denial: Denial, client: Client): HttpAnswer
  /** Answers a `local` ask. `body` is the request's, already bounded and decompressed. */
  answer(ask: Extract<Ask, { kind: 'local' }>, body: Uint8Array, desk: ServiceDesk): Promise<HttpAnswer>
  /** The exact lines that point clients at `base` (`http://127.0.0.1:4880/npm/`), for `doctor` and the docs. */
  clientSettings(base: string, privateNames: readonly string[]): readonly { client: string; lines: readonly string[] }[]}

/**
 * Go's checksum database: an append-only log; a record's number dates it against checkpoints of the tree's size.
 * `log` is the database's name, learnt from configuration or the client's settings; paths are below the upstream proxy.
 */
export interface Transparency {
  lookupPath(log: string, name: string, version: string): string
  latestPath(log: string): string
  /** Record number, zero-based, of exactly this version. Throws `index-invalid`. */
  readRecord(body: Uint8Array, of: { name: string; version: string }): { record: number; h1: string | null }
  /** Tree size (number of records). Throws `index-invalid`. */
  readTreeSize(body: Uint8Array): number
  /** Recorded here with the release, so that a fresh gate need not hold what is old. */
  checkpoints: readonly { at: Date; size: number }[]
}

/** Paths are below the upstream's base. Whatever is read is read in a worker, and throws `index-invalid` where it cannot be. */
export interface PresenceReading {
  /** `again`: a second look at what the first one missed or found, by another way past caches where there is one. */
  request(name: string, again: boolean): { path: string; accept: string }
  read(document: { name: string; body: Uint8Array; contentType: string; base: string }, wanted: readonly Once[]): Presence
  /** What the body of a 404 or 410 says besides, where registries say something there. Never throws. */
  readAbsence?(name: string, body: Uint8Array): Statement | null
  /** Asked of a version that the index does not list, or cannot tell of: 200 it is there, 404 or 410 it is gone. */
  versionPath?(name: string, version: string): string
  /** The document of the highest version in which the owner takes others back. `read` answers in the order of `wanted`. */
  retractions?: { path(name: string, newest: string): string; read(body: Uint8Array, wanted: readonly Once[]): (Mark | null)[] }
}
