/**
 * Which content is opaque: data that no interpreter reads as source, so that its beginning is enough to keep.
 * Told by the first bytes, and narrowed by two rules that keep disguised source whole: a file whose name says source is
 * never opaque, and a signature made of letters (`GIF89a`, `MZ`) counts only when the next byte could not go on as
 * JavaScript or shell (`GIF89a=1;…` is a valid program).
 */
export type Opaque = 'native' | 'data'

/** Bytes that `opaque` needs to see, or the whole file when it is shorter. */
export const HEAD = 512

export function opaque(path: string, head: Uint8Array): Opaque | null {
  if (head.length < 4 || isSourceName(path)) return null
  for (const { magic, kind, letters } of SIGNATURES) {
    if (!magic.every((byte, index) => head[index] === byte)) continue
    if (letters && mayContinue(head[magic.length])) continue
    return kind
  }
  return null
}

const SOURCE = new Set([
  'js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'json', 'node-gyp', 'gyp', 'gypi', 'py', 'pyi', 'pyw', 'pyx', 'pxd', 'pth', 'toml',
  'cfg', 'ini', 'in', 'txt', 'md', 'rst', 'yml', 'yaml', 'xml', 'html', 'htm', 'css', 'vue', 'svelte', 'go', 'mod', 'sum', 'c', 'h', 'cc',
  'cpp', 'hpp', 's', 'rs', 'rb', 'pl', 'php', 'lua', 'sh', 'bash', 'zsh', 'fish', 'ps1', 'psm1', 'bat', 'cmd', 'vbs', 'wsf', 'mk', 'cmake',
])

function isSourceName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return SOURCE.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

/** Printable, white space, or the start of a UTF-8 letter; control bytes and stray continuation bytes end any program. */
function mayContinue(byte: number | undefined): boolean {
  return byte === undefined || (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) || byte >= 0xc2
}

interface Signature {
  magic: readonly number[]
  kind: Opaque
  letters: boolean
}

/** `text` is latin-1. */
function sign(kind: Opaque, text: string, letters?: 'letters'): Signature {
  return { magic: [...Buffer.from(text, 'latin1')], kind, letters: letters !== undefined }
}

const SIGNATURES: readonly Signature[] = [
  sign('native', '\x7fELF'),
  sign('native', 'MZ', 'letters'),
  sign('native', '\xcf\xfa\xed\xfe'), sign('native', '\xce\xfa\xed\xfe'),
  sign('native', '\xfe\xed\xfa\xcf'), sign('native', '\xfe\xed\xfa\xce'), sign('native', '\xca\xfe\xba\xbe'),
  sign('native', '\0asm'),
  sign('native', '!<arch>\n'),
  sign('native', 'BC\xc0\xde'),
  // Images
  sign('data', '\x89PNG\r\n\x1a\n'), sign('data', '\xff\xd8\xff'), sign('data', '\0\0\x01\0'),
  sign('data', 'GIF87a', 'letters'), sign('data', 'GIF89a', 'letters'), sign('data', 'BM', 'letters'),
  sign('data', 'II*\0'), sign('data', 'MM\0*'), sign('data', '8BPS\0'),
  // Fonts
  sign('data', 'wOFF', 'letters'), sign('data', 'wOF2', 'letters'), sign('data', 'OTTO', 'letters'),
  sign('data', '\0\x01\0\0'), sign('data', 'ttcf', 'letters'),
  // Sound and film
  sign('data', 'RIFF', 'letters'), sign('data', 'OggS', 'letters'), sign('data', 'fLaC', 'letters'), sign('data', 'ID3', 'letters'),
  sign('data', '\xff\xfb'), sign('data', '\x1a\x45\xdf\xa3'),
  sign('data', '\0\0\0\x18ftyp'), sign('data', '\0\0\0\x1cftyp'), sign('data', '\0\0\0\x20ftyp'),
  // Compressed, archives
  sign('data', 'PK\x03\x04'), sign('data', '\x1f\x8b\x08'), sign('data', 'BZh91AY&SY', 'letters'), sign('data', '\xfd7zXZ\0'),
  sign('data', '\x28\xb5\x2f\xfd'), sign('data', '7z\xbc\xaf\x27\x1c'), sign('data', 'Rar!\x1a\x07'), sign('data', '\x04\x22\x4d\x18'),
  // Weights and numbers
  sign('data', 'GGUF', 'letters'), sign('data', '\x89HDF\r\n\x1a\n'), sign('data', '\x93NUMPY'), sign('data', 'ARROW1\0\0'),
  sign('data', 'SQLite format 3\0'),
]
