/**
 * The words of Sluice as types. Everything else is written in terms of these; nothing here imports anything of ours.
 * Sizes are bytes, durations milliseconds, instants `Date` in UTC, unless a name says otherwise.
 */

export type EcosystemId = 'npm' | 'pypi' | 'go'
export type Digest = `sha256:${string}`

/** One file of one version. `name` is canonical, `file` is the name clients ask for (`left-pad-1.3.0.tgz`, `v1.2.3.zip`). */
export interface ArtifactRef {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
}

export interface Artifact {
  ref: ArtifactRef
  digest: Digest
  size: number
  publishedAt: Date | null
  firstSeenAt: Date
  upstream: string
}

/** What an index document promises of one file: a client checks it, so the gate checks it first. */
export interface Pledge {
  /** Subresource-integrity strings (`sha512-…`), npm. */
  integrity?: string
  /** Hex digests by algorithm (`sha256`, `sha1`, `md5`), PyPI and old npm. */
  hashes?: Readonly<Record<string, string>>
  /** Go module hash (`h1:…`), from the checksum database. */
  h1?: string
  size?: number
}

/** One file of one version as upstream's index document lists it. */
export interface Release {
  version: string
  file: string
  /** Absolute URL of the bytes upstream. */
  url: string
  pledge: Pledge
  /** When the registry says it was published; null where it does not say. Never a time the author can set. */
  publishedAt: Date | null
  /** An upper bound the registry vouches for when the exact time is unknown (npm's packument-wide `modified`). */
  publishedBefore: Date | null
  /** The manifest as the registry presents it, as far as the index carries one; checked against the archive's own. */
  manifest?: RegistryManifest
  /** Documents the index lists beside the file, by what their names add to its name (PyPI: `.metadata`). */
  companions?: Readonly<Record<string, { url: string; pledge: Pledge }>>
}

/** What the registry's own index says a version is. Absent members are unknown, not empty. */
export interface RegistryManifest {
  name?: string
  version?: string
  dependencies?: Readonly<Record<string, string>>
  scripts?: Readonly<Record<string, string>>
  hasInstallScript?: boolean
  bin?: unknown
  /** As it stands there, before it is told apart from others: `repositoryOf`. */
  repository?: string
  /** The account that published this version. */
  publisher?: string
  /** Whether the registry holds a statement of where this version was built. */
  provenance?: boolean
}

/** What the archive itself declares. `scripts` and `entryPoints` are keyed by their names in the manifest. */
export interface Manifest {
  name: string | null
  version: string | null
  description?: string
  homepage?: string
  repository?: string
  authors: readonly string[]
  /** Name → range or direct reference (URL, git, path), all groups that an install would fetch. */
  dependencies: Readonly<Record<string, string>>
  scripts: Readonly<Record<string, string>>
  entryPoints: readonly string[]
  /** The parsed manifest file, for detectors that need more; null where there is none or it does not parse. */
  raw: unknown
  /** The file it was read from. */
  file: string | null
  /** Why it could not be read, one line, or null. */
  problem: string | null
}

export type ArchiveFormat = 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'tar' | 'zip' | 'none'

/**
 * What makes code run, and when. `file` is the path inside the package; `command` where the trigger is a command line.
 * `editor` is a file that an editor, an assistant or a CI service obeys; `call` code that waits for a user of the package to
 * call it; `file` a file that nothing in the package is known to load.
 */
export interface Trigger {
  kind: 'install-hook' | 'build' | 'startup' | 'import' | 'command' | 'generate' | 'test' | 'editor' | 'call' | 'file'
  name: string
  file: string | null
  command?: string
}

/** A file of an unpacked package. Links and other specials are kept as facts, never followed. */
export interface PackageFile {
  path: string
  size: number
  mode: number
  /** The content; for `opaque` files (native binaries, images, data past the limit) only its beginning. */
  bytes: Uint8Array
  /** True when `bytes` is only the beginning. */
  truncated: boolean
  /** SHA-256 of the whole content, hex. */
  sha256: string
}

