import { pipeline } from 'node:stream'
import { createZstdCompress, constants } from 'node:zlib'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { UpstreamAnswer } from '../ports/upstream.ts'
import type { Context } from './context.ts'
import { SingleFlight, within } from './single-flight.ts'
import { WeightedCache } from './weighted-cache.ts'

/** An upstream index document as last seen. One object a package: `checkedAt` moves on while the bytes stay the same. */
export interface StoredDocument {
  ecosystem: EcosystemId
  name: string
  complete: boolean
  /** 200, or 404 and 410 when upstream has dropped a package it once had. */
  status: number
  raw: Digest
  contentType: string
  base: string
  /** Of `Sources`: a document of another source is none. */
  source: string
  etag: string | null
  lastModified: string | null
  checkedAt: number
  /** Why upstream could not be asked the last time, one line; null when it answered. */
  stale: string | null
  /** Until a build has read this document: the last one that could be read, if any, which stands again where this cannot. */
  unread: { before: StoredDocument | null } | null
}

/** Upstream's own "no", passed on with its status and text. */
export interface Absent { absent: true; status: number; text: string }

const ABSENT = new Set([401, 403, 404, 410, 451])
const GONE = new Set([404, 410])

/** Upstream index documents: asked once however many wait, kept, revalidated, and still there when upstream is not. */
export class Documents {
  readonly #context: Context
  readonly #flights = new SingleFlight<StoredDocument | Absent>()
  readonly #known: WeightedCache<StoredDocument>

  constructor(context: Context) {
    this.#context = context
    this.#known = new WeightedCache(4 * 1024 * 1024)
  }

