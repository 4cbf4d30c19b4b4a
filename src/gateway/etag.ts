import type { Encoding } from '../workers/jobs.ts'

/** A document's tag in one coding: other bytes need another strong tag (RFC 9110 §8.8.3). `etag` is the identity's. */
export const tagIn = (etag: string, encoding: Encoding): string => (encoding === 'identity' ? etag : `${etag.slice(0, -1)}-${encoding}"`)

/** If-None-Match as tags of documents: who holds one in another coding has it, too. */
export const withoutCodings = (header: string): string => header.replace(/-(?:gzip|zstd)"/g, '"')

/** Which of a document's tags the client named, so that its cache finds what it holds. */
export function heldTag(header: string | undefined, etag: string, encoding: Encoding): string {
  const tags = [encoding, 'gzip', 'zstd', 'identity'] as const
  return tags.map((coding) => tagIn(etag, coding)).find((tag) => header?.includes(tag)) ?? tagIn(etag, encoding)
}
