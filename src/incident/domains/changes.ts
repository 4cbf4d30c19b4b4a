import type { DnsFacts, Facts, RegistrationFacts, Source } from './facts.ts'
import type { DnsType } from '../../ports/resolver.ts'
import type { DomainRecord } from './rdap/records.ts'

/** Something that is otherwise than when it was last looked at. `kind` for programs, `says` for people. */
export interface Change {
  kind: 'registered' | 'unregistered' | 'registrar' | 'status' | 'name-servers' | 'registration' | 'contact' | 'addresses' | 'dns' | 'certificates' | 'passive-dns' | 'evidence' | 'network'
  says: string
}

/** What changed between two observations of one source; of the first, what there is to begin with. Trouble with asking changes nothing. */
export function changesBetween<S extends Source>(source: S, before: Facts[S] | null, after: Facts[S]): Change[] {
  return CHANGES[source](before, after)
}

const CHANGES: { [S in Source]: (before: Facts[S] | null, after: Facts[S]) => Change[] } = {
  rdap: registration,
  dns,
  certificates: (before, after) => {
    const known = new Set(before?.certificates.map(({ serial, from }) => `${serial} ${from}`))
    return after.certificates.filter(({ serial, from }) => !known.has(`${serial} ${from}`)).slice(0, 20)
      .map(({ names, issuer, from }) => ({ kind: 'certificates', says: `a certificate of ${from.slice(0, 10)} by ${issuer} for ${some(names)}` }))
  },
  'passive-dns': (before, after) => {
    const known = new Set(before?.records.map((one) => JSON.stringify([one.name, one.type, one.data])))
    return after.records.filter((one) => !known.has(JSON.stringify([one.name, one.type, one.data]))).slice(0, 50)
      .map(({ name, type, data, first, last }) => {
        const when = first === null ? '' : `, seen from ${first.slice(0, 10)} to ${(last ?? '').slice(0, 10) || 'now'}`
        return { kind: 'passive-dns', says: `${name} had ${type} ${some(data)}${when}` }
      })
  },
  evidence: (_before, { says, from }) => [{ kind: 'evidence', says: `${from}: ${says}` }],
}

const some = (all: readonly string[]): string => (all.length <= 4 ? all.join(', ') : `${all.slice(0, 4).join(', ')} and ${all.length - 4} more`)

function registration(before: RegistrationFacts | null, after: RegistrationFacts): Change[] {
  if (after.outcome === 'unanswered') return []
  if (after.outcome === 'absent') return before === null || before.outcome === 'found' ? [{ kind: 'unregistered', says: before === null ? 'is not registered' : 'is registered no more' }] : []
  if (after.kind === 'network') {
    const { range, name, country } = after.record
    const same = before?.outcome === 'found' && before.kind === 'network' && before.record.range === range && before.record.name === name
    return same ? [] : [{ kind: 'network', says: `belongs to ${range}${name === null ? '' : ` (${name})`}${country === null ? '' : `, ${country}`}` }]
  }
  if (before?.outcome !== 'found' || before.kind !== 'domain') return first(after.record, before?.outcome === 'absent')
  return between(before.record, after.record)
}

const dated = (record: DomainRecord, action: string): string | null => record.events.find((event) => event.action === action)?.at ?? null

function first(record: DomainRecord, again: boolean): Change[] {
  const registered = dated(record, 'registration')
  const held = record.statuses.filter((status) => TELLING.test(status))
  return [
    { kind: 'registered', says: `is registered${again ? ' again' : ''}${registered === null ? '' : ` since ${registered.slice(0, 10)}`}${record.registrar?.name ? ` at ${record.registrar.name}` : ''}` },
    { kind: 'name-servers', says: record.nameServers.length === 0 ? 'has no name servers' : `has the name servers ${some(record.nameServers)}` },
    ...(held.length === 0 ? [] : [{ kind: 'status' as const, says: `is ${some(held)}` }]),
  ]
}

/** States that say something about who may use the name. */
const TELLING = /hold|redemption|pending delete|pending transfer|inactive|pending restore/

