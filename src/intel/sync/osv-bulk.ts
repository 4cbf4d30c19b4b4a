import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isCode, SluiceError } from '../../core/errors.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { download, get, tagsOf, textOf } from './fetching.ts'
import type { FeedState } from './feeds.ts'

/** What is to be read of a feed, and how it stands afterwards; `path` null: nothing changed. */
export interface Fetched {
  path: string | null
  /** Of the archive only these records. */
  only?: ReadonlySet<string>
  state: Partial<FeedState>
}

/** So many are fetched one by one; more come with the whole archive. */
const ONE_BY_ONE = 1_000
const AT_ONCE = 8
const LARGEST_RECORD = 8 * 1024 * 1024

/**
 * OSV's bulk layout (google.github.io/osv.dev/data): `all.zip`, and `modified_id.csv` with `modified,id` or `modified,ecosystem/id` a
 * line, the newest first. At first the archive, then what the table says is newer; `base` ends in `/`.
 */
export async function fetchOsvBulk(upstream: Upstream, base: string, { state, folder, now }: { state: FeedState; folder: string; now: Date }): Promise<Fetched> {
  const table = await get(upstream, `${base}modified_id.csv`, state.cursor === null ? {} : { tags: state })
  if (!table) return { path: null, state: {} }
  const tags = tagsOf(table)
  const since = state.cursor === null ? Number.POSITIVE_INFINITY : Date.parse(state.cursor)
  const changed = new Set<string>()
  let newest: string | null = null
  // Whoever is behind by more than that takes the archive; the rest of the table need not be read.
  for await (const line of createInterface({ input: table.body, crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, modified, id] = /^\s*"?([\d:.TZ+-]+)"?,"?([\w./-]{1,200})"?\s*$/.exec(line) ?? []
    if (modified === undefined || id === undefined || Number.isNaN(Date.parse(modified))) {
      if (newest === null && line.trim() !== '' && !/modified/i.test(line)) throw new SluiceError('feed-invalid', `${base}modified_id.csv is no table of changes`)
      continue
    }
    newest ??= modified
    // Records of the same moment as the last one read may be new.
    if (Date.parse(modified) < since || state.cursor === null || changed.size > ONE_BY_ONE) break
    changed.add(id)
  }
  table.body.on('error', () => undefined).destroy()
  if (newest === null) throw new SluiceError('feed-invalid', `${base}modified_id.csv names no records`)
  // A record of the future must not keep those of the present out.
  const cursor = Date.parse(newest) > now.getTime() ? now.toISOString() : newest
  const next: Partial<FeedState> = { cursor, ...tags }
  if (state.cursor === null || changed.size > ONE_BY_ONE) {
    const archive = await download(upstream, `${base}all.zip`, join(folder, 'all.zip'))
    const made = Date.parse(archive?.lastModified ?? '')
    // The archive lacks what came between it and the table: next time the table is read from there on, changed or not.
    return { path: folder, state: made < Date.parse(cursor) ? { cursor: new Date(made).toISOString(), etag: null, lastModified: null } : next }
  }
  const lines: string[] = []
  const ids = [...changed].filter((id) => !id.split('/').includes('..'))
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    lines.push(...(await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => recordAt(upstream, base, id)))).filter((line) => line !== null))
  }
  const path = join(folder, 'changed.jsonl')
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  return { path: lines.length > 0 ? path : null, state: next }
}

/** null: it is gone since the table was made. */
async function recordAt(upstream: Upstream, base: string, id: string): Promise<string | null> {
  try {
    const answer = await get(upstream, `${base}${id.split('/').map(encodeURIComponent).join('/')}.json`, { limit: LARGEST_RECORD })
    return answer && (await textOf(answer)).replace(/[\r\n]+/g, ' ')
  } catch (thrown) {
    if (isCode(thrown, 'not-found')) return null
    throw thrown
  }
}
