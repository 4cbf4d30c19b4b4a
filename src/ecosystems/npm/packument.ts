import { SluiceError } from '../../core/errors.ts'
import type { Pledge, RegistryManifest, Release } from '../../core/types.ts'
import { asObject, asText, parseJson, texts } from './json.ts'
import type { Json } from './json.ts'
import { dependencyGroups } from './manifest.ts'
import { Places } from './places.ts'

/** One version that can be served: what upstream said of it, and where its bytes will be below the gate. */
export interface Entry {
  version: string
  said: Json
  dist: Json
  release: Release
  /** Path of the tarball below the ecosystem's base. */
  path: string
}

export interface Packument {
  name: string
  /** The parsed document; `versions` in it is not filtered. */
  top: Json
  tags: ReadonlyMap<string, string>
  times: Json
  entries: readonly Entry[]
  /** True when upstream sent the abbreviated form, which is then passed on as it is. */
  abbreviated: boolean
}

/** Printable, without blanks or characters that mean something to shells, terminals or markup; no `__proto__`. */
const VERSION = /^[0-9A-Za-z=][0-9A-Za-z.+_~=-]{0,255}$/

/**
 * A packument as registries and their mirrors send it: full or abbreviated, with or without `time`, `modified`,
 * signatures or integrity. Versions that cannot be served (no object, no `dist.tarball`, another name or version inside)
 * are left out. One pass; throws SluiceError `index-invalid`.
 */
export function readPackument(name: string, body: Uint8Array, base: string): Packument {
  const top = asObject(parseBody(name, body))
  if (!top) throw invalid(name, 'is not a JSON object')
  if (asText(top.name) !== null && top.name !== name) throw invalid(name, `is about ${JSON.stringify(top.name).slice(0, 220)}`)
  const times = asObject(top.time) ?? {}
  // An error sent with status 200 must not look like a package that has lost all its versions.
  if (!asObject(top.versions) && !Object.hasOwn(times, 'unpublished')) throw invalid(name, 'has no versions')
  const modified = date(top.modified) ?? date(times.modified)
  const places = new Places(name, base)
  const entries: Entry[] = []
  for (const [version, value] of Object.entries(asObject(top.versions) ?? {})) {
    const entry = VERSION.test(version) ? readVersion(name, version, { value, places }) : null
    if (!entry) continue
    const publishedAt = Object.hasOwn(times, version) ? date(times[version]) : null
    entry.release.publishedAt = publishedAt
    entry.release.publishedBefore = publishedAt ? null : modified
    entries.push(entry)
  }
  const tags = new Map(Object.entries(texts(top['dist-tags'])))
  return { name, top, tags, times, entries, abbreviated: !Object.hasOwn(top, 'time') && !Object.hasOwn(top, '_id') }
}

function readVersion(name: string, version: string, { value, places }: { value: unknown; places: Places }): Entry | null {
  const said = asObject(value)
  const dist = asObject(said?.dist)
  const tarball = asText(dist?.tarball)
  if (!said || !dist || !tarball) return null
  if ((said.name ?? name) !== name || (said.version ?? version) !== version) return null
  const place = places.of(tarball, version)
  if (!place) return null
  const release: Release = {
    version, file: place.file, url: place.url, pledge: pledge(dist), publishedAt: null, publishedBefore: null,
    manifest: registryManifest(said),
  }
  return { version, said, dist, release, path: place.path }
}

function pledge(dist: Json): Pledge {
  const integrity = asText(dist.integrity)
  const shasum = asText(dist.shasum)
  return {
    ...(integrity ? { integrity } : {}),
    ...(shasum && /^[0-9a-f]{40}$/i.test(shasum) ? { hashes: { sha1: shasum.toLowerCase() } } : {}),
  }
}

/** Absent members stay absent: an abbreviated document says nothing of scripts. */
function registryManifest(said: Json): RegistryManifest {
  const { name, version, scripts, hasInstallScript, bin } = said
  const repository = asText(asObject(said.repository)?.url ?? said.repository)
  const publisher = asText(asObject(said._npmUser)?.name)
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'string' ? { version } : {}),
    dependencies: dependencyGroups(said),
    ...(asObject(scripts) ? { scripts: texts(scripts) } : {}),
    ...(typeof hasInstallScript === 'boolean' ? { hasInstallScript } : {}),
    ...(bin === undefined ? {} : { bin }),
    ...(repository === null ? {} : { repository: repository.slice(0, 300) }),
    ...(publisher === null ? {} : { publisher: publisher.slice(0, 100) }),
    provenance: asObject(asObject(said.dist)?.attestations) !== null,
  }
}

function parseBody(name: string, body: Uint8Array): unknown {
  try {
    return parseJson(body)
  } catch (cause) {
    throw new SluiceError('index-invalid', `the index document of ${name} is not JSON`, {
      cause, hint: 'The registry, or a proxy in front of it, answered something else than a packument.',
    })
  }
}

const invalid = (name: string, what: string): SluiceError => new SluiceError('index-invalid', `the index document of ${name} ${what}`)

function date(value: unknown): Date | null {
  if (typeof value !== 'string' || value.length > 40) return null
  const parsed = new Date(value)
  return Number.isNaN(parsed.getTime()) ? null : parsed
}
