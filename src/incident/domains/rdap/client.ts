import { buffer } from 'node:stream/consumers'
import { sentence, SluiceError } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Upstream, UpstreamAnswer } from '../../../ports/upstream.ts'
import type { Target } from '../target.ts'
import { at, thing, things, words } from './json.ts'
import type { Thing } from './json.ts'
import type { Lists } from './lists.ts'
import { readAutonomous, readDomain, readNetwork } from './records.ts'
import type { DomainRecord, NetworkRecord } from './records.ts'

/**
 * What asking about a registration came to. `absent`: the registry has it not. `unanswered`: nobody answers about such names, or who
 * does could not be asked; `retryAt` where it said when. `problems`: what went wrong beside the answer.
 */
export type Registration =
  | { kind: 'domain'; outcome: 'found'; record: DomainRecord; servers: string[]; problems: string[] }
  | { kind: 'network'; outcome: 'found'; record: NetworkRecord; servers: string[]; problems: string[] }
  | { kind: 'domain' | 'network'; outcome: 'absent'; servers: string[]; problems: string[] }
  | { kind: 'domain' | 'network'; outcome: 'unanswered'; why: string; retryAt: Date | null; servers: string[]; problems: string[] }

export interface RdapParts {
  /** Goes to public addresses by https alone, unless the operator named the host. */
  upstream: Upstream
  lists: Lists
  clock: Clock
}

const LARGEST = 1024 * 1024
const PATIENCE = 15_000
/** Of an answer from head to end: one that drips is none. */
const WHOLE = 20_000
const MOST_BUSY = 1_000
const LONGEST_WAIT = 24 * 3_600_000

/** Asks who registered a domain, or whose an address is (RFC 9082, 9083). Never throws for what servers do. */
export class Rdap {
  readonly #parts: RdapParts
  /** Servers that asked for patience, by origin. */
  readonly #busy = new Map<string, number>()

  constructor(parts: RdapParts) {
    this.#parts = parts
  }

  async ask(target: Target): Promise<Registration> {
    const kind = target.type === 'domain' ? 'domain' : 'network'
    if (target.type === 'domain' && target.domain === null) return { kind, outcome: 'unanswered', why: `${target.value} is a name under which others register`, retryAt: null, servers: [], problems: [] }
    const asked: Target = target.type === 'domain' ? { ...target, value: target.domain as string } : target
    const problems: string[] = []
    const servers: string[] = []
    let retryAt: Date | null = null
    try {
      for (const base of await this.#parts.lists.serversFor(asked)) {
        const url = new URL(PATHS[asked.type] + encodeURIComponent(asked.value).replaceAll('%3A', ':'), base).href
        servers.push(base)
        try {
          const answer = await this.#get(url)
          if (answer === null) return { kind, outcome: 'absent', servers, problems }
          const found = this.#read(asked, answer)
          return found.kind === 'domain' ? { ...found, outcome: 'found', ...await this.#furthered(found.record, answer, { servers, problems, url }) } : { ...found, outcome: 'found', servers, problems }
        } catch (thrown) {
          problems.push(sentence(thrown))
          if (thrown instanceof TooMany) retryAt = thrown.until
          else if (!(thrown instanceof SluiceError)) throw thrown
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof SluiceError)) throw thrown
      problems.push(sentence(thrown))
    }
    return { kind, outcome: 'unanswered', why: problems.at(-1) ?? `no RDAP server is known for ${asked.type === 'domain' ? `.${asked.value.split('.').at(-1)}` : asked.value}`, retryAt, servers, problems }
  }

  #read(asked: Target, answer: Thing): { kind: 'domain'; record: DomainRecord } | { kind: 'network'; record: NetworkRecord } {
    const now = this.#parts.clock.now()
    if (asked.type === 'domain') return { kind: 'domain', record: readDomain(answer, asked.value, now) }
    return { kind: 'network', record: asked.type === 'ip' ? readNetwork(answer, asked.value, now) : readAutonomous(answer, asked.value, now) }
  }

