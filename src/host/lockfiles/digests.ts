const HEX_LENGTH: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 }

/** Subresource integrity (W3C SRI): `sha512-base64`, several with space between. What is none stays as written. */
export function fromSri(integrity: string | null): string[] {
  return (integrity ?? '').trim().split(/\s+/, 50).filter(Boolean).map((one) => {
    const [, algorithm, base64] = /^(md5|sha1|sha256|sha384|sha512)-([A-Za-z0-9+/=_-]{1,200})/.exec(one) ?? []
    return algorithm && base64 ? `${algorithm}:${Buffer.from(base64, 'base64').toString('hex')}` : one
  })
}

/** `sha256:hex`, as pip, poetry, uv and pdm write; a bare hex digest is named by its length. What is none stays as written. */
export function fromHex(written: string | null, algorithm?: string): string[] {
  const text = (written ?? '').trim()
  if (text === '') return []
  const [first, second] = text.includes(':') ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] : [algorithm ?? null, text]
  const known = first?.toLowerCase().replace(/^sha-/, 'sha') ?? Object.keys(HEX_LENGTH).find((name) => HEX_LENGTH[name] === second.length)
  return [known && /^[0-9a-f]{1,200}$/i.test(second) ? `${known}:${second.toLowerCase()}` : text]
}
