import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SluiceError, sentence } from '../../core/errors.ts'
import { sane } from '../lists.ts'
import { lineItems, readContent, readValue, valueItems } from '../read/content.ts'
import type { ListOptions } from '../read/csv.ts'
import { readMisp } from '../read/misp.ts'
import type { Item } from '../record.ts'
import { linesOf } from './lines.ts'
import type { Manifest } from './manifest.ts'
import { recordFiles } from './walk.ts'
import { entryProblem, ZipReader } from './zip.ts'

export interface SourceOptions extends ListOptions {
  /** A file or folder. */
  path: string
  /** What it consisted of when it was last read: what is as it was is not read again. */
  before: Manifest
  /** What it consists of now; filled while reading. */
  after: Manifest
  /** Of archives and folders: only these, by the names of their files without the ending. */
  only?: ReadonlySet<string> | undefined
}

const LARGEST_RECORD = 8 * 1024 * 1024
const LARGEST_FILE = 256 * 1024 * 1024

/**
 * Everything a source says, of whichever kind it is: a folder of records (a git checkout, too), OSV's bulk layout, a MISP feed, an
 * archive, a file. Synchronous, for a thread of its own. Throws `feed-invalid` for what is no feed as a whole.
 */
export function* readSource(options: SourceOptions): Generator<Item> {
  const { path } = options
  let found: ReturnType<typeof statSync>
  try {
    found = statSync(path)
  } catch (cause) {
    throw new SluiceError('feed-invalid', `cannot read ${path}: ${sentence(cause)}`, { cause, hint: 'name a file or a folder' })
  }
  if (found.isDirectory()) {
    if (existsSync(join(path, 'all.zip'))) return yield* inZip({ ...options, path: join(path, 'all.zip') })
    const manifest = mispManifest(path)
    return yield* manifest ? inMispFolder(manifest, options) : inFolder(options)
  }
  const kind = kindOf(path)
  if (kind === 'zip') yield* inZip(options)
  else if (kind === 'lines') yield* sane(inLines(path, options), path)
  else yield* inFile(options, found.size)
}

/** A file of records one a line is read in parts, however long it is. */
function kindOf(path: string): 'zip' | 'lines' | 'whole' {
  const head = Buffer.alloc(4)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, 4, 0)
  } finally {
    closeSync(file)
  }
  if (head.readUInt32LE(0) === 0x04034b50 || head.readUInt32LE(0) === 0x06054b50) return 'zip'
  const lines = linesOf(path, LARGEST_RECORD)
  // An unreadable line may come first; of the first few one says what they are.
  for (let read = 0; read < 5; read++) {
    const next = lines.next()
    if (next.done) return 'whole'
    try {
      const value: unknown = JSON.parse(next.value.text ?? '')
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return read === 0 && lines.next().done ? 'whole' : 'lines'
    } catch {
      if (read === 0 && !/^\s*$|^\{.*\}\s*$/.test((next.value.text ?? '').slice(0, 10_000))) return 'whole'
    }
  }
  return 'whole'
}

function* inLines(path: string, options: ListOptions): Generator<Item> {
  for (const { line, text } of linesOf(path, LARGEST_RECORD)) {
    const where = `${path}:${line}`
    if (text === null) yield { where, problem: `larger than ${LARGEST_RECORD} bytes` }
    else if (text.trim() !== '') yield* lineItems(text, where, options)
  }
}

function* inFile({ path, before, after, ...options }: SourceOptions, size: number): Generator<Item> {
  if (size > LARGEST_FILE) throw new SluiceError('feed-invalid', `${path} has ${size} bytes; at most ${LARGEST_FILE} are read of a file that is not one of lines`)
  const bytes = readFileSync(path)
  const stamp = createHash('sha256').update(bytes).digest('base64')
  after.set(basename(path), stamp)
  if (before.get(basename(path)) === stamp) return
  yield* sane(readContent(bytes, path, options).items, path)
}

function* inZip({ path, before, after, only, ...options }: SourceOptions): Generator<Item> {
  const zip = new ZipReader(path, basename(path))
  try {
    const entries = zip.entries().sort((a, b) => a.offset - b.offset)
    for (const entry of entries) {
      if (!/\.json$/i.test(entry.name)) continue
      const where = `${path}!${entry.name.slice(0, 200)}`
      if (before.get(entry.name) === entry.stamp || (only && !only.has(basename(entry.name, '.json')))) {
        after.set(entry.name, entry.stamp)
        continue
      }
      try {
        yield* lineItems(zip.content(entry, LARGEST_RECORD).toString('utf8'), where, options)
      } catch (thrown) {
        if (thrown instanceof SluiceError) throw thrown
        yield { where, problem: entryProblem(thrown) }
      }
      after.set(entry.name, entry.stamp)
    }
  } finally {
    zip.close()
  }
}

function* inFolder({ path, before, after, ...options }: SourceOptions): Generator<Item> {
  for (const [name, stamp] of recordFiles(path)) {
    if (before.get(name) !== stamp) {
      const file = join(path, name)
      if (/\.json$/i.test(name)) yield* inPart(file, options)
      else yield* inLines(file, options)
    }
    after.set(name, stamp)
  }
}

function* inPart(file: string, options: ListOptions): Generator<Item> {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > LARGEST_RECORD) return yield { where: file, problem: `larger than ${LARGEST_RECORD} bytes` }
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    return yield { where: file, problem: sentence(thrown) }
  }
  yield* lineItems(text, file, options)
}

/** Event → timestamp. null: this folder is no MISP feed. */
export function mispEventsOf(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    const events = Object.entries(value).filter(([uuid]) => /^[0-9a-f-]{36}$/i.test(uuid))
    if (events.length === 0 || events.length < Object.keys(value).length) return null
    return new Map(events.map(([uuid, one]) => [`${uuid}.json`, String((one as { timestamp?: unknown } | null)?.timestamp ?? '')]))
  } catch {
    return null
  }
}

function mispManifest(folder: string): Manifest | null {
  try {
    return mispEventsOf(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  } catch {
    return null
  }
}

function* inMispFolder(manifest: Manifest, { path, before, after, ...options }: SourceOptions): Generator<Item> {
  for (const [name, stamp] of manifest) {
    if (before.get(name) !== stamp || stamp === '') yield* mispFile(join(path, name), options)
    after.set(name, stamp)
  }
}

function* mispFile(file: string, options: ListOptions): Generator<Item> {
  let value: unknown
  try {
    if (statSync(file).size > LARGEST_FILE) return yield { where: file, problem: `larger than ${LARGEST_FILE} bytes` }
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    return yield { where: file, problem: sentence(thrown).slice(0, 200) }
  }
  const read = readValue(value, file, options)
  yield* read ? read.items : typeof value === 'object' && value !== null && 'info' in value ? readMisp(value, file, options) : valueItems(value, file, options)
}
