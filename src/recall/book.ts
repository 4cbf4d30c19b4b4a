import type { Exposure } from '../core/exposure.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import { clearing } from './clearing.ts'
import type { Clearing } from './clearing.ts'
import { clearables } from './notice.ts'
import type { ExposureOf } from './recalls.ts'
import { OPEN, recallOf, tombstoneOf } from './tombstones.ts'
import type { RecallView, Tombstone } from './tombstones.ts'

/** A file that is taken back, as a look at another machine needs it. */
export interface RecalledFile {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  digest: Digest
  /** null: not known any more. */
  size: number | null
  /** Hex; null: the index promised none, so none was computed. */
  sha512: string | null
  recall: string
}

/** What was recalled, for people and programs to read. */
export class RecallBook {
  readonly #database: Pick<Database, 'query'>
  readonly #exposureOf: ExposureOf

  constructor(database: Pick<Database, 'query'>, exposureOf: ExposureOf) {
    this.#database = database
    this.#exposureOf = exposureOf
  }

  /** The latest first. */
  async list({ ecosystem, name, open = false, limit = 200 }: { ecosystem?: EcosystemId | undefined; name?: string | undefined; open?: boolean; limit?: number } = {}): Promise<(RecallView & { files: number; open: number })[]> {
    let query = this.#database.query.selectFrom('recalls').selectAll()
    if (ecosystem !== undefined) query = query.where('ecosystem', '=', ecosystem)
    if (name !== undefined) query = query.where('name', '=', name)
    const files = await this.#countFiles()
    const all = (await query.orderBy('at', 'desc').orderBy('id').limit(open ? 10_000 : limit).execute()).map(recallOf)
    const counted = all.map((recall) => ({ ...recall, files: files.get(recall.id)?.files ?? 0, open: files.get(recall.id)?.open ?? 0 }))
    return counted.filter((recall) => !open || recall.open > 0).slice(0, limit)
  }

  /** One recall with its files and who met it now; null: there is none of this id. */
  async show(id: string, { limit }: { limit?: number } = {}): Promise<{ recall: RecallView; files: Tombstone[]; exposure: Exposure; clear: Clearing[] } | null> {
    const row = await this.#database.query.selectFrom('recalls').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) return null
    const recall = recallOf(row)
    const exposure = await this.#exposureOf(this.#database, recall.subjects, limit === undefined ? {} : { limit })
    const files = await filesOf(this.#database, id)
    return { recall, files, exposure, clear: clearing(recall.ecosystem, clearables(recall, files)) }
  }

  /** Every file that is taken back now, with what clients' caches know it by. */
  async files(): Promise<RecalledFile[]> {
    const rows = await this.#database.query.selectFrom('tombstones').leftJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'tombstones.ecosystem')
      .onRef('artifacts.name', '=', 'tombstones.name').onRef('artifacts.file', '=', 'tombstones.file').onRef('artifacts.digest', '=', 'tombstones.digest'))
      .select(['tombstones.ecosystem', 'tombstones.name', 'tombstones.version', 'tombstones.file', 'tombstones.digest', 'tombstones.size', 'tombstones.recall', 'artifacts.hashes'])
      .where('step', 'in', OPEN).orderBy('tombstones.seq').limit(50_000).execute()
    return rows.map(({ hashes, size, ecosystem, digest, ...row }) => ({
      ...row, ecosystem: ecosystem as EcosystemId, digest: digest as Digest, size: Number(size) || null, sha512: hashes === null ? null : (JSON.parse(hashes) as Record<string, string>)['sha512'] ?? null,
    }))
  }

  async #countFiles(): Promise<Map<string, { files: number; open: number }>> {
    const rows = await this.#database.query.selectFrom('tombstones')
      .select(['recall', ({ fn }) => fn.countAll().as('files'), ({ fn }) => fn.count('lifted_at').as('lifted')]).groupBy('recall').execute()
    return new Map(rows.map(({ recall, files, lifted }) => [recall, { files: Number(files), open: Number(files) - Number(lifted) }]))
  }
}

/** The files of one recall, in the order in which they were taken. */
export async function filesOf({ query }: Pick<Database, 'query'>, recall: string): Promise<Tombstone[]> {
  return (await query.selectFrom('tombstones').selectAll().where('recall', '=', recall).orderBy('seq').execute()).map(tombstoneOf)
}
