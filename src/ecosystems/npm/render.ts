import { SluiceError } from '../../core/errors.ts'
import type { IndexView, Rendered } from '../ecosystem.ts'
import { asObject } from './json.ts'
import type { Json } from './json.ts'
import type { Entry, Packument } from './packument.ts'
import { reasonTags, restrictions } from './restrictions.ts'
import type { Hidden } from './restrictions.ts'
import { attestationsPath } from './services.ts'
import { pointTags } from './tags.ts'
import { CORGI, CORGI_MEMBERS, readVariant } from './variants.ts'

/**
 * A packument as this gate shows it, in a variant of `readVariant`. Integrity, signatures and `_npmUser` stay as upstream sent them,
 * because clients check them; only what is hidden and where things are fetched from changes.
 */
export function render(packument: Packument, variant: string, view: IndexView): Rendered {
  const read = readVariant(variant)
  if (read.kind === 'document') return renderDocument(packument, read, view)
  const shown = packument.entries.filter(({ release }) => view.visibility(release).show)
  const tags = pointTags(packument.tags, shown.map(({ version }) => version))
  if (read.kind === 'tags') return { contentType: 'application/json', body: encode(packument.name, Object.fromEntries(tags)) }
  return renderManifest(packument, { wanted: read.wanted, tags, shown, base: view.base })
}

/** A tag leads where the document's own would; one that leads nowhere, because all it could mean is hidden, is hidden with it. */
function renderManifest(
  packument: Packument, { wanted, tags, shown, base }: { wanted: string; tags: ReadonlyMap<string, string>; shown: readonly Entry[]; base: string },
): Rendered {
  const version = tags.get(wanted) ?? packument.tags.get(wanted) ?? wanted
  const found = shown.find((entry) => entry.version === version)
  if (found) return { contentType: 'application/json', body: encode(packument.name, manifest(packument.name, found, base)) }
  const hidden = packument.entries.find((entry) => entry.version === version)?.release ?? null
  return { contentType: 'application/json', body: new Uint8Array(), lacks: { version: hidden ? hidden.version : wanted, hidden } }
}

function renderDocument(packument: Packument, { corgi, reasons }: { corgi: boolean; reasons: boolean }, view: IndexView): Rendered {
  const hidden: Hidden[] = []
  const shown: Entry[] = []
  for (const entry of packument.entries) {
    const visibility = view.visibility(entry.release)
    if (visibility.show) shown.push(entry)
    else hidden.push({ version: entry.version, because: visibility.because })
  }
  const page = pageOf(packument.name, view.base)
  const tags = pointTags(packument.tags, shown.map(({ version }) => version))
  const notes = reasons ? reasonTags(hidden, page, tags.get('latest')) : []
  const pick = corgi && !packument.abbreviated ? abbreviate : (said: Json): Json => said
  const document = {
    ...(corgi ? topOfCorgi(packument) : topOfFull(packument)),
    'dist-tags': Object.fromEntries([...tags, ...notes]),
    versions: Object.fromEntries(shown.map((entry) => [entry.version, { ...pick(entry.said), dist: dist(packument.name, entry, view.base) }])),
    ...(corgi || packument.abbreviated ? {} : { time: times(packument, shown) }),
    ...(hidden.length > 0 ? { policyRestrictions: restrictions(packument.name, hidden, page) } : {}),
  }
  return { contentType: corgi ? CORGI : 'application/json', body: encode(packument.name, document) }
}

/** The package's page at the gate, which stands beside the registry. */
const pageOf = (name: string, base: string): string =>
  new URL(`../packages/npm/${name.split('/').map(encodeURIComponent).join('/')}`, base).href

function topOfCorgi({ name, top, times }: Packument): Json {
  const modified = top.modified ?? times.modified
  return { name, ...(modified === undefined ? {} : { modified }) }
}

/** Everything upstream says of the package, but nothing that carries versions past the filter. */
function topOfFull({ name, top }: Packument): Json {
  const { versions: _versions, stagedVersions: _staged, policyRestrictions: _restrictions, _attachments, ...rest } = top
  return { ...rest, name }
}

function abbreviate(said: Json): Json {
  const short: Json = {}
  for (const member of CORGI_MEMBERS) {
    if (Object.hasOwn(said, member)) short[member] = said[member]
  }
  const scripts = asObject(said.scripts)
  if (scripts && (scripts.preinstall || scripts.install || scripts.postinstall)) short.hasInstallScript = true
  return short
}

/** Times of what is shown, and those of the package itself (`created`, `modified`, `unpublished`). */
function times({ times: said }: Packument, shown: readonly Entry[]): Json {
  const kept = [...ABOUT_THE_PACKAGE, ...shown.map(({ version }) => version)]
  return Object.fromEntries(kept.filter((key) => Object.hasOwn(said, key)).map((key) => [key, said[key]]))
}

const ABOUT_THE_PACKAGE = ['created', 'modified', 'unpublished']

const manifest = (name: string, entry: Entry, base: string): Json => ({ ...entry.said, dist: dist(name, entry, base) })

function dist(name: string, entry: Entry, base: string): Json {
  const attestations = asObject(entry.dist.attestations)
  return {
    ...entry.dist,
    tarball: base + entry.path,
    ...(attestations ? { attestations: { ...attestations, url: base + attestationsPath(name, entry.version) } } : {}),
  }
}

function encode(name: string, document: Json): Uint8Array {
  try {
    return new TextEncoder().encode(JSON.stringify(document))
  } catch (cause) {
    throw new SluiceError('index-invalid', `the index document of ${name} is nested too deeply or too large to write`, { cause })
  }
}
