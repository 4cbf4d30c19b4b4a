import { SluiceError } from '../../core/errors.ts'
import { startTags } from './html.ts'
import { Files, MOST_FILES } from './listing.ts'
import type { Listing, RawFile } from './listing.ts'

/**
 * A project's page as PEP 503 HTML, as indexes and mirrors send it: PEP 592 and 658 attributes, `data-upload-time` and
 * `data-size` where a mirror adds them, PEP 629 and 792 `meta` elements. Throws `index-invalid`.
 */
export function readHtml(name: string, body: Uint8Array, base: string): Listing {
  const html = new TextDecoder().decode(body)
  const metas = new Map<string, string>()
  let root = base
  let files = new Files(name, root)
  for (const { name: element, attributes } of startTags(html)) {
    if (element === 'meta') metas.set(attributes.get('name')?.toLowerCase() ?? '', attributes.get('content') ?? '')
    const href = attributes.get('href')
    if (href === undefined) continue
    // Only the first <base> counts, and only before any link (HTML, "the base element").
    if (element === 'base' && root === base && files.listed.length === 0 && URL.canParse(href, base)) {
      root = new URL(href, base).href
      files = new Files(name, root)
    } else if (element === 'a') {
      files.add(rawFile(href, attributes))
      if (files.listed.length > MOST_FILES) throw invalid(`lists more than ${MOST_FILES} files`)
    }
  }
  const api = metas.get('pypi:repository-version')
  if (api !== undefined && !api.startsWith('1.')) throw invalid(`speaks version ${api.slice(0, 20)} of the simple API, not 1`)
  if (files.listed.length === 0 && api === undefined && !/links\s+for/i.test(html.slice(0, 4_000))) throw invalid('is a web page, not an index')
  const status = metas.get('pypi:project-status')
  return {
    name, api: '1.0', versions: null, files: files.listed,
    status: status ? { status: status.slice(0, 100), reason: metas.get('pypi:project-status-reason')?.slice(0, 1_000) ?? null } : null,
  }
}

function rawFile(href: string, attributes: ReadonlyMap<string, string>): RawFile {
  const hash = href.indexOf('#')
  const url = hash < 0 ? href : href.slice(0, hash)
  const metadata = attributes.get('data-core-metadata') ?? attributes.get('data-dist-info-metadata')
  const size = attributes.get('data-size')
  const signature = attributes.get('data-gpg-sig')
  return {
    file: lastPart(url), url, hashes: hash < 0 ? {} : fragment(href.slice(hash + 1)),
    requiresPython: attributes.get('data-requires-python'),
    metadata: metadata === undefined || metadata === 'false' ? false : metadata.includes('=') ? fragment(metadata) : true,
    yanked: attributes.has('data-yanked') ? attributes.get('data-yanked') || true : false,
    uploadTime: attributes.get('data-upload-time'),
    size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    signed: signature === undefined ? null : signature === 'true',
    provenance: attributes.get('data-provenance'),
  }
}

/** `sha256=abc…`, also where `&egg=` or the like follows. */
function fragment(text: string): Record<string, string> {
  const pairs = text.split('&', 10).map((part) => part.split('=', 2))
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair.length === 2))
}

/** The file's name is the last part of its address, decoded. */
function lastPart(url: string): string {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  try {
    return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  } catch {
    return ''
  }
}

const invalid = (what: string): SluiceError => new SluiceError('index-invalid', `the project page ${what}`)