/** Something odd about the archive itself, found while unpacking. */
export interface ArchiveOddity {
  kind:
    | 'traversal' | 'absolute-path' | 'duplicate-entry' | 'link' | 'special-file' | 'size-mismatch' | 'header-mismatch'
    | 'trailing-data' | 'leading-data' | 'encrypted' | 'case-collision' | 'unicode-name' | 'control-character' | 'too-many-files'
    | 'ratio' | 'unsupported' | 'record-mismatch' | 'outside-root'
  path: string
  says: string
}

export interface UnpackedPackage {
  artifact: Artifact
  manifest: Manifest
  files: ReadonlyMap<string, PackageFile>
  triggers: readonly Trigger[]
  oddities: readonly ArchiveOddity[]
  /** What was not looked at, one line each (`dist/big.js: cut at 50 MB`). Not empty means the verdict is undetermined. */
  missing: readonly string[]
}

/** Domains of the organisation that somebody may imitate, and others' that only look as if they did. */
export interface Guarded {
  protect: readonly string[]
  allow: readonly string[]
}

/** What is known of a package from outside its archive. Never makes *malicious* by itself, except an advisory. */
export interface Outside {
  registryManifest: RegistryManifest | null
  advisories: readonly Advisory[]
  /** Hosts that are the registry's own, learnt from upstream settings and documents. */
  ownHosts: readonly string[]
  guarded?: Guarded
  /** The highest version below this one that was examined here and served. */
  previous?: Predecessor
  /** Other files of the same version that were examined here. */
  siblings?: readonly { file: string; profile: Profile }[]
  /** Other packages known here that name the same repository as theirs. */
  claims?: readonly { name: string; publisher: string | null }[]
  /** The protected name that its own resembles, where it has no history that would explain it. */
  near?: Near
}

/** A popular name, one in use here or a private one, and how another resembles it. */
export interface Near {
  target: string
  why: 'popular' | 'used' | 'private'
  says: string
}

export interface Predecessor {
  version: string
  publishedAt: Date | null
  profile: Profile
}

/**
 * What a file of a package is able to do, in words that stay the same from version to version, each list sorted and without
 * repetition. Small enough to be kept with its verdict.
 */
export interface Profile {
  /** What runs without being imported, and the command it runs where it is one: `install-hook postinstall: node setup.js`. */
  triggers: readonly string[]
  /** What its code does, to which data, and how little it takes: `send<credentials> unasked`. */
  abilities: readonly string[]
  /** Hosts it speaks to, and how little it takes: `cdn.example loaded`. */
  hosts: readonly string[]
  /** Signs of obfuscation. */
  marks: readonly string[]
  /** Kinds of compiled files: `elf node addon`. */
  binaries: readonly string[]
  dependencies: readonly string[]
  /** Canonical, see `repositoryOf`. */
  repository: string | null
  /** null: not known. */
  publisher: string | null
  provenance: boolean | null
  /** Path → beginning of the SHA-256 of each file of code, hex. */
  code: Readonly<Record<string, string>>
  /** Something was too long to be kept whole: what is missing in one profile need not be new in another. */
  cut: boolean
}

/** One difference between the profiles of two versions. */
export interface Change {
  of: 'trigger' | 'ability' | 'host' | 'mark' | 'binary' | 'dependency' | 'repository' | 'publisher' | 'provenance'
  what: string
}

/** What is new in a version, and what is gone. */
export interface Difference {
  since: string
  added: readonly Change[]
  removed: readonly Change[]
}

/** A public statement about versions of a package. `malicious` separates MAL- records from vulnerabilities. */
export interface Advisory {
  id: string
  ecosystem: EcosystemId
  name: string
  malicious: boolean
  summary: string
  /** Explicit versions, and ranges as OSV events in order. No versions and no ranges: every version. */
  versions: readonly string[]
  ranges: readonly { introduced: string; fixed?: string; lastAffected?: string }[]
  severity: 'critical' | 'high' | 'moderate' | 'low' | null
  url: string | null
  source: string
  modified: Date
  withdrawn: Date | null
}

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical'
/** What a package does, in the taxonomy's words; the closed set that detectors, the model and reports speak of. */
export type Behaviour =
  | 'known-malicious' | 'user-rule'
  | 'fetch-and-run' | 'hidden-code' | 'dropper' | 'remote-control' | 'reverse-shell' | 'run-at-install'
  | 'exfiltration' | 'credential-theft' | 'wallet-theft' | 'browser-theft' | 'messenger-theft' | 'surveillance' | 'host-profiling'
  | 'persistence' | 'destruction' | 'self-publish' | 'app-injection' | 'mining' | 'cloud-theft' | 'address-swap'
  | 'obfuscation' | 'evasion' | 'reviewer-deception' | 'suspicious-binary' | 'suspicious-address'
  | 'impersonation' | 'metadata' | 'direct-url-dependency' | 'manifest-confusion' | 'archive-trickery' | 'archive-mismatch' | 'change'

