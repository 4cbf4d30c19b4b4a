/** The decoders there are; each has many names. */
export type Codec =
  | 'base64' | 'base32' | 'base32hex' | 'base85' | 'z85' | 'ascii85' | 'hex' | 'url' | 'rot' | 'rot47' | 'xor' | 'zlib' | 'deflate' | 'gzip'
  | 'unzip' | 'brotli' | 'zstd' | 'escapes' | 'reversed' | 'html' | 'codes' | 'zero-width' | 'variation-selectors' | 'tags' | 'base64-utf16'

/** Spelled without case and without anything but letters and digits. */
const NAMES: Readonly<Record<Codec, string>> = {
  base64: 'base64 b64 base64codec b64decode standardb64decode decodebytes decodestring a2bbase64 atob frombase64 frombase64string base64url b64url urlsafeb64decode urlsafebase64',
  base32: 'base32 b32 b32decode',
  base32hex: 'base32hex b32hexdecode',
  base85: 'base85 b85 b85decode rfc1924',
  z85: 'z85 z85decode',
  ascii85: 'ascii85 a85 a85decode',
  hex: 'hex hexcodec base16 b16 b16decode unhexlify a2bhex fromhex hexadecimal',
  url: 'url percent unquote unquoteplus unquotetobytes decodeuri decodeuricomponent unescape urldecode querystringunescape',
  rot: 'rot rotn caesar',
  rot47: 'rot47',
  xor: 'xor',
  zlib: 'zlib zlibcodec zip zipcodec inflate inflatesync zlibdecompress zlibinflate zlibinflatesync zlibnewreader',
  deflate: 'deflate deflateraw rawdeflate inflateraw inflaterawsync zlibinflaterawsync flatenewreader',
  gzip: 'gzip gz gunzip gunzipsync gzipdecompress zlibgunzipsync gzipnewreader',
  unzip: 'unzip unzipsync zlibunzipsync',
  brotli: 'brotli br brotlidecompress brotlidecompresssync',
  zstd: 'zstd zstddecompress zstddecompresssync',
  escapes: 'escapes jsescapes javascriptescapes pythonescapes unicodeescape rawunicodeescape stringescape stringescapecodec unicodeescapecodec',
  reversed: 'reversed reverse',
  html: 'html htmlentities htmlunescape entities',
  codes: 'codes charcodes fromcharcode chr',
  'zero-width': 'zerowidth',
  'variation-selectors': 'variationselectors',
  tags: 'tags unicodetags',
  'base64-utf16': 'base64utf16 base64utf16le encodedcommand powershell',
}

/** Recognised, and not decoded: there is no decoder that runs within one call. */
const CLOSED: Readonly<Record<string, string>> = {
  lzma: 'lzma', lzmadecompress: 'lzma', xz: 'lzma', bz2: 'bzip2', bz2codec: 'bzip2', bzip2: 'bzip2', bz2decompress: 'bzip2',
  marshal: 'marshal', marshalloads: 'marshal', pickle: 'pickle', pickleloads: 'pickle', uu: 'uuencoding', uucodec: 'uuencoding',
}

const CODECS: ReadonlyMap<string, Codec> = new Map(
  (Object.entries(NAMES) as [Codec, string][]).flatMap(([codec, names]) => names.split(' ').map((name) => [name, codec] as const)),
)

export interface NamedCodec {
  codec: Codec
  /** Where the name has it: `rot13`, `rot_5`. */
  key?: number
}

/** Whole names first, then the last part of a dotted one: `html.unescape` is not JavaScript's `unescape`. */
export function codecNamed(how: string): NamedCodec | null {
  if (how.length > 60) return null
  const plain = spelled(how)
  const codec = CODECS.get(plain) ?? CODECS.get(spelled(how.split(/[./]/).at(-1) ?? ''))
  if (codec) return { codec }
  const turn = /^rot(\d{1,2})(?:codec)?$/.exec(plain)
  return turn ? { codec: 'rot', key: Number(turn[1]) } : null
}

/** A sentence about an encoding that is known and stays closed; null for what is decoded or unknown. */
export function notDecoded(how: string): string | null {
  const plain = spelled(how.slice(0, 60))
  return Object.hasOwn(CLOSED, plain) ? `${CLOSED[plain]}, not decoded` : null
}

const spelled = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '')
