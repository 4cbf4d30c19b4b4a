import { decoded } from './source.ts'
import type { Dependency, PackageIndex, ProjectFile } from './project-file.ts'

/** A way past the gate that a file of a project opens, or an entry that is not what it seems. */
export interface Bypass {
  kind:
    /** Archives from another registry, or whose files lie elsewhere than the index. */
    | 'other-registry' | 'other-files'
    /** Archives by address, and repositories: no registry, no release, nothing the gate sees. */
    | 'url' | 'git'
    /** The address is of another package than the entry says. */
    | 'other-package'
    /** Indexes instead of the gate, and beside it: of several, pip takes the highest version, whoever published it. */
    | 'other-index' | 'extra-index' | 'find-links'
    /** Go asks the origin, or another proxy, for what the gate denies, or for modules of a pattern without asking the gate. */
    | 'direct' | 'other-proxy' | 'unproxied'
    /** A check of what is downloaded is switched off. */
    | 'unverified'
    /** A lockfile that keeps digests has none for these: whatever bytes are served are taken. */
    | 'no-digest'
  host: string | null
  says: string
  remedy: string
  /** How many dependencies; 0 for what the file says of all of them. */
  count: number
  /** The first of them, at most 20. */
  examples: readonly { name: string; version: string | null; line: number | null }[]
  /** Of the first, or of the setting. */
  line: number | null
}

export interface Gate {
  /** Hosts under which clients reach the gate, with a port that is not the scheme's own. Lower case. */
  hosts: ReadonlySet<string>
  /** The public registries' own hosts: npm asks the registry it is set to in their place. */
  upstreams: ReadonlySet<string>
}

const MOST_EXAMPLES = 20

/** What of a file goes past the gate. Hosts that the file leaves to the client's settings are no business of the file. */
export function bypasses(file: ProjectFile, gate: Gate): Bypass[] {
  const groups = new Groups()
  for (const dependency of file.dependencies) {
    const { kind, host, fileHosts } = dependency.source
    if (kind === 'git') groups.add('git', host, dependency)
    else if (kind === 'url') groups.add('url', host, dependency)
    else if (kind === 'registry') {
      if (host !== null && !gate.hosts.has(host) && !(gate.upstreams.has(host) && replacesHost(file))) groups.add('other-registry', host, dependency)
      for (const other of fileHosts) if (other !== host && !gate.hosts.has(other)) groups.add('other-files', other, dependency)
    }
    const named = namedByAddress(dependency)
    if (named !== null && named !== dependency.name) groups.add('other-package', host, dependency, named)
  }
  return [...groups.all(), ...file.indexes.flatMap((index) => ofIndex(index, gate) ?? [])]
}

/** npm's `replace-registry-host` is by default on for the public registry (docs of npm, config). */
const replacesHost = ({ format }: ProjectFile): boolean => format.startsWith('package-lock')

/** What a lockfile of a kind that keeps digests has none of; null: it has all of them, or is of another kind. */
export function undigested(file: ProjectFile): Bypass | null {
  const groups = new Groups()
  if (KEEP_DIGESTS.test(file.format)) for (const one of file.dependencies) if (lacksDigest(one)) groups.add('no-digest', null, one)
  return groups.all()[0] ?? null
}

const KEEP_DIGESTS = /^(?:package-lock|pnpm-lock|yarn|bun\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|pylock)/

/** yarn's older lockfiles may carry their digest in the address. */
function lacksDigest({ version, digests, source: { kind, url } }: Dependency): boolean {
  return kind === 'registry' && version !== null && digests.length === 0 && !/#[0-9a-f]{40}$/.test(url ?? '')
}

