import { createWriteStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { SluiceError } from '../../core/errors.ts'
import type { Upstream, UpstreamAnswer } from '../../ports/upstream.ts'

/** What a server says of a document, to ask next time whether it changed. */
export interface Tags { etag: string | null; lastModified: string | null }

const LARGEST_FILE = 4 * 1024 ** 3
const LARGEST_DOCUMENT = 256 * 1024 * 1024

/** null: not changed since. Throws `upstream-*`, with the status where it is not 200. */
export async function get(upstream: Upstream, url: string, { tags, limit = LARGEST_DOCUMENT, accept }: { tags?: Tags; limit?: number; accept?: string } = {}): Promise<UpstreamAnswer | null> {
  const answer = await upstream.fetch(url, {
    limit, headers: {
      ...(accept === undefined ? {} : { accept }),
      ...(tags?.etag ? { 'if-none-match': tags.etag } : {}), ...(tags?.lastModified ? { 'if-modified-since': tags.lastModified } : {}),
    },
  })
  if (answer.status === 200) return answer
  answer.body.on('error', () => undefined).destroy()
  if (answer.status === 304 && tags) return null
  const hint = answer.status === 401 || answer.status === 403 ? { hint: 'give it credentials in sluice.yaml, under feeds' } : {}
  throw new SluiceError(answer.status === 404 ? 'not-found' : 'upstream-status', `${url.split('?')[0]} answers ${answer.status}`, hint)
}

export const tagsOf = ({ headers }: UpstreamAnswer): Tags => ({ etag: headers['etag'] ?? null, lastModified: headers['last-modified'] ?? null })

export async function textOf(answer: UpstreamAnswer): Promise<string> {
  return (await buffer(answer.body)).toString('utf8')
}

/** Into a file; null: not changed since. */
export async function download(upstream: Upstream, url: string, file: string, tags?: Tags): Promise<Tags | null> {
  const answer = await get(upstream, url, { limit: LARGEST_FILE, ...(tags ? { tags } : {}) })
  if (!answer) return null
  await pipeline(answer.body, createWriteStream(file, { mode: 0o600 }))
  return tagsOf(answer)
}
