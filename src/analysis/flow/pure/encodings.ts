/** Encodings of text as bytes, as Python and Node name them. */
const ENCODINGS: Readonly<Record<string, BufferEncoding>> = {
  utf8: 'utf8', latin1: 'latin1', iso88591: 'latin1', ascii: 'latin1', usascii: 'latin1', binary: 'latin1', utf16le: 'utf16le', ucs2: 'utf16le',
  l1: 'latin1', cp1252: 'latin1', charmap: 'latin1', u8: 'utf8',
}

const encodingOf = (name: string): BufferEncoding | undefined => {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return Object.hasOwn(ENCODINGS, plain) ? ENCODINGS[plain] : undefined
}

export function bytesFrom(text: string, encoding: string): Uint8Array | undefined {
  const known = encodingOf(encoding)
  return known && Buffer.from(text, known)
}

export function textFrom(bytes: Uint8Array, encoding: string): string | undefined {
  const known = encodingOf(encoding)
  return known && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(known)
}
