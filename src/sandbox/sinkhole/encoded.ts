import { open, type Compression } from '../../decoys/inflated.ts'

const NAMES: Readonly<Record<string, readonly Compression[]>> = {
  gzip: ['gzip'], 'x-gzip': ['gzip'], deflate: ['zlib', 'deflate'], br: ['brotli'], zstd: ['zstd'],
}

/** A body without the compression that its header names, bounded; as it is where there is none, or the header lies. */
export function withoutEncoding(body: Buffer, encoding: string | undefined): Buffer {
  let opened = body
  for (const name of (encoding ?? '').toLowerCase().split(',').slice(0, 3).map((entry) => entry.trim()).reverse()) {
    for (const by of Object.hasOwn(NAMES, name) ? NAMES[name] ?? [] : []) {
      const out = open(by, opened)
      if (out === null) continue
      opened = out
      break
    }
  }
  return opened
}
