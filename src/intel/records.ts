import { createReadStream } from 'node:fs'
import { opendir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import yauzl from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { SluiceError, sentence } from '../core/errors.ts'

/** One JSON value of a feed, or why it could not be read. `file` says where: a path, `file:line`, `file.zip!entry`. */
export type FeedItem = { file: string } & ({ value: unknown } | { problem: string })

const LARGEST_RECORD = 8 * 1024 * 1024
const LARGEST_LIST = 256 * 1024 * 1024
const DEEPEST = 12
const AT_ONCE = 32

/**
 * Reads a folder (all `.json` and `.jsonl` below it), a `.json` file (one record or a list), a `.jsonl` file or a `.zip` of
 * records, a few at a time. Links are not followed. Throws `feed-invalid` when there is nothing to read at `source`.
 */
export async function* readFeed(source: string): AsyncGenerator<FeedItem> {
  const found = await stat(source).catch((cause: unknown) => {
    throw new SluiceError('feed-invalid', `cannot read ${source}: ${sentence(cause)}`, { cause, hint: 'name a folder, or a .json, .jsonl or .zip file' })
  })
  if (found.isDirectory()) yield* inFolder(source)
  else if (source.endsWith('.zip')) yield* inZip(source)
  else if (source.endsWith('.jsonl') || source.endsWith('.ndjson')) yield* inLines(source)
  else if (source.endsWith('.json')) yield* inFile(source, LARGEST_LIST)
  else throw new SluiceError('feed-invalid', `${basename(source)} is no feed`, { hint: 'name a folder, or a .json, .jsonl or .zip file' })
}

async function* inFolder(root: string): AsyncGenerator<FeedItem> {
  let files: string[] = []
  const read = async (): Promise<FeedItem[]> => {
    const items = await Promise.all(files.map((file) => Array.fromAsync(inFile(file, LARGEST_RECORD))))
    files = []
    return items.flat()
  }
  for await (const file of filesBelow(root, DEEPEST)) {
    if (file.endsWith('.jsonl')) {
      yield* inLines(file)
      continue
    }
    files.push(file)
    if (files.length === AT_ONCE) yield* await read()
  }
  yield* await read()
}

async function* filesBelow(folder: string, depth: number): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.')) yield* filesBelow(path, depth - 1)
    else if (entry.isFile() && /\.jsonl?$/.test(entry.name)) yield path
  }
}

async function* inFile(file: string, limit: number): AsyncGenerator<FeedItem> {
  let text: string
  try {
    const { size } = await stat(file)
    if (size > limit) return yield { file, problem: `larger than ${limit} bytes` }
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    return yield { file, problem: sentence(thrown) }
  }
  const item = parse(file, text)
  if ('value' in item && Array.isArray(item.value)) for (const [index, value] of item.value.entries()) yield { file: `${file}[${index}]`, value }
  else yield item
}

async function* inLines(file: string): AsyncGenerator<FeedItem> {
  let line = 1
  let begun = ''
  let tooLong = false
  const finish = (): FeedItem | null => {
    const where = `${file}:${line}`
    const item = tooLong ? { file: where, problem: `larger than ${LARGEST_RECORD} bytes` } : begun.trim() === '' ? null : parse(where, begun)
    line++
    begun = ''
    tooLong = false
    return item
  }
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const parts = chunk.split('\n')
    for (const [index, part] of parts.entries()) {
      if (begun.length + part.length > LARGEST_RECORD) tooLong = true
      else begun += part
      const item = index < parts.length - 1 ? finish() : null
      if (item) yield item
    }
  }
  const last = finish()
  if (last) yield last
}

async function* inZip(file: string): AsyncGenerator<FeedItem> {
  const zip = await openZip(file)
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.json')) continue
      const where = `${file}!${entry.fileName.slice(0, 200)}`
      try {
        yield entry.uncompressedSize > LARGEST_RECORD ? { file: where, problem: `larger than ${LARGEST_RECORD} bytes` } : parse(where, await entryText(zip, entry))
      } catch (thrown) {
        yield { file: where, problem: sentence(thrown) }
      }
    }
  } catch (cause) {
    throw new SluiceError('feed-invalid', `${basename(file)} is damaged: ${sentence(cause)}`, { cause })
  } finally {
    zip.close()
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true })
  } catch (cause) {
    throw new SluiceError('feed-invalid', `${basename(file)} is no zip archive: ${sentence(cause)}`, { cause })
  }
}

/** yauzl itself stops an entry that is longer than it said. */
async function entryText(zip: ZipFile, entry: Entry): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await zip.openReadStreamPromise(entry) as Readable) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(file: string, text: string): FeedItem {
  try {
    return { file, value: JSON.parse(text) as unknown }
  } catch (thrown) {
    return { file, problem: `not JSON: ${sentence(thrown).slice(0, 120)}` }
  }
}
