import type { EcosystemId } from '../../core/types.ts'

/** What kind of party is written to, and so what it can end and what it may be asked. */
export type PartyKind =
  /** Sold the name. */
  | 'registrar'
  /** Runs the zone's registry: asked when the registrar does not act. */
  | 'domain-registry'
  /** Its network answers for the address. */
  | 'host'
  /** Stands in front of the host and hides it. */
  | 'cdn'
  | 'code-host'
  /** Paste, chat and webhook services: what stolen data is sent to. */
  | 'service'
  /** npm, PyPI, the Go proxy: where the package is. */
  | 'package-registry'
  | 'cert'

export interface Party {
  kind: PartyKind
  name: string
  /** Its mailbox for complaints; null: it takes them by a form or an API alone, or none was found. */
  contact: string | null
  /** Where its form is, for people. */
  form: string | null
  /** Whether what is written there may be read by whom it is about: so it is taken to be, unless somebody knows better. */
  mayReachSuspect: boolean
}

export type TargetType = 'domain' | 'url' | 'ip' | 'account' | 'repository' | 'webhook' | 'package'

/** What a party is asked to end, with what was seen of it. */
export interface Target {
  type: TargetType
  value: string
  /** `second-stage`: the package fetches from it; `command`: it takes orders or stolen data; `look-alike`: it imitates and was not seen in use. */
  role: 'second-stage' | 'command' | 'look-alike' | 'source'
  firstSeen: Date | null
  /** When it was last seen to be there. */
  lastSeen: Date | null
  registered: Date | null
  registrar: string | null
  nameServers: readonly string[]
  addresses: readonly string[]
  /** Path and all, as the code has it; for domains and addresses. */
  urls: readonly string[]
  port: number | null
}

export interface BadPackage {
  ecosystem: EcosystemId
  name: string
  versions: readonly string[]
  published: Date | null
  removed: Date | null
  /** `sha256:…` and others of its files. */
  digests: readonly string[]
}

/** Something the package does, as analysis found it. */
export interface Deed {
  says: string
  file: string
  lines: readonly [number, number]
  /** As the attacker wrote it. */
  excerpt: string
  /** Which rule found it: no outsider's business. */
  detector: string | null
}

/** Bytes or a text that prove something. */
export interface Exhibit {
  name: string
  mediaType: string
  /** `sha256:…` */
  digest: string
  size: number
  description: string
  /** null: only its hash is given. */
  bytes: Uint8Array | null
  /** `sample`: malicious bytes; `internal`: from our own logs and machines. Neither goes to whom it is about. */
  nature: 'document' | 'sample' | 'internal'
}

/** Everything a complaint may be written from. What it must not say is in `Secrets`. */
export interface Matter {
  case: string
  target: Target
  packages: readonly BadPackage[]
  deeds: readonly Deed[]
  /** Whom it imitates, a sentence each: a host, a project, an account. */
  imitates: readonly string[]
  related: readonly { value: string; relation: 'same_registrant' | 'same_nameserver' | 'same_ip' | 'same_ssl_cert' | 'similar_pattern' | 'same_campaign' }[]
  exhibits: readonly Exhibit[]
  /** Earlier letters about the same: `2024-03-06, to the registrar`. */
  before: readonly string[]
  /** Who is affected, and how it was noticed: for whom may know. */
  background: string | null
  /** Who found it, as they wish to be named. */
  finder: { name: string; organisation: string | null; email: string | null } | null
}

/** In whose name letters go out, from configuration: a role, never a person. */
export interface Sender {
  organisation: string
  /** A role mailbox: `abuse-desk@acme.example`. */
  contact: string
  domain: string
}

/** How far a text may go: `full` to whom may know everything of the matter, `redacted` to everybody else. */
export type Rendering = 'full' | 'redacted'
