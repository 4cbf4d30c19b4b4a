import type { IncomingMessage } from 'node:http'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import { promisify } from 'node:util'
import { SluiceError } from '../core/errors.ts'

const DECODERS: Readonly<Record<string, (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>>> = {
  gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress), zstd: promisify(zstdDecompress),
}

/** Clients read an answer when they have sent everything, so a body that is a little too large is read to its end. */
const READ_ON = 4

/** A request's body, decoded, at most `limit` bytes before and after decoding. Throws SluiceError `usage`. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength
    if (size <= limit) chunks.push(chunk as Buffer)
    else chunks.length = 0
    if (size > limit * READ_ON) break
  }
  if (size > limit) throw new SluiceError('usage', `the request is larger than ${limit} bytes`)
  const body = Buffer.concat(chunks)
  const coding = request.headers['content-encoding']?.toLowerCase()
  if (coding === undefined || coding === 'identity' || body.byteLength === 0) return body
  const decode = DECODERS[coding]
  if (!decode) throw new SluiceError('usage', `content-encoding ${coding} is not supported`)
  return decode(body, { maxOutputLength: limit }).catch((cause: unknown) => {
    throw new SluiceError('usage', `the request body is not valid ${coding} or too large`, { cause })
  })
}
