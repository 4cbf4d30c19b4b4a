const LONGEST = 262_144

/** Text behind a base64 or hex text; null when it is not that, or longer than is worth looking at. */
export function decodeText(text: string, how: string): string | null {
  if (text.length > LONGEST) return null
  const encoding = how.toLowerCase()
  if (encoding === 'hex') return /^(?:[0-9a-f]{2})+$/i.test(text) ? readable(Buffer.from(text, 'hex')) : null
  if (encoding === 'base64' || encoding === 'base64url') return /^[\w+/=\s-]+$/.test(text) ? readable(Buffer.from(text, 'base64')) : null
  return null
}

/** PowerShell's -EncodedCommand: base64 of UTF-16. */
export function decodeEncodedCommand(text: string): string | null {
  if (text.length > LONGEST || !/^[\w+/=]+$/.test(text)) return null
  return Buffer.from(text, 'base64').toString('utf16le')
}

/** Bytes that are not text are of no use to a reader of code. */
function readable(bytes: Buffer): string | null {
  const text = bytes.toString('utf8')
  return text.includes('\u{fffd}') || text.includes('\0') ? null : text
}
