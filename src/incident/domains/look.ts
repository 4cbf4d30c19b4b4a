import { createHash } from 'node:crypto'
import { sentence, SluiceError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DnsType, Resolver } from '../../ports/resolver.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { DnsFacts, Facts, RegistrationFacts } from './facts.ts'
import { certificatesOf, passiveOf } from './outside.ts'
import type { Rdap, Registration } from './rdap/client.ts'
import { readTarget } from './target.ts'
import type { Target } from './target.ts'

export interface LookParts {
  /** null: registrations are not asked for. */
  rdap: Pick<Rdap, 'ask'> | null
  resolver: Resolver
  upstream: Upstream
  clock: Clock
  /** URLs with `{domain}`; null: not asked. */
  certificates: string | null
  passiveDns: string | null
}

/** Everything that can be asked about a target at one moment. What was not asked is not there. */
export interface Looked {
  target: Target
  at: Date
  facts: Partial<Omit<Facts, 'evidence'>>
  /** Networks of its addresses, the first few. */
  networks: { address: string; registration: RegistrationFacts }[]
  /** When the registry wants to be asked again; null: it said nothing. */
  retryAt: Date | null
  /** What could not be asked, as sentences. */
  problems: string[]
}

const NETWORKS = 4

/** Asks all sources at once; none of them failing keeps the others from being heard. */
export async function lookAt(parts: LookParts, target: Target): Promise<Looked> {
  const at = parts.clock.now()
  const problems: string[] = []
  const [registration, dns, certificates, passive] = await Promise.all([
    parts.rdap?.ask(target) ?? null,
    target.type === 'domain' ? dnsOf(parts.resolver, target.value, target.domain ?? target.value) : null,
    outside(problems, 'certificates', parts.certificates, target, (template, domain) => certificatesOf(parts.upstream, template, domain)),
    outside(problems, 'passive DNS', parts.passiveDns, target, (template, domain) => passiveOf(parts.upstream, template, domain)),
  ])
  const addresses = dns === null ? [] : [...dns.host.A?.records ?? [], ...dns.host.AAAA?.records ?? []].slice(0, NETWORKS)
  const networks = await Promise.all(addresses.map(async (address) => ({ address, registration: parts.rdap === null ? null : await parts.rdap.ask(readTarget(address)) })))
  problems.push(...registration?.problems ?? [])
  return {
    target, at, problems, retryAt: registration?.outcome === 'unanswered' ? registration.retryAt : null,
    facts: { ...(registration ? { rdap: kept(registration) } : {}), ...(dns ? { dns } : {}), ...(certificates ? { certificates } : {}), ...(passive ? { 'passive-dns': passive } : {}) },
    networks: networks.flatMap(({ address, registration: found }) => (found === null ? [] : [{ address, registration: kept(found) }])),
  }
}

/** Without what differs at every look. */
function kept(registration: Registration): RegistrationFacts {
  const { servers, problems } = registration
  if (registration.outcome === 'unanswered') return { outcome: 'unanswered', why: registration.why, servers, problems }
  if (registration.outcome === 'absent') return { outcome: 'absent', servers, problems }
  return registration
}

async function outside<T>(problems: string[], what: string, template: string | null, target: Target, ask: (template: string, domain: string) => Promise<T>): Promise<T | null> {
  if (template === null || target.type !== 'domain' || target.domain === null) return null
  try {
    return await ask(template, target.domain)
  } catch (thrown) {
    if (!(thrown instanceof SluiceError)) throw thrown
    problems.push(`${what}: ${sentence(thrown)}`)
    return null
  }
}

const OF_HOST = ['A', 'AAAA', 'CNAME'] as const
const OF_DOMAIN = ['NS', 'MX', 'TXT', 'SOA'] as const

async function dnsOf(resolver: Resolver, host: string, domain: string): Promise<DnsFacts> {
  const ask = async (name: string, types: readonly DnsType[]): Promise<DnsFacts['host']> => Object.fromEntries(await Promise.all(types.map(async (type) => [type, await resolver.resolve(name, type)])))
  const [ofHost, ofDomain, any] = await Promise.all([ask(host, OF_HOST), ask(domain, OF_DOMAIN), resolver.resolve(`${unlikely(domain)}.${domain}`, 'A')])
  const lost = ofDomain.NS?.outcome === 'no-name' || ofHost.A?.outcome === 'no-name' ? await lostEnding(resolver, domain) : null
  if (lost !== null) return { host: unbelieved(ofHost, lost), domain: unbelieved(ofDomain, lost), wildcard: null }
  return { host: ofHost, domain: ofDomain, wildcard: any.outcome === 'failed' ? null : any.outcome === 'found' }
}

/** A resolver without a way out says that nothing exists. One that knows not even the ending is not believed; why, or null. */
async function lostEnding(resolver: Resolver, domain: string): Promise<string | null> {
  const ending = domain.split('.').at(-1) as string
  const { outcome } = await resolver.resolve(ending, 'NS')
  return outcome === 'no-name' || outcome === 'failed' ? `the resolver does not know .${ending} either` : null
}

const unbelieved = (answers: DnsFacts['host'], why: string): DnsFacts['host'] =>
  Object.fromEntries(Object.entries(answers).map(([type, answer]) => [type, answer.outcome === 'no-name' ? { outcome: 'failed', records: [], why } : answer]))

/** A label that nobody has, the same at each look: what answers for it answers for everything. */
const unlikely = (domain: string): string => `x${createHash('sha256').update(domain).digest('hex').slice(0, 20)}`
