import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SluiceError } from '../../core/errors.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { mispEventsOf } from '../source/items.ts'
import { loadManifest } from '../source/manifest.ts'
import { download, get, tagsOf, textOf } from './fetching.ts'
import type { FeedState } from './feeds.ts'
import type { Fetched } from './osv-bulk.ts'

const AT_ONCE = 8
const MOST_EVENTS = 100_000
const MOST_PAGES = 10_000
const LARGEST_EVENT = 256 * 1024 * 1024

const page = z.object({ records: z.array(z.unknown()).max(10_000), next: z.string().max(200), more: z.boolean() })

/** Another gate's own feed: pages of OSV records from a cursor on. */
export async function fetchGate(upstream: Upstream, url: string, { state, folder }: { state: FeedState; folder: string }): Promise<Fetched> {
  const path = join(folder, 'records.jsonl')
  const out = createWriteStream(path)
  let cursor = state.cursor
  let records = 0
  for (let pages = 0; ; pages++) {
    if (pages === MOST_PAGES) throw new SluiceError('feed-invalid', `${url} has no end`)
    const asked = new URL(url)
    if (cursor !== null) asked.searchParams.set('since', cursor)
    const answer = await get(upstream, asked.href, { accept: 'application/json' })
    const read = page.safeParse(json(answer ? await textOf(answer) : '', url))
    if (!read.success) throw new SluiceError('feed-invalid', `${url} is no feed of a gate: ${read.error.issues[0]?.message}`)
    for (const record of read.data.records) {
      records++
      if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain')
    }
    if (read.data.more && read.data.next === cursor) throw new SluiceError('feed-invalid', `${url} does not move on`)
    cursor = read.data.next
    if (!read.data.more) break
  }
  await new Promise<void>((resolve, reject) => out.on('error', reject).end(resolve))
  return { path: records > 0 ? path : null, state: { cursor } }
}

/** A static MISP feed: the manifest says which events changed. `base` ends in `/`. */
export async function fetchMisp(upstream: Upstream, base: string, { state, folder, manifest }: { state: FeedState; folder: string; manifest: string }): Promise<Fetched> {
  const answer = await get(upstream, `${base}manifest.json`, { tags: state })
  if (!answer) return { path: null, state: {} }
  const text = await textOf(answer)
  const events = mispEventsOf(text)
  if (!events) throw new SluiceError('feed-invalid', `${base}manifest.json is no manifest of a MISP feed`)
  if (events.size > MOST_EVENTS) throw new SluiceError('feed-invalid', `${base}manifest.json has more than ${MOST_EVENTS} events`)
  const before = loadManifest(manifest)
  const changed = [...events].filter(([name, stamp]) => before.get(name) !== stamp || stamp === '').map(([name]) => name)
  for (let from = 0; from < changed.length; from += AT_ONCE) {
    await Promise.all(changed.slice(from, from + AT_ONCE).map(async (name) => {
      const event = await get(upstream, base + name, { limit: LARGEST_EVENT })
      if (event) await writeFile(join(folder, name), await textOf(event))
    }))
  }
  await writeFile(join(folder, 'manifest.json'), text)
  return { path: folder, state: tagsOf(answer) }
}

/** One file of any format. */
export async function fetchFile(upstream: Upstream, url: string, { state, folder }: { state: FeedState; folder: string }): Promise<Fetched> {
  const name = decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '').replace(/[^\w.-]+/g, '-').replace(/^\.+/, '') || 'feed'
  const file = join(folder, 'download')
  const tags = await download(upstream, url, file, state)
  if (!tags) return { path: null, state: {} }
  // What is left out is named by the file's own name.
  const path = join(folder, name.slice(0, 100))
  await rename(file, path)
  return { path, state: tags }
}

function json(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SluiceError('feed-invalid', `${url} does not answer in JSON`)
  }
}
