import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Encoding, IndexResult } from '../workers/jobs.ts'
import type { Context } from './context.ts'
import { Dating } from './dating.ts'
import { Documents } from './documents.ts'
import type { Absent, StoredDocument } from './documents.ts'
import { SingleFlight } from './single-flight.ts'
import { standingOf } from './standing.ts'
import { WeightedCache } from './weighted-cache.ts'

/** An index document as this gate serves it, and what it was built from. */
export interface Rendition {
  contentType: string
  body: Uint8Array
  encoding: Encoding
  etag: string
  document: StoredDocument
  raw: string
  revision: number
  policy: string
  changesAt: number
  /** Where nothing of the package may be had: the highest release and why. */
  nothing: IndexResult['nothing']
  /** Where one version was asked for that cannot be had. */
  lacks: IndexResult['lacks']
}

export interface Wanted {
  ecosystem: EcosystemId
  name: string
  variant: string
  /** Absolute URL of the ecosystem at the gate, as this client reaches it. */
  base: string
  encoding: Encoding
}

type How = Pick<Wanted, 'base' | 'encoding'> & { variant: string | null }
interface Built { result: IndexResult; built: StoredDocument }

/** Builds of one document that changes meanwhile, before a client gets the last. */
const TRIES = 5

/** What a document can do to the worker that reads it. */
const UNREADABLE = ['index-invalid', 'worker-timeout', 'worker-memory', 'worker-crashed'] as const

/**
 * Prebuilt index documents. A warm request is a lookup and five comparisons; everything else happens in a worker, once
 * for all who wait, and never filters per request.
 */
export class Renditions {
  readonly documents: Documents
  readonly dating: Dating
  readonly #context: Context
  readonly #ready: WeightedCache<Rendition>
  readonly #releases: WeightedCache<{ lines: Buffer; until: number }>
  readonly #builds = new SingleFlight<Rendition | Absent>()
  readonly #reads = new SingleFlight<{ lines: Buffer; document: StoredDocument }>()

  constructor(context: Context) {
    this.#context = context
    this.documents = new Documents(context)
    this.dating = new Dating(context)
    this.#ready = new WeightedCache(context.limits.memory * 0.6, 1 / 4)
    this.#releases = new WeightedCache(context.limits.memory * 0.15, 1 / 2)
  }

  /** A rendition that may be served as it is, or null: then `get` builds it. Synchronous: this is the warm path. */
  peek(wanted: Wanted): Rendition | null {
    const rendition = this.#ready.get(keyOf(wanted))
    if (!rendition) return null
    const { policy, revisions, clock, limits } = this.#context
    const now = clock.now().getTime()
    return rendition.policy === policy().id
      && rendition.revision === revisions.of(wanted.ecosystem, wanted.name)
      && rendition.raw === rendition.document.raw
      && now < rendition.changesAt
      && now - rendition.document.checkedAt < limits.fresh
      ? rendition : null
  }

  /** What was changed while it was built is built again: a recall counts for every request made after it. */
  async get(wanted: Wanted): Promise<Rendition | Absent> {
    const { policy, revisions } = this.#context
    for (let tries = 1; ; tries++) {
      const found = await this.#current(wanted)
      if (isAbsent(found) || tries === TRIES) return found
      if (found.policy === policy().id && found.revision === revisions.of(wanted.ecosystem, wanted.name)) return found
    }
  }

