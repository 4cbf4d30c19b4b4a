import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decide, pledgedDigest } from '../core/decide.ts'
import type { Ruling } from '../core/decide.ts'
import type { Release } from '../core/types.ts'
import type { IndexView, Rendered, Visibility } from '../ecosystems/ecosystem.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Encoding, IndexJob, IndexResult } from './jobs.ts'

/** Larger documents are refused as hostile; the largest seen in the wild is about 60 MB. */
const LARGEST = 256 * 1024 * 1024

/** Parses an upstream index document once, decides every release, renders the variant that was asked for. */
export async function buildIndex(job: IndexJob): Promise<IndexResult> {
  const ecosystem = ecosystems[job.ecosystem]
  const packed = typeof job.raw === 'string' ? await readFile(job.raw) : job.raw
  const body = zstdDecompressSync(packed, { maxOutputLength: LARGEST })
  const document = ecosystem.readIndex({ name: job.name, body, contentType: job.contentType, base: job.documentBase })

  const seen = { changesAt: null as Date | null, hidden: 0, shown: 0, undated: 0 }
  const rulings = new Map<Release, Visibility>()
  let nothing: IndexResult['nothing'] = null
  const rule = (release: Release): Ruling =>
    decide({ ecosystem: job.ecosystem, name: job.name, ...release, pledged: pledgedDigest(release.pledge) }, job.standing, job.policy, job.now, ecosystem.compareVersions)
  for (const release of document.releases) {
    const ruling = rule(release)
    if (ruling.until && (!seen.changesAt || ruling.until < seen.changesAt)) seen.changesAt = ruling.until
    if (ruling.reason === 'age-unknown' || (ruling.reason === 'too-young' && ruling.until === null)) seen.undated++
    if (ruling.action === 'serve') seen.shown++
    else seen.hidden++
    if (!nothing || ecosystem.compareVersions(release.version, nothing.version) > 0) nothing = { version: release.version, ruling }
    rulings.set(release, ruling.action === 'serve' ? { show: true } : { show: false, because: ruling.because })
  }
  const view: IndexView = {
    base: job.base,
    visibility: (release) => rulings.get(release) ?? { show: false, because: 'not listed upstream' },
  }
  const rendered: Rendered = job.variant === null ? { contentType: '', body: new Uint8Array() } : document.render(job.variant, view)
  return {
    contentType: rendered.contentType,
    body: encode(rendered.body, job.encoding),
    size: rendered.body.byteLength,
    etag: `"${createHash('sha256').update(rendered.body).digest('base64url').slice(0, 27)}"`,
    releases: Buffer.from(document.releases.map(line).join('')),
    ...seen,
    nothing: seen.shown === 0 ? nothing : null,
    lacks: rendered.lacks ? { version: rendered.lacks.version, ruling: rendered.lacks.hidden && rule(rendered.lacks.hidden) } : null,
  }
}

/** `["file",{…}]` and a newline: found again by searching for its beginning (`findRelease`). */
const line = (release: Release): string => `${JSON.stringify([release.file, release])}\n`

function encode(body: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === 'gzip') return gzipSync(body, { level: body.byteLength > 1_000_000 ? 4 : 6 })
  if (encoding === 'zstd') return zstdCompressSync(body)
  return body
}
