import { createHash } from 'node:crypto'
import { SluiceError } from '../../core/errors.ts'
import type { ArtifactRef, PackageFile, Pledge } from '../../core/types.ts'
import type { Transparency } from '../ecosystem.ts'
import { lookupPath } from './protocol.ts'

/**
 * Sizes of the public database that a fresh gate can start from. The last was read from it; the others are the records of
 * Go's own toolchain modules, two days after each release was announced, since records are made at a release or soon after.
 */
const CHECKPOINTS: Transparency['checkpoints'] = [
  { at: new Date('2024-02-08T00:00:00Z'), size: 22_600_623 },
  { at: new Date('2025-02-13T00:00:00Z'), size: 34_531_184 },
  { at: new Date('2025-08-14T00:00:00Z'), size: 41_959_331 },
  { at: new Date('2026-08-30T16:20:00Z'), size: 61_743_986 },
  { at: new Date('2026-11-20T13:30:00Z'), size: 71_769_961 },
]

/**
 * The checksum database (golang.org/design/25530-sumdb): records of module hashes in an append-only Merkle tree. Reads
 * what it says; clients verify signatures and proofs themselves, and the zip's hash is verified on what was unpacked.
 */
export const transparency: Transparency = {
  lookupPath,
  latestPath: (log) => `sumdb/${log}/latest`,
  readRecord,
  readTreeSize: (body) => readTree(decode(body)),
  checkpoints: CHECKPOINTS,
}

const LARGEST = 64 * 1024
const HASH = /^h1:[A-Za-z0-9+/]{43}=$/
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/

/** A number, lines as in go.sum (the zip's hash, the go.mod's hash), an empty line, the signed tree that contains it. */
function readRecord(body: Uint8Array, of: { name: string; version: string }): { record: number; h1: string | null } {
  const text = decode(body)
  const end = text.indexOf('\n\n')
  if (end < 0) throw invalid('the record does not end')
  const [number = '', ...lines] = text.slice(0, end).split('\n')
  if (!NUMBER.test(number)) throw invalid('the record has no number')
  if (lines.length === 0) throw invalid('the record is empty')

  const hashes = new Map<string, string>()
  for (const line of lines) {
    const [name, version, hash, ...more] = line.split(' ') as [string, string?, string?, ...string[]]
    if (version === undefined || hash === undefined || more.length > 0 || !HASH.test(hash)) {
      throw invalid('a line of the record is malformed')
    }
    if (name !== of.name || (version !== of.version && version !== `${of.version}/go.mod`)) {
      throw invalid(`the record is not about ${of.name}@${of.version}`)
    }
    if (hashes.has(version)) throw invalid('the record repeats a line')
    hashes.set(version, hash)
  }
  const record = Number(number)
  if (record >= readTree(text.slice(end + 2))) throw invalid('the record lies outside the tree that is said to contain it')
  return { record, h1: hashes.get(of.version) ?? null }
}

/** `go.sum database tree`, size, root hash, perhaps more lines, an empty line, at least one signature. */
function readTree(note: string): number {
  const end = note.indexOf('\n\n')
  const [title, size = '', root = ''] = note.slice(0, Math.max(end, 0)).split('\n')
  if (title !== 'go.sum database tree') throw invalid('not a tree of a checksum database')
  if (!NUMBER.test(size) || !HASH.test(`h1:${root}`)) throw invalid('the tree is malformed')
  if (!/^— [^\s+]+ [A-Za-z0-9+/]+={0,2}$/m.test(note.slice(end + 2))) throw invalid('the tree is not signed')
  return Number(size)
}

function decode(body: Uint8Array): string {
  if (body.byteLength > LARGEST) throw invalid(`an answer of more than ${LARGEST} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw invalid('not UTF-8 text', cause)
  }
}

const invalid = (what: string, cause?: unknown): SluiceError =>
  new SluiceError('index-invalid', `checksum database: ${what}`, { cause })

/**
 * The hash of a module's content, `Hash1` of golang.org/x/mod/sumdb/dirhash: SHA-256 over one line a file, sorted by the
 * bytes of the name. `path` is the name inside the zip, with its `module@version/`; `sha256` is hex.
 */
export function hash1(files: Iterable<{ path: string; sha256: string }>): string {
  const named = [...files].map((file) => ({ key: Buffer.from(file.path), line: `${file.sha256}  ${file.path}\n` }))
  named.sort((a, b) => Buffer.compare(a.key, b.key))
  const hash = createHash('sha256')
  for (const { line } of named) hash.update(line)
  return `h1:${hash.digest('base64')}`
}

/** What is wrong with the content against the database's promise; null when nothing is or nothing was promised. */
export function checkUnpacked(ref: ArtifactRef, files: ReadonlyMap<string, PackageFile>, pledge: Pledge): string | null {
  if (pledge.h1 === undefined) return null
  const prefix = `${ref.name}@${ref.version}/`
  const found = hash1([...files].map(([path, file]) => ({ path: prefix + path, sha256: file.sha256 })))
  if (found === pledge.h1) return null
  return `the content of ${ref.name}@${ref.version} is ${found}; the checksum database says ${pledge.h1}`
}
