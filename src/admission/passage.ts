import { sentence, SluiceError } from '../core/errors.ts'
import type { EcosystemId, HttpAnswer } from '../core/types.ts'
import type { Ask, ServiceDesk } from '../ecosystems/ecosystem.ts'
import { advisoriesFor } from '../intel/store.ts'
import type { Context } from './context.ts'
import type { Asker, Served } from './serve.ts'

/** Passed-through documents are small: search results, keys, attestations, log tiles. */
const LARGEST = 32 * 1024 * 1024
const KEPT = ['content-type', 'etag', 'last-modified', 'cache-control']

/** What clients ask besides index documents and bytes: handed to upstream as it is, or answered here. */
export class Passage {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** A request upstream answers. A private name goes to its own registry or nowhere. */
  async through(
    ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'passthrough' }>, { query, accept }: { query: string; accept: string; asker: Asker },
  ): Promise<HttpAnswer | Served> {
    const source = this.#context.sources.of(ecosystem, ask.name)
    if (source.url === null) {
      return source.private ? { kind: 'denied', version: null, ruling: { action: 'hold', reason: 'private', because: source.why, until: null } } : { kind: 'down', because: source.why }
    }
    try {
      const url = new URL(ask.path.replace(/^\//, '') + (query ? `?${query}` : ''), source.url)
      if (!url.href.startsWith(source.url)) return { kind: 'absent', status: 400, text: 'the path leaves the registry' }
      const answer = await this.#context.upstream.fetch(url.href, { headers: accept ? { accept } : {}, limit: LARGEST })
      const type = answer.headers['content-type'] ?? 'application/octet-stream'
      if (answer.status === 200 && ask.contentTypes.length > 0 && !ask.contentTypes.some((known) => type.startsWith(known))) {
        answer.body.destroy()
        return { kind: 'down', because: `upstream answered with ${type}` }
      }
      const chunks: Buffer[] = []
      for await (const chunk of answer.body) chunks.push(chunk as Buffer)
      const headers = Object.fromEntries(KEPT.flatMap((name) => (answer.headers[name] === undefined ? [] : [[name, answer.headers[name]]])))
      return { status: answer.status, headers, body: Buffer.concat(chunks) }
    } catch (thrown) {
      if (thrown instanceof SluiceError) return { kind: 'down', because: sentence(thrown) }
      throw thrown
    }
  }

  /** What an ecosystem's local services may know, for one caller. */
  desk(ecosystem: EcosystemId, asker: Asker): ServiceDesk {
    return {
      caller: asker.token,
      advisories: (name) => advisoriesFor(this.#context.database, ecosystem, name),
    }
  }
}
