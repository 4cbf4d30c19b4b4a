/** What a stretch of bytes is by its first ones. */
export type Kind =
  | 'png' | 'jpg' | 'gif' | 'webp' | 'ico' | 'bmp' | 'pdf' | 'woff' | 'woff2' | 'ttf' | 'otf' | 'audio' | 'video' | 'wasm' | 'elf' | 'pe' | 'macho'
  | 'zip' | 'gzip' | 'zlib' | 'bz2' | 'xz' | 'lzma' | 'zstd' | '7z' | 'rar' | 'pyc' | 'pickle' | 'java' | 'sqlite' | 'der'

const MAGIC: readonly (readonly [Kind, string, number?])[] = [
  ['png', '89504e47'], ['jpg', 'ffd8ff'], ['gif', '47494638'], ['webp', '57454250', 8], ['ico', '00000100'], ['pdf', '25504446'],
  ['woff', '774f4646'], ['woff2', '774f4632'], ['ttf', '0001000000'], ['otf', '4f54544f'], ['audio', '494433'], ['audio', '4f676753'],
  ['audio', '664c6143'], ['audio', '57415645', 8], ['audio', 'fffb'], ['video', '66747970', 4], ['video', '1a45dfa3'],
  ['wasm', '0061736d'], ['elf', '7f454c46'], ['macho', 'cffaedfe'], ['macho', 'cefaedfe'], ['macho', 'cafebabe000000'], ['java', 'cafebabe'],
  ['zip', '504b0304'], ['gzip', '1f8b08'], ['bz2', '425a68'], ['xz', 'fd377a585a00'], ['lzma', '5d0000'], ['zstd', '28b52ffd'], ['7z', '377abcaf271c'],
  ['rar', '526172211a07'], ['sqlite', '53514c69746520666f726d6174'],
]

/** First bytes of them, at the place where they stand. */
const FIRST = new Set(MAGIC.map(([, magic, at = 0]) => (at << 8) | Number.parseInt(magic.slice(0, 2), 16)))
const PLACES = [...new Set(MAGIC.map(([, , at = 0]) => at))]

/** Null for what none of them begins. */
export function kindOf(bytes: Uint8Array): Kind | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(16, bytes.length))
  if (PLACES.some((at) => FIRST.has((at << 8) | (head[at] ?? 0)))) {
    const digits = head.toString('hex')
    for (const [kind, magic, at = 0] of MAGIC) if (digits.startsWith(magic, at * 2)) return kind
  }
  // RFC 1950: deflate with any window, and a header that 31 divides.
  if (head.length > 2 && ((head[0] as number) & 0x8f) === 8 && (((head[0] as number) << 8) | (head[1] as number)) % 31 === 0) return 'zlib'
  if (isProgram(bytes)) return 'pe'
  if (head[0] === 0x42 && head[1] === 0x4d && head.length > 5 && head.readUInt32LE(2) === bytes.length) return 'bmp'
  if (head[2] === 0x0d && head[3] === 0x0a && head.length === 16) return 'pyc'
  if (head[0] === 0x80 && (head[1] as number) >= 2 && (head[1] as number) <= 5 && bytes.at(-1) === 0x2e) return 'pickle'
  if (head[0] === 0x30 && head[1] === 0x82 && head.length > 3 && head.readUInt16BE(2) + 4 === bytes.length) return 'der'
  return null
}

function isProgram(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x4d || bytes[1] !== 0x5a || bytes.length < 64) return false
  const at = Buffer.from(bytes.subarray(0x3c, 0x40)).readUInt32LE(0)
  return bytes[at] === 0x50 && bytes[at + 1] === 0x45
}

/** Pictures, sounds and fonts: what honest code carries as text. */
export const MEDIA: ReadonlySet<Kind> = new Set([
  'png', 'jpg', 'gif', 'webp', 'ico', 'bmp', 'pdf', 'woff', 'woff2', 'ttf', 'otf', 'audio', 'video', 'wasm', 'der',
])
