import { oneLine } from '../../core/text.ts'
import type { IndexView, Rendered } from '../ecosystem.ts'
import { escape } from './html.ts'
import { legacyVersion, renderLegacy } from './legacy.ts'
import type { Listing, ShownFile } from './listing.ts'
import { HTML_TYPE, JSON_TYPE, legacyVersionOf } from './variants.ts'

/**
 * Variants: `html` and `json` (PEP 503, 691), with links relative to the page, `legacy`, the project's JSON document, and
 * `legacy <version>`, a version's.
 * A hidden file stays listed as yanked, the reason with it, and is refused when asked for: ranges skip it, an exact pin
 * gets the reason. Where nothing would be left to choose, hidden files are not marked: a client then picks one and shows
 * why it cannot have it, instead of saying that the project has no versions.
 */
export function render(listing: Listing, variant: string, view: IndexView): Rendered {
  const files = shown(listing, view)
  const encode = (contentType: string, text: string): Rendered => ({ contentType, body: Buffer.from(text) })
  if (variant === 'html') return encode(HTML_TYPE, renderHtml(listing, files))
  if (variant === 'json') return encode(JSON_TYPE, JSON.stringify(renderJson(listing, files)))
  const project = renderLegacy(listing, files, view.base)
  const version = legacyVersionOf(variant)
  const document = version === null ? project : legacyVersion(project, version)
  return document ? encode('application/json', JSON.stringify(document))
    : { ...encode('application/json', ''), lacks: { version: version ?? '', hidden: null } }
}

function shown(listing: Listing, view: IndexView): ShownFile[] {
  const reasons = listing.files.map(({ release }) => {
    const visibility = view.visibility(release)
    return visibility.show ? null : oneLine(`hidden by Sluice: ${visibility.because}`, 500)
  })
  const choice = listing.files.some(({ yanked }, at) => reasons[at] === null && yanked === false)
  return listing.files.map((file, at) => ({
    ...file,
    yanked: (choice ? reasons[at] : null) ?? file.yanked,
    path: `files/${listing.name}/${encodeURIComponent(file.release.file)}`,
  }))
}

function renderJson(listing: Listing, files: readonly ShownFile[]): object {
  const { name, api, versions, status } = listing
  return {
    meta: { 'api-version': api },
    name,
    ...(status ? { 'project-status': { status: status.status, ...(status.reason === null ? {} : { reason: status.reason }) } } : {}),
    versions: versions ?? [...new Set(files.map((file) => file.release.version))],
    files: files.map(fileJson),
  }
}

function fileJson(file: ShownFile): object {
  const { release, requiresPython, uploadTime, signed, yanked, path } = file
  const metadata = metadataOf(file)
  return {
    filename: release.file,
    url: `../../${path}`,
    hashes: release.pledge.hashes ?? {},
    ...(requiresPython === null ? {} : { 'requires-python': requiresPython }),
    'core-metadata': metadata,
    'data-dist-info-metadata': metadata,
    ...(signed === null ? {} : { 'gpg-sig': signed }),
    ...(release.pledge.size === undefined ? {} : { size: release.pledge.size }),
    ...(uploadTime === null ? {} : { 'upload-time': uploadTime }),
    yanked,
    ...(release.companions?.['.provenance'] ? { provenance: `../../${path}.provenance` } : {}),
  }
}

function metadataOf({ release }: ShownFile): Readonly<Record<string, string>> | boolean {
  const metadata = release.companions?.['.metadata']
  return metadata ? metadata.pledge.hashes ?? true : false
}

function renderHtml(listing: Listing, files: readonly ShownFile[]): string {
  const { name, api, status } = listing
  const metas = [
    ['pypi:repository-version', api], ['pypi:project-status', status?.status], ['pypi:project-status-reason', status?.reason],
  ].flatMap(([key, value]) => (value ? [`<meta name="${key}" content="${escape(value)}">\n`] : []))
  const title = `Links for ${escape(name)}`
  return `<!DOCTYPE html>\n<html>\n<head>\n${metas.join('')}<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n`
    + `${files.map(anchor).join('')}</body>\n</html>\n`
}

function anchor(file: ShownFile): string {
  const { release, requiresPython, uploadTime, signed, yanked, path } = file
  const { hashes = {}, size } = release.pledge
  const metadata = metadataOf(file)
  const metadataHash = metadata === false ? undefined : (metadata !== true && fragment(metadata)) || 'true'
  const attributes: readonly (readonly [string, string | undefined])[] = [
    ['href', `../../${path}${fragment(hashes) && `#${fragment(hashes)}`}`],
    ['data-requires-python', requiresPython ?? undefined],
    ['data-core-metadata', metadataHash],
    ['data-dist-info-metadata', metadataHash],
    ['data-gpg-sig', signed?.toString()],
    ['data-size', size?.toString()],
    ['data-upload-time', uploadTime ?? undefined],
    ['data-yanked', yanked === false ? undefined : yanked === true ? '' : yanked],
    ['data-provenance', release.companions?.['.provenance'] ? `../../${path}.provenance` : undefined],
  ]
  const text = attributes.flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(value)}"`])).join('')
  return `<a${text}>${escape(release.file)}</a><br>\n`
}

/** HTML has room for one hash: the one clients know best. */
function fragment(hashes: Readonly<Record<string, string>>): string {
  const algorithm = ['sha256', 'sha512', 'sha384', 'sha1', 'md5', ...Object.keys(hashes)].find((key) => Object.hasOwn(hashes, key))
  return algorithm === undefined ? '' : `${algorithm}=${hashes[algorithm]}`
}