  #current(wanted: Wanted): Promise<Rendition | Absent> {
    return this.#builds.do(keyOf(wanted), async () => {
      const complete = ecosystems[wanted.ecosystem].needsComplete(wanted.variant)
      const document = await this.documents.current(wanted.ecosystem, wanted.name, complete)
      if ('absent' in document) return document
      const ready = this.peek(wanted)
      if (ready) return ready
      const old = this.#ready.get(keyOf(wanted))
      if (old && this.#stillTrue(old, document)) return Object.assign(old, { document })
      return this.#render(wanted, document)
    })
  }

  /** The releases of a package as its index lists them now, as lines for `findRelease`; [] when it has none. `complete`: with exact times, where the registry has them. */
  async releases(ecosystem: EcosystemId, name: string, complete = false): Promise<{ lines: Buffer; document: StoredDocument } | Absent> {
    const document = await this.documents.current(ecosystem, name, complete)
    if ('absent' in document) return document
    const key = this.#linesKey(document)
    const cached = this.#releases.get(key)
    if (cached && this.#context.clock.now().getTime() < cached.until) return { lines: cached.lines, document }
    return this.#reads.do(key, async () => {
      const { result, built } = await this.#build(document, { variant: null, base: 'http://gate.invalid/', encoding: 'identity' })
      return { lines: Buffer.from(result.releases), document: built }
    })
  }

  #stillTrue(old: Rendition, document: StoredDocument): boolean {
    const { policy, revisions, clock } = this.#context
    return old.raw === document.raw && old.policy === policy().id && clock.now().getTime() < old.changesAt
      && old.revision === revisions.of(document.ecosystem, document.name)
  }

  async #render(wanted: Wanted, document: StoredDocument): Promise<Rendition> {
    const { revisions, policy } = this.#context
    const before = { revision: revisions.of(wanted.ecosystem, wanted.name), policy: policy().id }
    const { result, built } = await this.#build(document, wanted)
    const rendition: Rendition = {
      contentType: result.contentType, body: result.body, encoding: wanted.encoding, etag: result.etag,
      document: built, raw: built.raw, changesAt: result.changesAt?.getTime() ?? Number.POSITIVE_INFINITY,
      nothing: result.nothing, lacks: result.lacks, ...before,
    }
    const key = keyOf(wanted)
    this.#ready.set(key, rendition, result.body.byteLength + 2 * key.length + 500)
    return rendition
  }

  /**
   * Builds in a worker. Where releases would be held only because their age is not known, asks for what tells it: the
   * complete document, or the transparency log, and builds again. A new document that cannot be read leaves the last good one.
   */
  async #build(document: StoredDocument, how: How): Promise<Built> {
    const { ecosystem, name } = document
    let found = await this.#read(document, how)
    if (found.result.undated > 0 && ecosystems[ecosystem].transparency) {
      const dated = await this.dating.ofIndex(ecosystem, name, versionsIn(found.result.releases))
      found = { ...found, result: await this.#run(found.built, how, dated) }
    } else if (found.result.undated > 0 && !found.built.complete) {
      const complete = await this.documents.current(ecosystem, name, true)
      if (!('absent' in complete)) found = await this.#read(complete, how)
    }
    const { result, built } = found
    // What is held only because nothing dated it, perhaps for a moment's trouble upstream, is looked at again soon.
    const soon = this.#context.clock.now().getTime() + this.#context.limits.fresh
    const until = result.undated > 0 ? soon : Number.POSITIVE_INFINITY
    if (result.undated > 0 && (result.changesAt === null || result.changesAt.getTime() > soon)) result.changesAt = new Date(soon)
    this.#releases.set(this.#linesKey(built), { lines: Buffer.from(result.releases), until }, result.releases.byteLength)
    return found
  }

  /** Which document is good enough depends on the minimum age, too. */
  #linesKey({ ecosystem, name, raw }: StoredDocument): string {
    return `${ecosystem}/${name}@${raw}|${this.#context.policy().minimumAge[ecosystem]}`
  }

  async #read(document: StoredDocument, how: How): Promise<Built> {
    try {
      const result = await this.#run(document, how)
      await this.documents.accept(document)
      return { result, built: document }
    } catch (thrown) {
      const before = isCode(thrown, ...UNREADABLE) ? this.documents.reject(document, sentence(thrown)) : null
      if (!before) throw thrown
      return { result: await this.#run(before, how), built: before }
    }
  }

  async #run(
    document: StoredDocument, how: How, dated?: Awaited<ReturnType<Dating['ofIndex']>>,
  ): Promise<IndexResult> {
    const { blobs, pool, policy, clock, limits } = this.#context
    const { ecosystem, name } = document
    const standing = await standingOf(this.#context, ecosystem, name)
    return pool.run({
      kind: 'index', ecosystem, name, variant: how.variant, encoding: how.encoding, base: how.base,
      raw: blobs.path(document.raw) ?? (await blobs.bytes(document.raw, limits.indexSize)),
      contentType: document.contentType, documentBase: document.base,
      policy: policy(), standing: dated ? { ...standing, dated } : standing, now: clock.now(),
    })
  }
}

export const isAbsent = (found: object): found is Absent => 'absent' in found

/** The release of a file among `releases` lines, or null. The lines are JSON arrays that begin with the file's name. */
export function findRelease(lines: Buffer, file: string): Release | null {
  const beginning = Buffer.from(`[${JSON.stringify(file)},`)
  const first = lines.subarray(0, beginning.byteLength).equals(beginning)
  const found = first ? -1 : lines.indexOf(`\n${beginning.toString()}`)
  if (!first && found < 0) return null
  const at = found + 1
  const end = lines.indexOf(10, at)
  const [, release] = JSON.parse(lines.toString('utf8', at, end)) as [string, Release]
  return { ...release, publishedAt: date(release.publishedAt), publishedBefore: date(release.publishedBefore) }
}

const date = (value: Date | string | null): Date | null => (value === null ? null : new Date(value))

const keyOf = (wanted: Wanted): string => `${wanted.ecosystem}/${wanted.name}|${wanted.variant}|${wanted.encoding}|${wanted.base}`

function versionsIn(lines: Uint8Array): string[] {
  return Buffer.from(lines).toString('utf8').split('\n').filter(Boolean)
    .map((line) => (JSON.parse(line) as [string, Release])[1].version)
}
