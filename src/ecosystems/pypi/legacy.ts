import { kindOf } from './filenames.ts'
import type { Listing, ShownFile } from './listing.ts'
import { compareVersions, isPrerelease, normalVersion } from './versions.ts'

/** PyPI's JSON document of a project, as far as the simple page tells it; what it does not tell is null. */
interface LegacyDocument {
  info: Readonly<Record<string, unknown>>
  last_serial: null
  releases: Readonly<Record<string, readonly LegacyFile[]>>
  urls: readonly LegacyFile[]
}

type LegacyFile = Readonly<Record<string, unknown>>

/** `base`: absolute URL of the ecosystem at the gate; this document's readers do not resolve relative links. */
export function renderLegacy(listing: Listing, files: readonly ShownFile[], base: string): LegacyDocument {
  const releases = new Map<string, ShownFile[]>(listing.versions?.map((version) => [normalVersion(version), []]))
  for (const file of files) {
    const known = releases.get(file.release.version)
    if (known) known.push(file)
    else releases.set(file.release.version, [file])
  }
  const newest = newestOf(releases)
  return {
    info: { ...infoOf(releases.get(newest) ?? []), name: listing.name, version: newest },
    last_serial: null,
    releases: Object.fromEntries([...releases].map(([version, of]) => [version, of.map((file) => legacyFile(file, base))])),
    urls: (releases.get(newest) ?? []).map((file) => legacyFile(file, base)),
  }
}

/** One version's document out of the project's, or null. `version` is normal. */
export function legacyVersion(document: LegacyDocument, version: string): Omit<LegacyDocument, 'releases'> | null {
  const urls = Object.hasOwn(document.releases, version) ? document.releases[version] as readonly LegacyFile[] : null
  if (!urls || urls.length === 0) return null
  const yanked = urls.every((file) => file.yanked === true)
  const info = {
    ...document.info, version, requires_python: urls[0]?.requires_python ?? null, yanked, yanked_reason: yanked ? urls[0]?.yanked_reason ?? null : null,
  }
  return { info, last_serial: null, urls }
}

/** The newest final version that is not yanked; failing that, the newest of what there is. */
function newestOf(releases: ReadonlyMap<string, readonly ShownFile[]>): string {
  const versions = [...releases.keys()].filter((version) => releases.get(version)?.length).sort(compareVersions)
  const offered = versions.filter((version) => releases.get(version)?.some((file) => file.yanked === false))
  return offered.findLast((version) => !isPrerelease(version)) ?? offered.at(-1) ?? versions.at(-1) ?? ''
}

function infoOf(files: readonly ShownFile[]): Record<string, unknown> {
  const reason = files.find((file) => typeof file.yanked === 'string')?.yanked ?? null
  const yanked = files.length > 0 && files.every((file) => file.yanked !== false)
  return { requires_python: files[0]?.requiresPython ?? null, requires_dist: null, summary: null, yanked, yanked_reason: yanked ? reason : null }
}

const PACKAGE_TYPES = { wheel: 'bdist_wheel', egg: 'bdist_egg', sdist: 'sdist' }

function legacyFile({ release, requiresPython, uploadTime, yanked, path, signed }: ShownFile, base: string): LegacyFile {
  const { hashes = {}, size } = release.pledge
  const kind = kindOf(release.file) ?? 'sdist'
  return {
    filename: release.file,
    url: `${base}${path}`,
    digests: hashes,
    md5_digest: hashes.md5 ?? null,
    has_sig: signed === true,
    size: size ?? null,
    packagetype: PACKAGE_TYPES[kind],
    python_version: kind === 'wheel' ? release.file.split('-').at(-3) : 'source',
    requires_python: requiresPython,
    upload_time: uploadTime === null ? null : release.publishedAt?.toISOString().slice(0, 19),
    upload_time_iso_8601: uploadTime,
    yanked: yanked !== false,
    yanked_reason: typeof yanked === 'string' ? yanked : null,
  }
}
