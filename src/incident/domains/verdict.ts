import { BlockList, isIP } from 'node:net'
import type { DnsFacts, RegistrationFacts } from './facts.ts'

export type State = 'up' | 'parked' | 'down' | 'unknown'

export interface StateOf {
  state: State
  /** Sentences, the most telling first; never empty. */
  reasons: readonly string[]
}

/** Domains of those who take names over, or show a page in place of a suspended customer's. Only who holds these can name servers so. */
const SINKHOLES = /(?:^|\.)(?:shadowserver\.org|csof\.net|microsoftinternetsafety\.net|sinkhole\.cert\.pl|(?:verify-contact-details|failed-whois-verification)\.namecheap\.com)$/
/** What anybody may call a server, an attacker too: a person has to look. */
const SAYS_SO = /(?:^|[.-])(?:sinkhole|sinkdns|seized|suspended|suspension|abuse-?hold|blocked-?domain|domain-?hold)(?:[.-]|\d)/
/** Companies that show advertisements on unused names. */
const PARKERS = `parkingcrew sedoparking bodis parklogic above afternic dan undeveloped uniregistrymarket hugedomains parkpage cashparking domainparking
  fastpark voodoo ztomy`.trim().split(/\s+/)
const PARKING = new RegExp(`(?:^|\\.)(?:${PARKERS.join('|')})\\.(?:com|net|org|eu|info)$`)
const nowhere = new BlockList()
for (const [network, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16], ['240.0.0.0', 4]] as const) nowhere.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [['::', 127], ['fc00::', 7], ['fe80::', 10]] as const) nowhere.addSubnet(network, bits, 'ipv6')

/** Whether an address is reached by nobody on the internet. Ranges for documentation are not among them: DNS has to answer them for a reason. */
const isNowhere = (address: string): boolean => isIP(address) !== 0 && nowhere.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const ENDED = /client hold|server hold|redemption period|pending delete/

/**
 * Whether a name is taken down, from what its registry and DNS say. Down needs a reason that is seen: that nobody could be asked, or that
 * name servers fail, is no end. What still answers in DNS is up, whatever the registry says. Null: that source was not asked.
 */
export function stateOf(rdap: RegistrationFacts | null, dns: DnsFacts | null): StateOf {
  const registry = rdap === null || rdap.outcome === 'unanswered' ? null : rdap
  const ends = registry === null ? [] : endings(registry)
  const seen = dns === null ? null : presence(dns)
  if (seen?.state === 'sinkholed') return { state: 'down', reasons: [...seen.reasons, ...ends] }
  if (seen?.state === 'parked') return { state: 'parked', reasons: [...seen.reasons, ...ends] }
  if (seen?.state === 'answers') return { state: 'up', reasons: [...seen.reasons, ...ends.map((end) => `the registry says that it ${end}, but DNS still answers: caches may last two days`)] }
  if (ends.length > 0) return { state: 'down', reasons: [...ends.map((end) => `it ${end}`), ...seen?.reasons ?? []] }
  if (seen?.state === 'gone') return { state: 'down', reasons: seen.reasons }
  if (seen?.state === 'delegated') return { state: 'up', reasons: [...seen.reasons, 'it can be used at any moment'] }
  const registered = registry?.outcome === 'found' && registry.kind === 'domain' && registry.record.nameServers.length > 0
  if (registered && dns === null) return { state: 'up', reasons: [`it is registered, with the name servers ${registry.record.nameServers.slice(0, 4).join(', ')}`] }
  const asked = rdap === null && seen === null ? ['nobody was asked'] : registered ? ['it is registered'] : []
  return { state: 'unknown', reasons: [...seen?.reasons ?? [], ...(rdap?.outcome === 'unanswered' ? [`registration: ${rdap.why}`] : []), ...asked] }
}

function endings(registry: Exclude<RegistrationFacts, { outcome: 'unanswered' }>): string[] {
  if (registry.outcome === 'absent') return ['is not registered']
  if (registry.kind === 'network') return []
  const { statuses, nameServers } = registry.record
  return [...statuses.filter((status) => ENDED.test(status)).map((status) => `is in the state "${status}"`), ...(nameServers.length === 0 ? ['has no name servers'] : [])]
}

interface Seen {
  /** `failing` says nothing. */
  state: 'answers' | 'delegated' | 'gone' | 'sinkholed' | 'parked' | 'failing'
  reasons: string[]
}

function presence({ host, domain }: DnsFacts): Seen {
  const addresses = [...host.A?.records ?? [], ...host.AAAA?.records ?? []]
  const aliases = host.CNAME?.records ?? []
  const servers = domain.NS?.records ?? []
  const names = [...servers, ...aliases]
  const taken = names.find((name) => SINKHOLES.test(name))
  if (taken !== undefined) return { state: 'sinkholed', reasons: [`it points at ${taken}: taken over, or suspended by its registrar`] }
  const claimed = names.find((name) => SAYS_SO.test(name))
  if (claimed !== undefined) return { state: 'parked', reasons: [`it points at ${claimed}, which is called as if it were taken over or suspended: anybody can call a server so`] }
  if (addresses.length > 0 && addresses.every(isNowhere)) return { state: 'answers', reasons: [`its address ${addresses.slice(0, 3).join(', ')} leads nowhere, until whoever holds it changes that`] }
  const parked = names.find((name) => PARKING.test(name))
  if (parked !== undefined) return { state: 'parked', reasons: [`it points at ${parked}, where unused names are parked`] }
  if (addresses.length > 0) return { state: 'answers', reasons: [`it has the address ${addresses.slice(0, 4).join(', ')}`] }
  if (domain.NS?.outcome === 'no-name') return { state: 'gone', reasons: ['DNS knows the domain no more, or not yet (NXDOMAIN)'] }
  if (host.A?.outcome === 'no-name' && domain.NS?.outcome !== 'failed') return { state: 'gone', reasons: [`DNS does not know the name (NXDOMAIN)${servers.length > 0 ? '; its domain is still there' : ''}`] }
  const mail = domain.MX?.records ?? []
  if (servers.length > 0) return { state: 'delegated', reasons: [`it has no address, but name servers (${servers.slice(0, 4).join(', ')})${mail.length > 0 ? ` and takes mail (${mail[0]})` : ''}`] }
  const why = [domain.NS?.why, host.A?.why].find((one) => one !== null && one !== undefined)
  return { state: 'failing', reasons: [why === undefined ? 'DNS has nothing of it' : `DNS: ${why}, which is no proof that it is down`] }
}
