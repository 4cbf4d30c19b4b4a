import { Readable } from 'node:stream'
import type { Ruling } from '../core/decide.ts'
import { SluiceError } from '../core/errors.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Upstream, UpstreamAnswer, UpstreamOptions } from '../ports/upstream.ts'
import { GATE } from '../sandbox/plan/get.ts'
import { artifactOf } from './acquire.ts'
import type { Context } from './context.ts'
import { isAbsent, Renditions } from './renditions.ts'
import { Settling } from './settle.ts'

/** Of the memory for index documents: runs read each once. */
const SHARE = 1 / 16

/**
 * What packages that are run depend on, by this gate's own decisions and from its own sources, private registries among them. What is
 * condemned or held for what it is stays out: index documents don't list it, and whoever asks for it is told why. Age and runs that
 * are still to come hold nothing here: releases that belong together come out together, and would wait for each other. Nobody
 * downloads anything: it is not examined, not kept and not in the ledger.
 */
export class Dependencies implements Pick<Upstream, 'fetch'> {
  readonly #context: Context
  readonly #renditions: Renditions
  readonly #settling: Settling

  constructor(context: Context) {
    let seen: { of: Policy; policy: Policy } | null = null
    const policy = (): Policy => {
      const of = context.policy()
      if (seen?.of !== of) seen = { of, policy: forRuns(of) }
      return seen.policy
    }
    this.#context = { ...context, policy, limits: { ...context.limits, memory: context.limits.memory * SHARE } }
    this.#renditions = new Renditions(this.#context)
    this.#settling = new Settling(this.#context, this.#renditions)
  }

  /** Throws SluiceError: `forbidden` for what this gate would not serve, `upstream-*`. */
  async fetch(url: string, { headers = {}, limit }: UpstreamOptions = {}): Promise<UpstreamAnswer> {
    const [, id = '', path = ''] = /^([a-z]+)(\/[^?#]*)/.exec(url.startsWith(GATE) ? url.slice(GATE.length) : '') ?? []
    const ask = Object.hasOwn(ecosystems, id) ? ecosystems[id as EcosystemId].parse({ method: 'GET', path, query: '', accept: headers['accept'] ?? '' }) : null
    if (!ask || !('name' in ask) || ask.name === null) throw new SluiceError('forbidden', 'only registries are asked for what a package depends on')
    const ecosystem = id as EcosystemId
    const source = this.#context.sources.of(ecosystem, ask.name)
    if (source.url === null) throw new SluiceError('upstream-off', source.why)
    switch (ask.kind) {
      case 'index': return this.#index(ecosystem, ask, url)
      case 'artifact': return this.#file(ecosystem, ask, { url, limit })
      case 'companion': return this.#companion(ecosystem, ask, { url, limit })
      case 'query': {
        const answer = await this.#settling.query(ecosystem, ask)
        if (isAbsent(answer)) return absent(url, answer.status)
        if (answer.ruling.action !== 'serve') throw refused(answer.ref.version, answer.ruling)
        return found(url, answer.contentType, answer.body)
      }
      default: return absent(url, 404)
    }
  }

  async #index(ecosystem: EcosystemId, { name, variant }: { name: string; variant: string }, url: string): Promise<UpstreamAnswer> {
    const rendition = await this.#renditions.get({ ecosystem, name, variant, base: `${GATE}${ecosystem}/`, encoding: 'identity' })
    if (isAbsent(rendition)) return absent(url, rendition.status)
    if (rendition.document.status !== 200) return absent(url, rendition.document.status)
    const ruling = rendition.lacks?.ruling ?? rendition.nothing?.ruling
    if (ruling) throw refused(rendition.lacks?.version ?? rendition.nothing?.version ?? '', ruling)
    return rendition.lacks ? absent(url, 404) : found(url, rendition.contentType, rendition.body)
  }

  async #file(ecosystem: EcosystemId, { name, file }: { name: string; file: string }, { url, limit }: { url: string; limit: number | undefined }): Promise<UpstreamAnswer> {
    const listed = await this.#settling.find(ecosystem, name, file)
    if (isAbsent(listed)) return absent(url, listed.status)
    const { ruling } = await this.#settling.rule(listed.subject)
    if (ruling.action !== 'serve') throw refused(listed.ref.version, ruling)
    const { blobs } = this.#context
    const known = await artifactOf(this.#context, listed.ref)
    if (known && !known.purged && known.size <= (limit ?? Number.POSITIVE_INFINITY) && (await blobs.has(known.digest))) return { ...found(url, 'application/octet-stream', new Uint8Array()), body: await blobs.read(known.digest) }
    return this.#fetch(listed.release.url, { url, referrer: listed.referrer, limit })
  }

  /** Beside a file that is refused there is none, but for those without which no graph can be read. */
  async #companion(ecosystem: EcosystemId, { name, file, of }: { name: string; file: string; of: string }, { url, limit }: { url: string; limit: number | undefined }): Promise<UpstreamAnswer> {
    const { companion, companionsFollow, directUrl } = ecosystems[ecosystem]
    if (!companionsFollow && directUrl) return this.#fetch(this.#settling.directUrl(ecosystem, name, file), { url, referrer: null, limit })
    const listed = await this.#settling.find(ecosystem, name, of)
    if (isAbsent(listed)) return absent(url, listed.status)
    const { ruling } = await this.#settling.rule(listed.subject)
    if (ruling.action !== 'serve') throw refused(listed.ref.version, ruling)
    const release: Release = { ...listed.release, ...companion(listed.release, file) }
    return this.#fetch(release.url, { url, referrer: listed.referrer, limit })
  }

  async #fetch(from: string, { url, referrer, limit }: { url: string; referrer: string | null; limit: number | undefined }): Promise<UpstreamAnswer> {
    // Some servers label a .tgz as gzip-encoded; decoding it would break its digest.
    const answer = await this.#context.upstream.fetch(from, { headers: { 'accept-encoding': 'identity' }, ...(referrer === null ? {} : { referrer }), ...(limit === undefined ? {} : { limit }) })
    return { ...answer, url }
  }
}

/** Enforced also where clients are only observed: what is condemned would speak for whatever depends on it. */
function forRuns({ sandbox: _runs, ...policy }: Policy): Policy {
  return { ...policy, id: `${policy.id} (for runs)`, mode: 'enforce', minimumAge: { npm: 0, pypi: 0, go: 0 } }
}

const refused = (version: string, { action, because }: Ruling): SluiceError => new SluiceError('forbidden', `this gate ${action === 'hold' ? 'holds' : 'refuses'} ${version}: ${because}`)
const absent = (url: string, status: number): UpstreamAnswer => ({ status, headers: {}, url, body: Readable.from([]) })
const found = (url: string, contentType: string, body: Uint8Array): UpstreamAnswer => ({ status: 200, headers: { 'content-type': contentType }, url, body: Readable.from([body]) })