  /**
   * The newest document that policy on staleness allows. `complete` wants every publish time.
   * Throws when upstream fails and nothing is known.
   */
  async current(ecosystem: EcosystemId, name: string, complete: boolean): Promise<StoredDocument | Absent> {
    const { clock, limits } = this.#context
    const known = await this.#load(ecosystem, name)
    if (!known || (complete && !known.complete)) return this.#refresh(ecosystem, name, complete, known)
    const age = clock.now().getTime() - known.checkedAt
    if (age < limits.fresh) return known
    const refreshing = this.#refresh(ecosystem, name, known.complete, known)
    if (age < limits.stale) {
      refreshing.catch((thrown) => this.#context.log.warn({ ecosystem, name, error: sentence(thrown) }, 'revalidation failed'))
      return known
    }
    const refreshed = await within(limits.revalidation, refreshing)
    if (refreshed) return refreshed
    known.stale ??= `upstream has not answered within ${limits.revalidation} ms`
    return known
  }

  /** A build has read it. Only now is it kept for the time after a restart; what cannot be read never is. */
  async accept(document: StoredDocument): Promise<void> {
    if (!document.unread) return
    document.unread = null
    const { ecosystem, name, status, etag, base, raw } = document
    const newest = this.#known.get(`${ecosystem}/${name}`)
    if (newest && newest !== document) return
    const row = {
      complete: document.complete ? 1 : 0, status, etag, last_modified: document.lastModified,
      content_type: document.contentType, base, source: document.source, raw, fetched_at: document.checkedAt, checked_at: document.checkedAt,
    }
    await this.#context.database.query.insertInto('documents').values({ ecosystem, name, ...row })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet(row)).execute()
  }

  /**
   * No build can read it. The last one that could be read stands again, marked stale, and upstream is asked anew when that
   * is due; null where there is none.
   */
  reject(document: StoredDocument, why: string): StoredDocument | null {
    if (!document.unread) return null
    const { ecosystem, name, unread: { before } } = document
    if (this.#known.get(`${ecosystem}/${name}`) === document) {
      this.#context.log.warn({ ecosystem, name, error: why }, 'upstream sent an index document that cannot be read')
      if (before) this.#remember(this.#outdated(before, why))
      else this.#known.delete(`${ecosystem}/${name}`)
    }
    return before
  }

  /** What is stored, without asking upstream. */
  async #load(ecosystem: EcosystemId, name: string): Promise<StoredDocument | null> {
    const key = `${ecosystem}/${name}`
    const source = this.#context.sources.of(ecosystem, name)
    const cached = this.#known.get(key)
    if (cached) return source.url !== null && cached.source === source.id ? cached : null
    const row = await this.#context.database.query.selectFrom('documents').selectAll()
      .where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    if (!row || source.url === null || row.source !== source.id) return null
    return this.#remember({
      ecosystem, name, complete: row.complete === 1, status: row.status, raw: row.raw as Digest, contentType: row.content_type,
      base: row.base, source: row.source, etag: row.etag, lastModified: row.last_modified, checkedAt: row.checked_at, stale: null, unread: null,
    })
  }

  #remember(document: StoredDocument): StoredDocument {
    this.#known.set(`${document.ecosystem}/${document.name}`, document, 600)
    return document
  }

  #refresh(ecosystem: EcosystemId, name: string, complete: boolean, known: StoredDocument | null): Promise<StoredDocument | Absent> {
    return this.#flights.do(`${ecosystem}/${name}/${complete}/${known?.source ?? ''}`, async () => {
      try {
        return await this.#fetch(ecosystem, name, complete, known)
      } catch (thrown) {
        if (!known || isCode(thrown, 'upstream-off')) throw thrown
        return this.#outdated(known, sentence(thrown))
      }
    })
  }

  /** Served as it is for half as long as a fresh one, then upstream is asked again. */
  #outdated(known: StoredDocument, why: string): StoredDocument {
    const { clock, limits } = this.#context
    return Object.assign(known, { stale: why, checkedAt: clock.now().getTime() - limits.fresh / 2 })
  }

  async #fetch(ecosystem: EcosystemId, name: string, complete: boolean, known: StoredDocument | null): Promise<StoredDocument | Absent> {
    const { upstream, sources, clock, limits } = this.#context
    const source = sources.of(ecosystem, name)
    if (source.url === null) throw new SluiceError('upstream-off', source.why)
    const request = ecosystems[ecosystem].indexRequest(name, complete)
    const url = new URL(request.path, source.url).href
    // A document that may turn out unreadable is not asked about again by its tag: a broken copy can bear the right one.
    const conditional = known && !known.unread && known.complete === complete && known.status === 200
    const answer = await upstream.fetch(url, {
      headers: {
        accept: request.accept,
        ...(conditional && known.etag ? { 'if-none-match': known.etag } : {}),
        ...(conditional && !known.etag && known.lastModified ? { 'if-modified-since': known.lastModified } : {}),
      },
      limit: limits.indexSize,
    })
    const now = clock.now().getTime()
    if (answer.status === 304 && known) {
      answer.body.resume()
      return this.#touch(known, now)
    }
    if (answer.status === 200) return this.#store(answer, { ecosystem, name, complete, known, now, source: source.id })
    const text = await firstWords(answer)
    if (known && GONE.has(answer.status)) return this.#gone(known, answer.status, now)
    if (!known && ABSENT.has(answer.status)) return { absent: true, status: answer.status, text }
    throw new SluiceError('upstream-status', `upstream answered ${answer.status} for ${name}${text && `: ${text}`}`)
  }

  async #store(
    answer: UpstreamAnswer,
    { ecosystem, name, complete, known, now, source }: { ecosystem: EcosystemId; name: string; complete: boolean; known: StoredDocument | null; now: number; source: string },
  ): Promise<StoredDocument> {
    const { blobs, revisions, limits } = this.#context
    const packer = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } })
    const packed = pipeline(answer.body, packer, () => {})
    // A body that drips keeps clear of the stall timer, and everybody who asks for the package waits for it.
    const slow = setTimeout(() => packer.destroy(new SluiceError('upstream-slow', `${name} took longer than ${limits.document / 1_000} s`)), limits.document)
    const { digest } = await blobs.put(packed, { limit: limits.indexSize }).finally(() => clearTimeout(slow))
    const document: StoredDocument = {
      ecosystem, name, complete, status: 200, raw: digest, contentType: answer.headers['content-type'] ?? '', base: answer.url, source,
      etag: answer.headers.etag ?? null, lastModified: answer.headers['last-modified'] ?? null, checkedAt: now, stale: null,
      unread: { before: known?.unread ? known.unread.before : known },
    }
    if (known && known.raw === digest && known.complete === complete && known.status === 200) {
      Object.assign(known, { etag: document.etag, lastModified: document.lastModified })
      return this.#touch(known, now)
    }
    revisions.bump(ecosystem, name)
    return this.#remember(document)
  }

  #touch(known: StoredDocument, now: number): StoredDocument {
    known.checkedAt = now
    known.stale = null
    this.#write(known, { checked_at: now })
    return this.#remember(known)
  }

  #gone(known: StoredDocument, status: number, now: number): StoredDocument {
    Object.assign(known, { status, checkedAt: now, stale: null, etag: null, lastModified: null })
    this.#write(known, { checked_at: now, status })
    this.#context.revisions.bump(known.ecosystem, known.name)
    return this.#remember(known)
  }

  /** Not awaited: losing it costs one more request upstream. */
  #write(known: StoredDocument, values: { checked_at: number; status?: number }): void {
    this.#context.database.query.updateTable('documents').set(values)
      .where('ecosystem', '=', known.ecosystem).where('name', '=', known.name).execute()
      .catch((thrown: unknown) => this.#context.log.warn({ name: known.name, error: sentence(thrown) }, 'document row not updated'))
  }
}

/** The beginning of an error body, as one line a person may read. */
async function firstWords(answer: UpstreamAnswer): Promise<string> {
  let text = ''
  try {
    for await (const chunk of answer.body) {
      text += String(chunk)
      if (text.length > 2_000) break
    }
  } catch {
    // A broken error body adds nothing to its status.
  }
  answer.body.destroy()
  return /<html|<!doctype/i.test(text) ? '' : text.replace(/[^\x20-\x7e]+/g, ' ').trim().slice(0, 200)
}