function between(before: DomainRecord, after: DomainRecord): Change[] {
  const found: Change[] = []
  if (after.registrar?.name !== before.registrar?.name) found.push({ kind: 'registrar', says: `went from registrar ${before.registrar?.name ?? 'unknown'} to ${after.registrar?.name ?? 'unknown'}` })
  const gained = after.statuses.filter((status) => !before.statuses.includes(status))
  const lost = before.statuses.filter((status) => !after.statuses.includes(status))
  if (gained.length > 0) found.push({ kind: 'status', says: `is now ${some(gained)}` })
  if (lost.length > 0) found.push({ kind: 'status', says: `is no longer ${some(lost)}` })
  if (after.nameServers.join() !== before.nameServers.join()) {
    const [was, is] = [some(before.nameServers) || 'none', some(after.nameServers)]
    found.push({ kind: 'name-servers', says: is === '' ? `has lost its name servers ${was}` : `has the name servers ${is}, no longer ${was}` })
  }
  for (const action of ['registration', 'expiration', 'transfer'] as const) {
    const [was, is] = [dated(before, action), dated(after, action)]
    if (was !== is && is !== null) found.push({ kind: 'registration', says: `its ${action} is dated ${is.slice(0, 10)}${was === null ? '' : `, no longer ${was.slice(0, 10)}`}` })
  }
  const [was, is] = [before.abuse?.emails.join(), after.abuse?.emails.join()]
  if (was !== is) found.push({ kind: 'contact', says: `complaints go to ${is || 'nobody who is named'}${was ? `, no longer to ${was}` : ''}` })
  return found
}

function dns(before: DnsFacts | null, after: DnsFacts): Change[] {
  const found: Change[] = []
  for (const [of, kinds] of [['host', ['A', 'AAAA', 'CNAME']], ['domain', ['NS', 'MX', 'TXT', 'SOA']]] as const) {
    const name = (facts: DnsFacts | null): string | undefined => kinds.map((kind) => facts?.[of][kind]?.outcome).find((outcome) => outcome !== undefined && outcome !== 'failed')
    const missing = name(after) === 'no-name'
    if (missing) {
      if (name(before) !== 'no-name') found.push({ kind: 'dns', says: `${of === 'host' ? 'the name' : 'the domain'} is not in DNS${before === null ? '' : ' any more'}` })
      continue
    }
    for (const kind of kinds) found.push(...records(kind, before?.[of][kind], after[of][kind], before === null))
  }
  return found
}

function records(kind: DnsType, before: DnsFacts['host'][DnsType], after: DnsFacts['host'][DnsType], beginning: boolean): Change[] {
  if (after === undefined || after.outcome === 'failed') return []
  const [was, is] = [before?.records ?? [], after.records]
  if (was.join() === is.join()) return []
  const says = is.length === 0 ? `DNS has no ${kind} any more (it was ${some(was)})` : `DNS has ${kind} ${some(is)}${beginning || was.length === 0 ? '' : `, no longer ${some(was)}`}`
  return [{ kind: kind === 'A' || kind === 'AAAA' || kind === 'CNAME' ? 'addresses' : kind === 'NS' ? 'name-servers' : 'dns', says }]
}

/** What counts as known after an observation: whoever could not be asked takes nothing back. */
export function carried<S extends Source>(source: S, before: Facts[S] | null, after: Facts[S]): Facts[S] {
  if (before === null) return after
  if (source === 'rdap') return (after as RegistrationFacts).outcome === 'unanswered' ? before : after
  if (source !== 'dns') return after
  const [was, is] = [before as DnsFacts, after as DnsFacts]
  const kept = (of: 'host' | 'domain'): DnsFacts['host'] => ({ ...was[of], ...Object.fromEntries(Object.entries(is[of]).filter(([, answer]) => answer.outcome !== 'failed')) })
  return { host: kept('host'), domain: kept('domain'), wildcard: is.wildcard ?? was.wildcard } as Facts[S]
}