export interface Evidence {
  file: string
  /** First and last line, 1-based; [0, 0] where lines mean nothing (an archive entry, a binary). */
  lines: [number, number]
  excerpt: string
  says: string
  /** Its part in the chain: evidence of a chain is listed in the order trigger, source, transforms, sink. */
  role?: 'trigger' | 'source' | 'transform' | 'sink'
  /** The text in the file that the excerpt was decoded from. */
  decodedFrom?: Evidence
}

export interface Finding {
  detector: string
  behaviour: Behaviour
  severity: Severity
  /** 0 to 1: how sure the detector is that the behaviour is there. */
  confidence: number
  title: string
  evidence: readonly [Evidence, ...Evidence[]]
}

export type Run = { detector: string; version: number } & (
  | { status: 'ok'; findings: Finding[] }
  | { status: 'failed' | 'skipped'; reason: string }
)

export type Level = 'clean' | 'suspicious' | 'malicious' | 'undetermined'

export interface Verdict {
  digest: Digest
  level: Level
  /** 0 to 100. */
  score: number
  findings: readonly Finding[]
  missing: readonly string[]
  /** Version of the rules that judged, so that a newer set knows what to look at again. */
  rules: string
  /** What the learned model said, where there is one. */
  learned: Learned | null
}

/** Something in a package's code that points outside of it or that others can search for. `line` is 1-based, 0 in binaries. */
export interface FoundIndicator {
  type: string
  value: string
  file: string
  line: number
}

/** The learned model's word: a hint for the score, with the features that moved it. */
export interface Learned {
  /** 0 to 1, for a mix of packages as in the corpora it was trained on: it ranks, and says nothing of how common malice is. */
  probability: number
  because: readonly string[]
}

export type Action = 'serve' | 'hold' | 'quarantine'

/** Why a decision is what it is; the closed set that clients, metrics and tests speak of. */
export type Reason =
  | 'clean' | 'allowed' | 'released' | 'observed' | 'private'
  | 'examining' | 'running' | 'too-young' | 'age-unknown' | 'suspicious' | 'undetermined' | 'suspected' | 'held'
  | 'malicious' | 'advisory' | 'denied' | 'recalled'
  /** Upstream took it away, or serves other bytes under the same name: someone should look before it is served on. */
  | 'removed' | 'changed'

/** A person's word on a package, a version or one digest. Which one counts: `orderInForce`. */
export interface Order {
  id: string
  /** Which order came later, on every gate of a data folder. */
  seq: number
  ecosystem: EcosystemId
  name: string
  /** null: every version. */
  version: string | null
  digest: Digest | null
  action: 'hold' | 'release' | 'recall'
  because: string
  by: string
  at: Date
  expiresAt: Date | null
}

/** Who asks, read from user agent, token and address. A user agent can be forged; it is a hint, never a right. */
export interface Client {
  /** Of the closed set in `core/agents.ts`: `npm`, `yarn1`, `pip`, `go`, `bandersnatch`, `browser`, …; `unknown` outside of it. */
  tool: string
  version: string | null
  userAgent: string
  ci: string | null
}

/** A "no", with everything a client can show. `message` is one line; `link` the console page of the package. */
export interface Denial {
  reason: Reason | 'unknown-package' | 'refused' | 'upstream-down' | 'bad-request' | 'forbidden'
  name: string
  version: string | null
  message: string
  requestId: string
  link: string
  /** Absolute URL of the ecosystem at the gate as this client reaches it, ending in `/`. */
  base?: string
}

export interface HttpAnswer {
  status: number
  /** Reason phrase; latin-1 without CR or LF, at most 180 characters (made so by `phrase()`). */
  phrase?: string
  headers: Record<string, string>
  body: Uint8Array | string
}
