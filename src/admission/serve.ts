import type { Readable } from 'node:stream'
import type { Ruling, Subject } from '../core/decide.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import { rangeOf } from '../core/range.ts'
import type { ByteRange } from '../core/range.ts'
import type { Artifact, ArtifactRef, Client, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Ask } from '../ecosystems/ecosystem.ts'
import type { Forwarded, LedgerEntry } from '../ledger/entry.ts'
import type { Encoding } from '../workers/jobs.ts'
import { artifactOf } from './acquire.ts'
import type { Context } from './context.ts'
import type { Absent } from './documents.ts'
import { isAbsent, Renditions } from './renditions.ts'
import type { Rendition } from './renditions.ts'
import { Running } from './running.ts'
import type { Handed } from './running.ts'
import { rulingOfFailure, Settling } from './settle.ts'
import type { Settled } from './settle.ts'
import { within } from './single-flight.ts'
import { WeightedCache } from './weighted-cache.ts'

/** Who asks, and how. */
export interface Asker {
  client: Client
  token: string | null
  address: string
  /** Host or CI job facts the client sent along, for the ledger; not trusted for anything else. */
  forwarded: Forwarded | null
  requestId: string
  /** Absolute URL of the ecosystem at the gate as this client reaches it. */
  base: string
  encoding: Encoding
  ifNoneMatch: string | null
  /** False for HEAD: nothing is delivered then, and nothing recorded. */
  body: boolean
  range: string | null
  ifRange: string | null
}

export type Served =
  | { kind: 'index'; rendition: Rendition }
  | { kind: 'unchanged'; etag: string }
  /** A small answer of upstream's that was decided like the release it names. */
  | { kind: 'document'; contentType: string; body: Uint8Array }
  | { kind: 'bytes'; artifact: Artifact; etag: string; stale: string | null; bytes: Uint8Array | null; range: ByteRange | 'unsatisfiable' | null; read: (range?: ByteRange) => Promise<Readable>; handed: (rest: Handed) => void }
  | { kind: 'denied'; ruling: Ruling; version: string | null }
  | { kind: 'absent'; status: number; text: string }
  | { kind: 'down'; because: string }

/** Artifacts up to this size are kept in memory while they are warm. */
const SMALL = 256 * 1024

interface Ready {
  settled: Settled & { artifact: Artifact }
  until: number
  bytes: Uint8Array | null
  etag: string
  /** When to look whether upstream still lists it. */
  lookAt: number
}

/**
 * The only door to index documents and package bytes. What leaves through it has been decided under the policy in force
 * and stands in the ledger, durable, before its first byte goes.
 */
export class Door {
  readonly renditions: Renditions
  readonly settling: Settling
  readonly running: Running
  readonly #context: Context
  readonly #ready: WeightedCache<Ready>

  constructor(context: Context) {
    this.#context = context
    this.renditions = new Renditions(context)
    this.settling = new Settling(context, this.renditions)
    this.running = new Running(context, (subject) => this.settling.rule(subject))
    this.#ready = new WeightedCache(context.limits.memory * 0.25)
  }

