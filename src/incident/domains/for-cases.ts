import { isCode } from '../../core/errors.ts'
import type { TargetFacts } from '../matter-of.ts'
import type { Matter, TargetType } from '../tickets/matter.ts'
import type { Domains } from './domains.ts'
import type { Contact } from './rdap/contact.ts'
import type { RegistrationFacts } from './facts.ts'
import type { Sibling } from './siblings.ts'
import { readTarget } from './target.ts'

/** What was seen within this time need not be asked for again to write about it. */
const FRESH = 6 * 3_600_000

/** What a complaint about a domain or address needs: who registered it, whose network it is in, whom to write to. Null for anything else. */
export async function factsFor(domains: Domains, type: TargetType, value: string): Promise<TargetFacts | null> {
  if (type !== 'domain' && type !== 'ip' && type !== 'url') return null
  const { facts, networks, lastSeen, imitations } = await domains.known(value, FRESH)
  const domain = facts.rdap?.outcome === 'found' && facts.rdap.kind === 'domain' ? facts.rdap.record : null
  const registered = domain?.events.find(({ action }) => action === 'registration')?.at
  return {
    registered: registered === undefined ? null : new Date(registered),
    registrar: domain?.registrar?.name ? { name: domain.registrar.name, abuse: mailbox(domain.abuse) } : null,
    network: [...(type === 'ip' && facts.rdap ? [facts.rdap] : []), ...networks].map(networkOf).find((one) => one !== null) ?? null,
    nameServers: domain?.nameServers.length ? domain.nameServers : facts.dns?.domain.NS?.records ?? [],
    addresses: [...facts.dns?.host.A?.records ?? [], ...facts.dns?.host.AAAA?.records ?? []], lastSeen,
    imitates: imitations.filter(({ sure }) => sure).map(({ of, ways }) => `${of}: ${ways[0]?.says ?? ''}`),
  }
}

const mailbox = (contact: Contact | null): string | null => contact?.emails[0] ?? null

function networkOf(registration: RegistrationFacts): TargetFacts['network'] {
  if (registration.outcome !== 'found' || registration.kind !== 'network') return null
  const { holder, name, range, abuse } = registration.record
  return { name: holder?.organisation ?? holder?.name ?? name ?? range, abuse: mailbox(abuse) }
}

type Relation = Matter['related'][number]['relation']
const RELATIONS: Readonly<Record<string, Relation>> = {
  registrant: 'same_registrant', mailbox: 'same_registrant', servers: 'same_nameserver', soa: 'same_nameserver', address: 'same_ip', certificate: 'same_ssl_cert',
  likeness: 'similar_pattern',
}
/** What is told to others has to have more than one weak reason. */
const TOLD = 0.4

/** Other domains of the same hands, as far as it may be said, with what ties them most. */
export async function relatedTo(domains: Domains, value: string): Promise<Matter['related']> {
  if (!isDomain(value)) return []
  return (await domains.siblings(value)).filter(({ score }) => score >= TOLD).slice(0, 20).flatMap(related)
}

function isDomain(value: string): boolean {
  try {
    return readTarget(value).type === 'domain'
  } catch (thrown) {
    if (isCode(thrown, 'usage')) return false
    throw thrown
  }
}

function related({ target, reasons }: Sibling): Matter['related'][number][] {
  const relation = reasons.map(({ kind }) => RELATIONS[kind]).find((one) => one !== undefined)
  return relation === undefined ? [] : [{ value: target.replace(/^domain:/, ''), relation }]
}
