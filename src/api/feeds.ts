import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { Operator } from '../admission/operator.ts'
import { SluiceError } from '../core/errors.ts'

const LARGEST_FEED = 4 * 1024 ** 3

/**
 * Advisories that were posted, one record a line. Written to a file first: reading records waits for the database, and
 * a slow sender must not keep a transaction open. Throws `feed-invalid`.
 */
export async function importPosted(operator: Operator, name: string, body: unknown): ReturnType<Operator['importFeed']> {
  if (!body) throw new SluiceError('feed-invalid', 'the request has no records', { hint: 'post OSV records, one a line' })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
  try {
    const file = join(folder, `${name.replace(/^\.+/, '')}.jsonl`)
    await pipeline(Readable.fromWeb(body as ReadableStream), atMost(LARGEST_FEED), createWriteStream(file))
    return await operator.importFeed(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function atMost(limit: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.byteLength
      if (size > limit) done(new SluiceError('feed-invalid', `a feed may have ${limit} bytes`))
      else done(null, chunk)
    },
  })
}