  /** A thin registry points at the registrar's own server, which knows the abuse desk: one step, and only about the same name. */
  async #furthered(record: DomainRecord, answer: Thing, { servers, problems, url }: { servers: string[]; problems: string[]; url: string }): Promise<{ record: DomainRecord; servers: string[]; problems: string[] }> {
    const link = things(at(answer, 'links')).find((one) => words(at(one, 'rel')) === 'related' && /rdap/i.test(words(at(one, 'type')) ?? ''))
    const href = link && words(at(link, 'href'))
    if (!href || href === url) return { record, servers, problems }
    try {
      const further = await this.#get(href, url)
      if (further === null) problems.push('the registrar\'s own server does not know the domain')
      else {
        const more = readDomain(further, record.name, this.#parts.clock.now())
        return { record: merged(record, more), servers: [...servers, new URL(href).origin], problems }
      }
    } catch (thrown) {
      if (!(thrown instanceof SluiceError) && !(thrown instanceof TooMany)) throw thrown
      problems.push(`the registrar's own server: ${sentence(thrown)}`)
    }
    return { record, servers, problems }
  }

  /** null: not found. */
  async #get(url: string, referrer?: string): Promise<Thing | null> {
    const origin = URL.parse(url)?.origin ?? ''
    const now = this.#parts.clock.now().getTime()
    const busy = this.#busy.get(origin) ?? 0
    if (busy > now) throw new TooMany(`${origin} asked not to be asked before ${new Date(busy).toISOString()}`, new Date(busy))
    const answer = await this.#parts.upstream.fetch(url, {
      headers: { accept: 'application/rdap+json, application/json' }, limit: LARGEST, timeout: PATIENCE, ...(referrer === undefined ? {} : { referrer }),
    })
    if (answer.status === 429 || answer.status === 503) {
      answer.body.destroy()
      const until = laterThan(answer, now)
      if (this.#busy.size > MOST_BUSY) this.#busy.clear()
      for (const one of [origin, new URL(answer.url).origin]) this.#busy.set(one, until.getTime())
      throw new TooMany(`${origin} answers ${answer.status}: not before ${until.toISOString()}`, until)
    }
    if (answer.status === 404) {
      answer.body.destroy()
      return null
    }
    if (answer.status !== 200) {
      answer.body.destroy()
      throw new SluiceError('upstream-status', `${origin} answers ${answer.status}`)
    }
    return parsed(await whole(answer), origin)
  }
}

const PATHS: Readonly<Record<Target['type'], string>> = { domain: 'domain/', ip: 'ip/', asn: 'autnum/' }

class TooMany extends Error {
  readonly until: Date
  constructor(message: string, until: Date) {
    super(message)
    this.until = until
  }
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), within a day; where it says nothing, a minute. */
function laterThan({ headers }: UpstreamAnswer, now: number): Date {
  const said = headers['retry-after'] ?? ''
  const ms = /^\d{1,9}$/.test(said.trim()) ? Number(said) * 1_000 : Date.parse(said) - now
  return new Date(now + (Number.isFinite(ms) ? Math.min(Math.max(ms, 1_000), LONGEST_WAIT) : 60_000))
}

async function whole({ body, url }: UpstreamAnswer): Promise<Buffer> {
  const slow = setTimeout(() => body.destroy(new SluiceError('upstream-slow', `the answer of ${new URL(url).origin} took longer than ${WHOLE / 1_000} s`)), WHOLE)
  try {
    return await buffer(body)
  } finally {
    clearTimeout(slow)
  }
}

function parsed(bytes: Buffer, origin: string): Thing {
  const text = bytes.toString('utf8')
  try {
    const value = thing(JSON.parse(text))
    if (value !== null) return value
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
  }
  throw new SluiceError('upstream-wrong-type', `${origin} answers with ${/^\s*</.test(text) ? 'a web page' : 'something that is not JSON'} instead of RDAP`)
}

/** The registry is right about what it keeps: dates, states, name servers. The registrar is about people. */
function merged(registry: DomainRecord, registrar: DomainRecord): DomainRecord {
  const odd = [...registry.odd, ...registrar.odd]
  const both = (key: 'name' | 'ianaId' | 'url'): string | null => registry.registrar?.[key] ?? registrar.registrar?.[key] ?? null
  if (registrar.nameServers.length > 0 && registrar.nameServers.join() !== registry.nameServers.join()) odd.push('registry and registrar name different name servers')
  return {
    ...registry, odd,
    abuse: registrar.abuse?.emails.length ? registrar.abuse : registry.abuse ?? registrar.abuse,
    registrant: registrar.registrant ?? registry.registrant,
    registrar: { name: both('name'), ianaId: both('ianaId'), url: both('url') },
    redacted: [...new Set([...registry.redacted, ...registrar.redacted])],
  }
}
