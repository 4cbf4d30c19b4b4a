import { imageOf } from './image.ts'
import type { Image } from './image.ts'
import type { Bytes } from './reader.ts'
import { withFile } from './reader.ts'

interface BuildModule {
  name: string
  /** `(devel)`: built from a working copy. */
  version: string
  /** `h1:…` of go.sum; null: none is known, as of the main module. */
  sum: string | null
}

/** What `go version -m` shows. */
export interface BuildInfo {
  /** `go1.22.1`. */
  go: string
  /** The package that was built. */
  path: string | null
  main: BuildModule | null
  /** What was built in, replaced modules as what they were replaced by. */
  modules: BuildModule[]
  /** `-tags`, `vcs.revision`, … */
  settings: Readonly<Record<string, string>>
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
/** How far it is looked for in a data segment: linkers put it first. */
const SEARCHED = 1024 * 1024
const LARGEST = 4 * 1024 * 1024
const MOST_MODULES = 20_000

/** What Go wrote into a program's file; null: it is none of Go's, or nothing that can be read. Reads a few stretches of the file, and runs nothing. */
export const readBuildInfo = (path: string): BuildInfo | null => withFile(path, buildInfoIn)

/** The format of debug/buildinfo: since Go 1.18 two strings follow inline, before that pointers to them. */
export function buildInfoIn(file: Bytes): BuildInfo | null {
  const image = imageOf(file)
  if (!image) return null
  for (const { offset, size } of image.candidates) {
    const data = file.at(offset, Math.min(size, SEARCHED))
    for (let at = data.indexOf(MAGIC); at >= 0; at = data.indexOf(MAGIC, at + 1)) {
      if (at % 16 !== 0) continue
      const read = (data[at + 15] as number) & 2 ? inline(file, offset + at) : pointed(file, image, data.subarray(at, at + 32))
      if (read) return parsed(read.go, read.modules)
    }
  }
  return null
}

function inline(file: Bytes, offset: number): { go: string; modules: string } | null {
  const first = varint(file.at(offset + 32, 10))
  if (!first || first.value > 1_000) return null
  const second = offset + 32 + first.length + first.value
  const length = varint(file.at(second, 10))
  if (!length || length.value > LARGEST) return null
  return { go: file.at(offset + 32 + first.length, first.value).toString('utf8'), modules: unframed(file.at(second + length.length, length.value)) }
}

function pointed(file: Bytes, image: Image, head: Buffer): { go: string; modules: string } | null {
  const size = head[14] as number
  if (head.length < 32 || (size !== 4 && size !== 8)) return null
  const big = ((head[15] as number) & 1) === 1
  const number = (bytes: Buffer, at: number): number => (size === 8 ? Number(big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at)) : big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at))
  const text = (pointer: number, most: number): Buffer | null => {
    const header = atAddress(file, image, pointer, size * 2)
    if (!header || header.length < size * 2) return null
    const length = number(header, size)
    return length > most ? null : atAddress(file, image, number(header, 0), length)
  }
  const [go, modules] = [text(number(head, 16), 1_000), text(number(head, 16 + size), LARGEST)]
  return go === null ? null : { go: go.toString('utf8'), modules: modules === null ? '' : unframed(modules) }
}

function atAddress(file: Bytes, { segments }: Image, address: number, length: number): Buffer | null {
  const segment = segments.find((one) => address >= one.address && address < one.address + one.size)
  return segment ? file.at(segment.offset + address - segment.address, length) : null
}

/** Between two marks of 16 bytes each, by which the runtime finds it. */
const unframed = (bytes: Buffer): string => (bytes.length >= 33 && bytes[bytes.length - 17] === 0x0a ? bytes.toString('utf8', 16, bytes.length - 16) : '')

/** encoding/binary.Uvarint. */
function varint(bytes: Buffer): { value: number; length: number } | null {
  let value = 0
  for (let at = 0; at < Math.min(bytes.length, 7); at += 1) {
    const byte = bytes[at] as number
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, length: at + 1 }
  }
  return null
}

/** Lines of words between tabs; `=>` says what the module of the line before was replaced by. */
function parsed(go: string, text: string): BuildInfo {
  const info: BuildInfo & { settings: Record<string, string> } = { go: go.split(' ', 1)[0] ?? go, path: null, main: null, modules: [], settings: Object.create(null) as Record<string, string> }
  let replaces: BuildModule | null = null
  for (const line of text.split('\n')) {
    const [kind, first = '', version = '', sum = ''] = line.split('\t')
    const module = { name: first, version, sum: sum || null }
    if (kind === 'path') info.path = first
    else if (kind === 'mod') info.main = module
    else if (kind === 'dep' && info.modules.length < MOST_MODULES) {
      info.modules.push(module)
      replaces = module
    } else if (kind === '=>' && replaces) Object.assign(replaces, module)
    else if (kind === 'build' && first.includes('=')) info.settings[first.slice(0, first.indexOf('='))] = first.slice(first.indexOf('=') + 1).slice(0, 1_000)
  }
  return info
}