/** Registries of npm's kind keep `name` at `…/name/-/file.tgz`: whose archive an address is. */
function namedByAddress({ ecosystem, source: { kind, url } }: Dependency): string | null {
  if (ecosystem !== 'npm' || (kind !== 'registry' && kind !== 'url') || url === null) return null
  const path = /^https?:\/\/[^/?#]+([^?#]*)\/-\//i.exec(url)?.[1]
  return path === undefined ? null : /((?:@[^/]+\/)?[^/@]+)$/.exec(decoded(path))?.[1] ?? null
}

function ofIndex({ kind, url, host, line, scope }: PackageIndex, gate: Gate): Bypass | null {
  const bypass = (what: Bypass['kind'], says: string, remedy: string): Bypass => ({ kind: what, host, says, remedy, count: 0, examples: [], line })
  if (kind === 'unproxied') return bypass('unproxied', `Go fetches modules of ${url} from their origin, past the gate`, 'let GOPROXY name the gate alone, and the gate know private names')
  if (kind === 'unverified') return bypass('unverified', `${url} switches a check of what is downloaded off`, 'take the setting out')
  if (host !== null && gate.hosts.has(host)) return null
  if (kind === 'proxy' || kind === 'fallback') {
    if (url === 'off') return null
    const when = kind === 'fallback' ? 'whenever the gate fails or refuses' : 'what the gate does not have or denies'
    if (url === 'direct') return bypass('direct', `Go fetches from the origin ${when}`, 'let GOPROXY name the gate alone, without direct')
    return bypass('other-proxy', `Go asks ${host ?? url} for modules`, 'let GOPROXY name the gate alone')
  }
  // A folder of wheels is part of the project.
  if (kind === 'find-links') return host === null ? null : bypass('find-links', `archives are taken from pages at ${host}`, 'publish them on an index that the gate serves')
  if (kind === 'extra-index') {
    return bypass('extra-index', `packages may come from ${host ?? url} as well as from the index: whoever publishes the higher version under a name wins`, 'use one index: let the gate serve private names, and name it alone')
  }
  if (scope !== undefined) return bypass('other-index', `packages of ${scope} come from ${host ?? url}`, 'let the gate serve this scope as private names, and name the gate as its registry')
  return bypass('other-index', `packages come from ${host ?? url}`, 'name the gate as the index')
}

/** Dependencies that go one way to one host are one finding: a lockfile made elsewhere has thousands. */
class Groups {
  readonly #groups = new Map<string, { -readonly [Key in keyof Bypass]: Bypass[Key] } & { examples: Bypass['examples'][number][] }>()

  add(kind: 'other-registry' | 'other-files' | 'url' | 'git' | 'other-package' | 'no-digest', host: string | null, { name, version, line }: Dependency, named?: string): void {
    const key = `${kind} ${host} ${named === undefined ? '' : `${name} ${named}`}`
    const group = this.#groups.get(key) ?? { kind, host, ...TOLD[kind](host ?? 'no host that is named', name, named ?? ''), count: 0, examples: [], line }
    this.#groups.set(key, group)
    group.count++
    if (group.examples.length < MOST_EXAMPLES) group.examples.push({ name, version, line })
  }

  all(): Bypass[] {
    return [...this.#groups.values()]
  }
}

const TOLD: Readonly<Record<Parameters<Groups['add']>[0], (host: string, name: string, named: string) => Pick<Bypass, 'says' | 'remedy'>>> = {
  'other-registry': (host) => ({ says: `archives come from ${host}`, remedy: 'point the client at the gate and write the lockfile anew' }),
  'other-files': (host) => ({ says: `the index is one host, the files come from ${host}`, remedy: 'point the client at the gate and write the lockfile anew' }),
  url: (host) => ({ says: `archives come by address from ${host}, not as releases from a registry`, remedy: 'publish them under a private name, or take a release' }),
  git: (host) => ({ says: `sources come from a repository at ${host}, not as releases from a registry`, remedy: 'publish them under a private name, or take a release' }),
  'no-digest': () => ({ says: 'the lockfile has no digest of these: whatever is served under their version is taken', remedy: 'write the lockfile anew with the client' }),
  'other-package': (_host, name, named) => ({ says: `what is installed as ${name} is the archive of ${named}`, remedy: 'find out who changed the lockfile, and write it anew' }),
}
