import { sentence, SluiceError } from '../../core/errors.ts'
import { Files, MOST_FILES } from './listing.ts'
import type { Listing, RawFile } from './listing.ts'
import { canonicalName } from './names.ts'
import { isObject } from './json.ts'
import type { Json } from './json.ts'

/** A project's page as PEP 691 JSON, API 1.0 to 1.4 (PEP 700, 714, 740, 792). Throws `index-invalid`. */
export function readJson(name: string, body: Uint8Array, base: string): Listing {
  const page = parse(body)
  const api = isObject(page.meta) ? page.meta['api-version'] : undefined
  if (typeof api === 'string' && !api.startsWith('1.')) throw invalid(`speaks version ${api.slice(0, 20)} of the simple API, not 1`)
  if (typeof page.name === 'string' && canonicalName(page.name) !== name) throw invalid(`is about ${page.name.slice(0, 100)}, not ${name}`)
  if (!Array.isArray(page.files)) throw invalid('lists no files')
  if (page.files.length > MOST_FILES) throw invalid(`lists more than ${MOST_FILES} files`)
  const files = new Files(name, base)
  for (const file of page.files as unknown[]) {
    if (isObject(file) && typeof file.filename === 'string' && typeof file.url === 'string') files.add(rawFile(file, file.filename, file.url))
  }
  return { name, api: apiOf(api), versions: versionsOf(page.versions), status: statusOf(page['project-status']), files: files.listed }
}

function rawFile(file: Json, filename: string, url: string): RawFile {
  const metadata = file['core-metadata'] ?? file['dist-info-metadata'] ?? file['data-dist-info-metadata']
  return {
    file: filename, url, hashes: isObject(file.hashes) ? file.hashes : {},
    requiresPython: file['requires-python'],
    metadata: isObject(metadata) ? metadata : metadata === true,
    yanked: typeof file.yanked === 'string' ? file.yanked || true : file.yanked === true,
    uploadTime: file['upload-time'], size: file.size,
    signed: typeof file['gpg-sig'] === 'boolean' ? file['gpg-sig'] : null,
    provenance: file.provenance,
  }
}

/** Members of newer versions are not passed on, so the page may not claim to be of one. */
const NEWEST = 4

function apiOf(api: unknown): string {
  const minor = typeof api === 'string' && /^1\.\d{1,3}$/.test(api) ? Number(api.slice(2)) : 0
  return `1.${Math.min(minor, NEWEST)}`
}

function versionsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((version): version is string => typeof version === 'string' && version.length <= 256) : null
}

function statusOf(value: unknown): Listing['status'] {
  if (!isObject(value) || typeof value.status !== 'string') return null
  return { status: value.status.slice(0, 100), reason: typeof value.reason === 'string' ? value.reason.slice(0, 1_000) : null }
}

function parse(body: Uint8Array): Json {
  let page: unknown
  try {
    page = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (thrown) {
    throw invalid(`is not JSON: ${sentence(thrown)}`)
  }
  if (!isObject(page)) throw invalid('is not a JSON object')
  return page
}

const invalid = (what: string): SluiceError => new SluiceError('index-invalid', `the project page ${what}`)