  async index(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'index' }>, asker: Asker): Promise<Served> {
    const wanted = { ecosystem, name: ask.name, variant: ask.variant, base: asker.base, encoding: asker.encoding }
    let rendition = this.renditions.peek(wanted)
    if (!rendition) {
      const refused = await this.#refused(ecosystem, ask.name, asker)
      if (refused) return refused
      try {
        const built = await within(this.#context.limits.indexPatience, this.renditions.get(wanted))
        if (built === null) throw new SluiceError('upstream-slow', `the index of ${ask.name} is still being fetched and read; try again in a minute`)
        if (isAbsent(built)) return { kind: 'absent', status: built.status, text: await this.#unknown(ecosystem, ask.name, built) }
        rendition = built
      } catch (thrown) {
        return this.#down(thrown, { ecosystem, name: ask.name }, asker)
      }
    }
    if (rendition.document.status !== 200) return { kind: 'absent', status: rendition.document.status, text: `${ask.name} is no longer upstream` }
    if (rendition.lacks) {
      const { version, ruling } = rendition.lacks
      if (ruling) return this.#deny({ ecosystem, name: ask.name, version, file: '' }, ruling, asker)
      return { kind: 'absent', status: 404, text: `version not found: ${version}` }
    }
    if (rendition.nothing && ecosystems[ecosystem].deniesWholly) {
      const { version, ruling } = rendition.nothing
      return this.#deny({ ecosystem, name: ask.name, version, file: '' }, ruling, asker)
    }
    if (asker.ifNoneMatch !== null && matches(asker.ifNoneMatch, rendition.etag)) return { kind: 'unchanged', etag: rendition.etag }
    if (asker.body) await this.#record('index', asker, { ecosystem, name: ask.name, variant: ask.variant })
    return { kind: 'index', rendition }
  }

  /** Upstream's own words, and the name that was meant, perhaps: whoever mistypes is told before somebody registers the mistake. */
  async #unknown(ecosystem: EcosystemId, name: string, { status, text }: Absent): Promise<string> {
    const near = status === 404 || status === 410 ? await this.#context.near(ecosystem, name) : null
    return near ? `${text || `upstream has no ${name}`}; did you mean ${near.target}?` : text
  }

  async artifact(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'artifact' }>, asker: Asker): Promise<Served> {
    const ready = await this.#obtain(ecosystem, ask, asker)
    return 'kind' in ready ? ready : this.#deliver(ready.settled.artifact, ready, asker)
  }

  /** A document beside an artifact. It follows the artifact's decision where the ecosystem wants that. */
  async companion(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'companion' }>, asker: Asker): Promise<Served> {
    const refused = await this.#refused(ecosystem, ask.name, asker)
    if (refused) return refused
    // Metadata names what an installer fetches next: it goes out only when its own file may.
    if (ecosystems[ecosystem].companionsFollow) {
      const ready = await this.#obtain(ecosystem, { name: ask.name, file: ask.of }, asker)
      if ('kind' in ready) return ready
    }
    try {
      const found = await this.settling.find(ecosystem, ask.name, ask.of)
      if (isAbsent(found)) return { kind: 'absent', status: found.status, text: found.text }
      const ref: ArtifactRef = { ...found.ref, file: ask.file }
      const known = await artifactOf(this.#context, ref)
      const artifact = known && (await this.#context.blobs.has(known.digest)) ? known
        : await this.settling.companion({ ref, referrer: found.referrer, release: { ...found.release, ...ecosystems[ecosystem].companion(found.release, ask.file) } })
      return await this.#deliver(artifact, { etag: `"${artifact.digest}"`, bytes: null }, asker, found.stale)
    } catch (thrown) {
      return this.#failed(thrown, { ecosystem, name: ask.name, version: null, file: ask.file }, asker)
    }
  }

  /** A question without a version: upstream says which, that release's ruling says whether. */
  async query(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'query' }>, asker: Asker): Promise<Served> {
    const refused = await this.#refused(ecosystem, ask.name, asker)
    if (refused) return refused
    const standIn = async (otherwise: () => Served | Promise<Served>): Promise<Served> => {
      if (ask.variant === null) return otherwise()
      const served = await this.index(ecosystem, { kind: 'index', name: ask.name, variant: ask.variant }, { ...asker, encoding: 'identity' })
      return served.kind === 'unchanged' || (served.kind === 'index' && served.rendition.body.byteLength > 0) ? served : otherwise()
    }
    try {
      const answer = await this.settling.query(ecosystem, ask)
      if (isAbsent(answer)) return await standIn(() => ({ kind: 'absent', status: answer.status, text: answer.text }))
      const { ref, ruling, contentType, body } = answer
      if (ruling.action !== 'serve') return await standIn(() => this.#deny(ref, ruling, asker))
      if (asker.body) await this.#record('index', asker, { ecosystem, name: ask.name, version: ref.version, variant: 'query' })
      return { kind: 'document', contentType, body }
    } catch (thrown) {
      return standIn(() => this.#failed(thrown, { ecosystem, name: ask.name }, asker))
    }
  }

  /** A file that may be served now, settled before or settled here; or the answer that it may not. */
  async #obtain(ecosystem: EcosystemId, wanted: { name: string; file: string }, asker: Asker): Promise<Ready | Served> {
    const key = `${ecosystem}/${wanted.name}/${wanted.file}`
    const ready = this.#peek(key, ecosystem, wanted.name)
    if (ready) return ready
    const refused = await this.#refused(ecosystem, wanted.name, asker)
    if (refused) return refused
    const settled = await this.#settle(ecosystem, wanted, asker)
    return 'kind' in settled ? settled : this.#keep(key, settled)
  }

  #peek(key: string, ecosystem: EcosystemId, name: string): Ready | null {
    const ready = this.#ready.get(key)
    if (!ready) return null
    const { revisions, policy, userRules, clock } = this.#context
    const now = clock.now().getTime()
    const { settled, until } = ready
    const current = settled.revision === revisions.of(ecosystem, name) && settled.policy === policy().id && now < until
      && settled.userRules === (userRules()?.digest ?? null)
    if (!current) return null
    if (now >= ready.lookAt) this.#look(ready, ecosystem, name)
    return ready
  }

  /**
   * Clients with lock files ask for bytes only. Behind their backs the index is kept as fresh as if they had asked for it,
   * so that what upstream removes or replaces is noticed: another document is another revision.
   */
  #look(ready: Ready, ecosystem: EcosystemId, name: string): void {
    const { clock, limits, log } = this.#context
    ready.lookAt = clock.now().getTime() + limits.fresh
    if (ecosystems[ecosystem].directUrl) return
    this.renditions.releases(ecosystem, name).then(
      (found) => { ready.settled.stale = isAbsent(found) ? null : found.document.stale },
      (thrown: unknown) => log.warn({ ecosystem, name, error: sentence(thrown) }, 'revalidation failed'),
    )
  }

  async #settle(ecosystem: EcosystemId, ask: { name: string; file: string }, asker: Asker): Promise<(Settled & { artifact: Artifact }) | Served> {
    try {
      const settled = await this.settling.settle(ecosystem, ask.name, ask.file)
      if (isAbsent(settled)) return { kind: 'absent', status: settled.status, text: settled.text }
      const { artifact, ruling } = settled
      if (ruling.action === 'serve' && artifact) return { ...settled, artifact }
      return await this.#deny(settled.ref, ruling, asker, settled.subject)
    } catch (thrown) {
      return this.#failed(thrown, { ecosystem, name: ask.name, version: null, file: ask.file }, asker)
    }
  }

  async #keep(key: string, settled: Settled & { artifact: Artifact }): Promise<Ready> {
    const { artifact, ruling } = settled
    const small = artifact.size <= SMALL
    const bytes = small ? await this.#context.blobs.bytes(artifact.digest, SMALL) : null
    const until = ruling.until?.getTime() ?? Number.POSITIVE_INFINITY
    const lookAt = this.#context.clock.now().getTime() + this.#context.limits.fresh
    const ready: Ready = { settled, until, bytes, etag: `"${artifact.digest}"`, lookAt }
    this.#ready.set(key, ready, (small ? artifact.size : 0) + 800)
    return ready
  }

  async #deliver(artifact: Artifact, ready: { etag: string; bytes: Uint8Array | null; settled?: Settled }, asker: Asker, stale?: string | null): Promise<Served> {
    if (asker.ifNoneMatch !== null && matches(asker.ifNoneMatch, ready.etag)) return { kind: 'unchanged', etag: ready.etag }
    const { settled } = ready
    const range = asker.ifRange === null || asker.ifRange === ready.etag ? rangeOf(asker.range ?? undefined, artifact.size) : null
    if (asker.body && range !== 'unsatisfiable') {
      await this.#record('served', asker, {
        ...artifact.ref, digest: artifact.digest, bytes: range ? range.end - range.start + 1 : artifact.size,
        ...(range ? { range: `${range.start}-${range.end}` } : {}),
        ...(settled ? { policy: settled.policy, reason: settled.ruling.reason } : {}),
        ...(settled?.ruling.would ? { would: settled.ruling.would } : {}),
      })
    }
    return {
      kind: 'bytes', artifact, etag: ready.etag, bytes: ready.bytes, range, stale: stale ?? settled?.stale ?? null,
      read: async (part) => {
        const stream = await this.#context.blobs.read(artifact.digest, part)
        return settled ? this.running.follow(stream, settled) : stream
      },
      handed: (rest) => { if (settled) this.running.linger(settled, rest) },
    }
  }

  /** A private name that nobody serves, or an ecosystem that is switched off. */
  async #refused(ecosystem: EcosystemId, name: string, asker: Asker): Promise<Served | null> {
    const source = this.#context.sources.of(ecosystem, name)
    if (source.url !== null) return null
    if (!source.private) return { kind: 'down', because: source.why }
    return this.#deny({ ecosystem, name, version: '', file: '' }, { action: 'hold', reason: 'private', because: source.why, until: null }, asker)
  }

  /** The times go along, because a file that was never fetched has no other record of them. */
  async #deny(ref: ArtifactRef, ruling: Ruling, asker: Asker, times: Partial<Pick<Subject, 'publishedAt' | 'publishedBefore'>> = {}): Promise<Served> {
    const facts = Object.fromEntries(Object.entries({ publishedAt: times.publishedAt?.toISOString(), publishedBefore: times.publishedBefore?.toISOString() })
      .filter((fact): fact is [string, string] => fact[1] !== undefined))
    await this.#record('denied', asker, {
      ecosystem: ref.ecosystem, name: ref.name, version: ref.version || null, file: ref.file || null,
      action: ruling.action, reason: ruling.reason, because: ruling.because, facts,
    })
    return { kind: 'denied', ruling, version: ref.version || null }
  }

  async #failed(thrown: unknown, ref: Pick<LedgerEntry, 'ecosystem' | 'name' | 'version' | 'file'> & { ecosystem: EcosystemId; name: string }, asker: Asker): Promise<Served> {
    if (isCode(thrown, 'not-found')) return { kind: 'absent', status: 404, text: sentence(thrown) }
    const ruling = rulingOfFailure(thrown)
    if (ruling) return this.#deny({ ecosystem: ref.ecosystem, name: ref.name, version: ref.version ?? '', file: ref.file ?? '' }, ruling, asker)
    return this.#down(thrown, ref, asker)
  }

  /** Upstream trouble is an answer, and stands in the ledger; anything else is a defect and goes on up. */
  async #down(thrown: unknown, about: Partial<LedgerEntry>, asker: Asker): Promise<Served> {
    if (!isTrouble(thrown)) throw thrown
    const because = sentence(thrown)
    await this.#record('denied', asker, { ...about, action: 'hold', reason: 'upstream-down', because })
    return { kind: 'down', because }
  }

  #record(kind: LedgerEntry['kind'], asker: Asker, about: Partial<LedgerEntry>): Promise<void> {
    return this.#context.ledger.append({
      at: this.#context.clock.now(), kind, ...about, client: asker.client, token: asker.token, address: asker.address,
      request: asker.requestId, ...(asker.forwarded ? { forwarded: asker.forwarded } : {}),
    })
  }
}

const isTrouble = (thrown: unknown): boolean => thrown instanceof SluiceError
  && (thrown.code.startsWith('upstream-') || thrown.code.startsWith('worker-') || thrown.code === 'index-invalid')

/** If-None-Match (RFC 9110 §13.1.2): weak comparison, a list, or `*`. */
function matches(header: string, etag: string): boolean {
  return header === etag || header.trim() === '*' || header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag)
}
