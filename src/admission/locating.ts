import { pledgedDigest } from '../core/decide.ts'
import type { Subject } from '../core/decide.ts'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { ArtifactRef, EcosystemId, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Ask } from '../ecosystems/ecosystem.ts'
import { artifactOf, broken } from './acquire.ts'
import type { Context } from './context.ts'
import type { Absent } from './documents.ts'
import { findRelease, isAbsent } from './renditions.ts'
import type { Renditions } from './renditions.ts'

/** A file and the release it belongs to. */
export interface Found {
  ref: ArtifactRef
  release: Release
  subject: Subject
  /** The index document that named it; null where its address follows from the name. */
  referrer: string | null
  stale: string | null
}

const LARGEST_ANSWER = 64 * 1024

/** Which release a file is, by what upstream lists, by its name, or by what was known of it. */
export class Locating {
  readonly #context: Context
  readonly #renditions: Renditions

  constructor(context: Context, renditions: Renditions) {
    this.#context = context
    this.#renditions = renditions
  }

  /** Which release a file is, and whether upstream still stands by it. */
  async find(ecosystem: EcosystemId, name: string, file: string): Promise<Found | Absent> {
    const { directUrl, versionOfFile } = ecosystems[ecosystem]
    const direct = directUrl && versionOfFile?.(name, file)
    if (direct) return this.direct({ ecosystem, name, file, version: direct })

    const listed = await this.#renditions.releases(ecosystem, name)
    const known = await artifactOf(this.#context, { ecosystem, name, file })
    const release = isAbsent(listed) || listed.document.status !== 200 ? null : findRelease(listed.lines, file)
    const stale = isAbsent(listed) ? null : listed.document.stale
    const referrer = isAbsent(listed) ? null : listed.document.base
    if (release) {
      const ref: ArtifactRef = { ecosystem, name, version: release.version, file }
      const changed = known && broken(release.pledge, known.hashes, known.size)
      const trouble: Pick<Subject, 'trouble'> = changed
        ? { trouble: { reason: 'changed', because: `upstream now promises other bytes than were first seen here: ${changed}` } } : {}
      return { ref, release, referrer, stale, subject: { ...ref, publishedAt: release.publishedAt, publishedBefore: release.publishedBefore, pledged: pledgedDigest(release.pledge), ...trouble } }
    }
    if (!known) return isAbsent(listed) ? listed : { absent: true, status: 404, text: `${file} is not listed upstream` }
    const gone: Release = { version: known.ref.version, file, url: known.upstream, pledge: {}, publishedAt: known.publishedAt, publishedBefore: null }
    return {
      ref: known.ref, release: gone, referrer, stale,
      subject: { ...known.ref, publishedAt: known.publishedAt, publishedBefore: known.firstSeenAt, trouble: { reason: 'removed', because: 'removed upstream; waiting for a review' } },
    }
  }

  /** Ecosystems whose files are found without an index: the version is in the name, the hash in the transparency log. */
  async direct(ref: ArtifactRef): Promise<Found> {
    const { ecosystem, name, version, file } = ref
    const url = this.directUrl(ecosystem, name, file)
    const h1 = await this.#renditions.dating.look(ecosystem, name, version)
    const release: Release = { version, file, url, pledge: h1 ? { h1 } : {}, publishedAt: null, publishedBefore: null }
    return { ref, release, referrer: null, stale: null, subject: { ...ref, publishedAt: null, publishedBefore: null } }
  }

  /** Asks upstream which release a question without a version means, and what it answers. */
  async query(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'query' }>): Promise<Absent | { found: Found; contentType: string; body: Uint8Array }> {
    const { upstream, sources } = this.#context
    const source = sources.of(ecosystem, ask.name)
    const read = ecosystems[ecosystem].readQuery
    if (source.url === null || !read) throw new SluiceError('upstream-off', source.url === null ? source.why : 'this registry has no queries')
    const answer = await upstream.fetch(new URL(ask.path, source.url).href, { limit: LARGEST_ANSWER })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    if (answer.status >= 500 || answer.status === 429) throw new SluiceError('upstream-status', `upstream answered ${answer.status}`)
    if (answer.status !== 200) return { absent: true, status: answer.status, text: oneLine(body.toString('utf8'), 200) }
    const release = read({ name: ask.name, body, base: answer.url })
    return { found: await this.direct({ ecosystem, name: ask.name, version: release.version, file: release.file }), contentType: 'application/json', body }
  }

  directUrl(ecosystem: EcosystemId, name: string, file: string): string {
    const source = this.#context.sources.of(ecosystem, name)
    if (source.url === null) throw new SluiceError('upstream-off', source.why)
    return new URL(ecosystems[ecosystem].directUrl?.(name, file) ?? '', source.url).href
  }
}
