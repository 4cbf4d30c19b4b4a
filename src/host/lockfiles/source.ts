import { repositoryOf, spellRepository } from '../../core/repository.ts'
import type { Source } from './project-file.ts'

const LONGEST = 4_000
const MOST_HOSTS = 20

const source = (kind: Source['kind'], url: string | null, host: string | null = url === null ? null : hostOf(url)): Source => ({ kind, host, url, fileHosts: [] })

/** From whatever registry the client is set to. */
export const REGISTRY: Source = source('registry', null)
export const fromRegistry = (url: string): Source => source('registry', url)
export const fromUrl = (url: string): Source => source('url', url)
/** yarn adds what it hashed after a `#`. */
export const fromPath = (path: string): Source => source('path', path.split('#', 1)[0] as string, null)
/** Ranges say only that it is one of the project's own parts. */
export const fromWorkspace = (path: string): Source => source('workspace', /^[*^~<>=\d]/.test(path) ? null : path, null)

/** A git address in any spelling, npm's short forms included. */
export function fromGit(spelled: string): Source {
  const repository = repositoryOf(spelled)
  const short = /^(?:(?:github|gitlab|bitbucket|codeberg):)?[\w.-]+\/[\w.-]+(?:#.*)?$/.test(spelled.slice(0, LONGEST))
  if (repository && short) return source('git', `https://${spellRepository(repository)}${/#.*$/.exec(spelled)?.[0] ?? ''}`, repository.host)
  return source('git', spelled.replace(/^git\+(?!$)/, ''), hostOf(spelled) ?? repository?.host ?? null)
}

/** `fileHosts` of these addresses; what is no address of a server is left out. */
export function hostsOf(urls: Iterable<string>): string[] {
  const hosts = new Set<string>()
  for (const url of urls) {
    const host = hosts.size < MOST_HOSTS ? hostOf(url) : null
    if (host !== null) hosts.add(host)
  }
  return [...hosts]
}

/** Host and port of an address, also of `git+ssh://…` and `git@host:path`; null where it has none. */
export function hostOf(address: string): string | null {
  const text = address.trim().slice(0, LONGEST).replace(/^git\+/, '')
  const scp = /^[\w.-]{1,100}@([\w.-]{1,253}):(?!\/\/)/.exec(text)
  if (scp) return (scp[1] as string).toLowerCase()
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return null
  // A scheme of its own keeps URL from making a host canonical; https does.
  const url = URL.parse(text.replace(/^(?!https?:)[a-z][a-z0-9+.-]*:/i, 'https:'))
  return url && url.hostname !== '' ? url.host : null
}

/** The address without user name, password and what stands in for them. `git@host:…` and `ssh://git@…` name no secret and stay. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]{0,30}:\/\/)([^/?#\s]{0,2000}@)/i, (whole, scheme: string, user: string) => (user === 'git@' ? whole : scheme))
}

/** What a specifier of npm's kind (package.json, `requires`) means: docs of npm, "package spec"; pnpm's, yarn's and bun's protocols. */
export interface NpmSpec {
  /** The package that is fetched, where an alias names another. */
  name: string | null
  range: string | null
  source: Source
}

const GIT = /^(?:git(?:\+[a-z]+)?:|(?:github|gitlab|bitbucket|gist|codeberg):|ssh:|git@)|\.git(?:#|$)/i
const SHORT = /^[\w-][\w.-]{0,99}\/[\w.-]{1,200}(?:#.*)?$/
const PATH = /^(?:file:|link:|portal:|exec:|\.{0,2}\/|~\/|[a-z]:[\\/])/i

export function readNpmSpec(written: string): NpmSpec {
  const spec = written.trim().slice(0, LONGEST)
  if (spec.startsWith('npm:')) {
    const real = spec.slice(4)
    const mark = real.indexOf('@', 1)
    // yarn's `npm:^1.0.0` names no package.
    if (mark < 0 && !/^@?[a-z][\w.@/-]*$/i.test(real)) return { name: null, range: real, source: REGISTRY }
    return mark < 0 ? { name: real, range: null, source: REGISTRY } : { name: real.slice(0, mark), range: real.slice(mark + 1), source: REGISTRY }
  }
  if (spec.startsWith('patch:')) return readNpmSpec(patched(spec))
  if (spec.startsWith('jsr:')) return { name: null, range: spec, source: source('unknown', spec, null) }
  if (spec.startsWith('workspace:')) return { name: null, range: spec, source: fromWorkspace(spec.slice('workspace:'.length)) }
  if (PATH.test(spec)) return { name: null, range: spec, source: fromPath(spec.replace(/^(?:file|link|portal|exec):/, '')) }
  if (GIT.test(spec) || SHORT.test(spec)) return { name: null, range: spec, source: fromGit(spec) }
  if (/^https?:/i.test(spec)) return { name: null, range: spec, source: fromUrl(spec) }
  return { name: null, range: spec === '' ? '*' : spec, source: REGISTRY }
}

/** yarn's `patch:name@npm%3A1.0.0#./a.patch` is `npm:1.0.0` with changes. */
function patched(spec: string): string {
  const inner = decoded(spec.slice('patch:'.length).split('#', 1)[0] as string)
  const mark = inner.indexOf('@', 1)
  return mark < 0 || inner.slice(mark + 1).startsWith('patch:') ? inner : inner.slice(mark + 1)
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Where a resolved address of npm's kind points: a registry's tarballs lie at `…/name/-/file.tgz` (or `…/download/name/…` at
 * some hosts); archives elsewhere are URL dependencies.
 */
export function readResolved(address: string): Source {
  const url = address.trim()
  if (url.startsWith('file:')) return fromPath(url.slice('file:'.length))
  if (!/^https?:/i.test(url)) return GIT.test(url) || SHORT.test(url) ? fromGit(url) : source('unknown', url)
  if (/\/-\/|\/download\/@/.test(url)) return fromRegistry(url)
  return GIT.test(url.slice(0, LONGEST)) ? fromGit(url) : fromUrl(url)
}
