import { sentence } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import type { Context } from './context.ts'

/** Blobs younger than this are left alone: somebody may be about to name them. */
const GRACE = 3_600_000

/**
 * Deletes blobs that nothing names any more: index documents that upstream has replaced. Returns how many went.
 * A blob is deleted only on the second sweep that finds it unnamed, and an hour apart at least, so that a document being
 * stored right now is never lost.
 */
export class Sweep {
  readonly #context: Context
  #suspects = new Map<Digest, number>()

  constructor(context: Context) {
    this.#context = context
  }

  async run(): Promise<number> {
    const { blobs, clock, log } = this.#context
    const now = clock.now().getTime()
    const suspects = new Map<Digest, number>()
    let deleted = 0
    for await (const digest of blobs.list()) {
      if (await this.#isNamed(digest)) continue
      const since = this.#suspects.get(digest)
      if (since === undefined || now - since < GRACE) suspects.set(digest, since ?? now)
      else {
        await blobs.delete(digest).then(() => deleted++, (thrown: unknown) => log.warn({ digest, error: sentence(thrown) }, 'blob not deleted'))
      }
    }
    this.#suspects = suspects
    if (deleted > 0) log.info({ deleted }, 'swept')
    return deleted
  }

  async #isNamed(digest: Digest): Promise<boolean> {
    const { query } = this.#context.database
    const found = await query.selectFrom('documents').select('raw').where('raw', '=', digest)
      .unionAll(query.selectFrom('artifacts').select('digest as raw').where('digest', '=', digest).where('purged', '=', 0))
      .limit(1).execute()
    return found.length > 0
  }
}
