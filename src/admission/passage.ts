import { sentence, SluiceError } from '../core/errors.ts'
import type { EcosystemId, HttpAnswer } from '../core/types.ts'
import type { Ask, ServiceDesk } from '../ecosystems/ecosystem.ts'
import { advisoriesFor } from '../intel/store.ts'
import type { Context } from './context.ts'
import { privateWords } from './private-words.ts'
import type { Asker, Served } from './serve.ts'

/** Passed-through documents are small: search results, keys, attestations, log tiles. */
const LARGEST = 32 * 1024 * 1024
const KEPT = ['content-type', 'etag', 'last-modified', 'cache-control']

type Passthrough = Extract<Ask, { kind: 'passthrough' }>
type Way = { url: string } | { url: null; name: string | null; private: boolean; why: string }

/** What clients ask besides index documents and bytes: handed to upstream as it is, or answered here. */
export class Passage {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** A request upstream answers. What names something private goes to its own registry or nowhere. */
  async through(ecosystem: EcosystemId, ask: Passthrough, { accept, asker }: { accept: string; asker: Asker }): Promise<HttpAnswer | Served> {
    const way = this.#wayOf(ecosystem, ask)
    if (way.url === null) return way.private ? this.#deny(ecosystem, way, asker) : { kind: 'down', because: way.why }
    try {
      const url = new URL(ask.path.replace(/^\//, '') + (ask.query ? `?${ask.query}` : ''), way.url)
      if (!url.href.startsWith(way.url)) return { kind: 'absent', status: 400, text: 'the path leaves the registry' }
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

  /** Words that name private packages of more than one registry go to none of them. */
  #wayOf(ecosystem: EcosystemId, { name, words = '' }: Passthrough): Way {
    const found = words === '' ? [] : privateWords(this.#context.policy().private.filter((entry) => entry.ecosystem === ecosystem), words)
    const [first] = found
    if (!first) {
      const source = this.#context.sources.of(ecosystem, name)
      return source.url === null ? { ...source, name } : source
    }
    const { registry } = first.entry
    if (registry !== null && found.every(({ entry }) => entry.registry === registry)) return { url: registry.replace(/\/*$/, '/') }
    return { url: null, name: first.word, private: true, why: `${first.word} is private: this goes to no public registry` }
  }

  async #deny(ecosystem: EcosystemId, { name, why }: Extract<Way, { url: null }>, asker: Asker): Promise<Served> {
    const ruling = { action: 'hold', reason: 'private', because: why } as const
    await this.#context.ledger.append({
      at: this.#context.clock.now(), kind: 'denied', ecosystem, name, ...ruling, client: asker.client, token: asker.token, address: asker.address,
      request: asker.requestId, ...(asker.forwarded ? { forwarded: asker.forwarded } : {}),
    })
    return { kind: 'denied', version: null, ruling: { ...ruling, until: null } }
  }

  /** What an ecosystem's local services may know, for one caller. What the public says of a name says nothing of a private one. */
  desk(ecosystem: EcosystemId, asker: Asker): ServiceDesk {
    const { database, sources } = this.#context
    return {
      caller: asker.token,
      advisories: (name) => (sources.of(ecosystem, name).private ? Promise.resolve([]) : advisoriesFor(database, ecosystem, name)),
    }
  }
}
