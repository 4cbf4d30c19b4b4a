import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import { readInThread } from './source/reading.ts'
import { applySpool } from './spool.ts'
import type { Tlp } from './tlp.ts'
import { withdrawVanished } from './vanished.ts'

/** Counts are records. Each is in one of them. */
export interface FeedReport {
  imported: number
  updated: number
  /** As stored already, or older than that. */
  unchanged: number
  /** Now stored as withdrawn. */
  withdrawn: number
  /** Indicators that are new or changed, of all records. */
  indicators: number
  skippedTotal: number
  /** The first thousand. */
  skipped: { file: string; reason: string }[]
}

export interface ImportOptions {
  database: Database
  /** A file or folder of any format that `readSource` knows. */
  source: string
  /** What records call their source; absent: the source's own name. */
  name?: string
  tlp?: Tlp
  ecosystem?: EcosystemId | undefined
  /** Where what was read lies until it is stored, so that an import that is interrupted can be finished; absent: for the time being. */
  folder?: string | undefined
  /** Keeps what the source consisted of, so that next time only what changed is read. */
  manifest?: string | undefined
  only?: ReadonlySet<string> | undefined
  /** It is all that the source says: what it no longer has is taken back, see `withdrawVanished`. */
  whole?: boolean
  /** Called with the number of records read so far. */
  progress?: ((done: number) => void) | undefined
  now?: Date
}

/**
 * Stores what a source says, and announces each changed package to all gates. The whole source is read before anything is
 * stored: one that is damaged changes nothing. Running it again changes nothing. Records never disappear: they are withdrawn, or
 * replaced by newer ones. Throws `feed-invalid`.
 */
export async function importFeed(options: ImportOptions): Promise<FeedReport> {
  const { database, source, progress, tlp = 'clear', ecosystem, manifest, now = new Date(), only } = options
  const name = options.name ?? basename(source)
  const folder = options.folder ?? await mkdtemp(join(tmpdir(), 'sluice-spool-'))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const spool = join(folder, `${randomUUID()}.spool`)
  // Another process may read the same feed: what it has read and not stored yet is not this one's to note as read.
  const after = manifest === undefined ? null : `${manifest}.${randomUUID()}.next`
  try {
    const read = await readInThread({ options: { path: resolve(source), source: name, tlp, ecosystem, only }, before: manifest ?? null, after, spool }, progress)
    const { kinds, indicators } = await applySpool({ database, spool, source: name, now, records: read.records, kept: options.folder !== undefined })
    const vanished = options.whole && read.records > 0 ? await withdrawVanished(database, { spool, source: name, now }) : { withdrawn: 0, kept: 0 }
    if (vanished.kept > 0) read.skipped.unshift({ where: source, problem: `${vanished.kept} packages are no longer listed, too many at once: what was said of them stays` })
    if (manifest !== undefined && after !== null) await rename(after, manifest)
    progress?.(read.done)
    kinds.withdrawn += vanished.withdrawn
    return { ...kinds, indicators, skippedTotal: read.skippedTotal + (vanished.kept > 0 ? 1 : 0), skipped: read.skipped.map(({ where, problem }) => ({ file: where, reason: problem })) }
  } finally {
    await rm(spool, { force: true })
    if (after !== null) await rm(after, { force: true })
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
  }
}
