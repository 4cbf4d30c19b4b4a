import type { DomainAnswer } from '../api/domains-schemas.ts'
import { moment, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'

type Report = DomainAnswer<'report'>
type Registration = Report['looked']['networks'][number]['registration']
type Contact = { name: string | null; organisation: string | null; emails: string[]; urls: string[]; phones: string[] } | null

/** One look at a name or address. `safe` makes a name of it that nobody can follow. */
export function showReport(report: Report, { paint, lines, note, width }: Printer, safe: (target: string) => string): void {
  const { looked: { facts, networks, problems, retryAt }, state, reasons, target } = report
  const colour = state === 'down' ? paint.green : state === 'up' ? paint.red : paint.yellow
  lines(`${paint.bold(safe(target))}${target.startsWith('domain:') ? `  ${colour(state)}${report.relapse ? paint.red(' again: it was down') : ''}` : ''}`)
  if (target.startsWith('domain:')) for (const reason of reasons) for (const line of wrap(plain(reason, 300), width - 2)) lines(`  ${line}`)
  const rows: [string, string][] = []
  for (const { of, ways } of report.imitations.slice(0, 3)) rows.push(['imitates', `${of}: ${ways[0]?.says ?? ''}`])
  if (facts.rdap) rows.push(...registrationRows(facts.rdap))
  if (facts.dns) rows.push(...dnsRows(facts.dns))
  for (const { address, registration } of networks) rows.push(['network', `${address}: ${networkLine(registration)}`])
  if (facts.certificates) {
    const { certificates: all, cut } = facts.certificates
    const [last] = all
    rows.push(['certificates', `${all.length}${cut ? ' and more' : ''}${last ? `, the last of ${last.from.slice(0, 10)} for ${last.names.slice(0, 5).join(', ')}` : ''}`])
  }
  for (const { name, type, data, first, last } of facts['passive-dns']?.records.slice(-5) ?? []) {
    rows.push(['passive DNS', `${name} ${type} ${data.slice(0, 4).join(', ')} ${first?.slice(0, 10) ?? ''} to ${last?.slice(0, 10) ?? ''}`])
  }
  for (const change of report.changes) rows.push(['changed', change])
  for (const [head, text] of rows) {
    const [first = '', ...rest] = wrap(plain(text, 600), width - 16)
    lines(`  ${paint.dim(head.padEnd(12))}  ${first}`, ...rest.map((line) => `${' '.repeat(16)}${line}`))
  }
  for (const problem of problems) note(plain(problem, 300))
  if (retryAt !== null) note(`It is not asked again before ${moment(retryAt)}.`)
}

function registrationRows(registration: Registration): [string, string][] {
  if (registration.outcome === 'unanswered') return [['registration', `not known: ${registration.why}`]]
  if (registration.outcome === 'absent') return [['registration', 'there is none']]
  const { record } = registration
  const events = record.events.filter(({ action }) => /^(?:registration|expiration|last changed|transfer)$/.test(action)).map(({ action, at }) => `${action} ${at.slice(0, 10)}`).join(', ')
  const shared = ([['dates', events], ['complaints', contactLine(record.abuse) ?? 'nobody is named'], ['odd', record.odd.join('; ')]] as [string, string][]).filter(([, text]) => text !== '')
  if (registration.kind === 'network') return [['network', networkLine(registration)], ...shared]
  const { registrar, registrant, nameServers, statuses, redacted } = registration.record
  return [
    ['registrar', registrar === null ? 'not named' : [registrar.name, registrar.ianaId === null ? null : `(IANA ${registrar.ianaId})`, registrar.url].filter((part) => part !== null).join(' ')],
    ...(registrant === null ? [] : [['registrant', contactLine(registrant) ?? ''] as [string, string]]), ...shared,
    ['states', statuses.join(', ') || 'none'], ['name servers', nameServers.join(', ') || 'none'], ...(redacted.length === 0 ? [] : [['left out', redacted.slice(0, 6).join(', ')] as [string, string]]),
  ]
}

function dnsRows({ host, domain, wildcard }: NonNullable<Report['looked']['facts']['dns']>): [string, string][] {
  const all = [...Object.entries(host), ...Object.entries(domain).filter(([type]) => type !== 'TXT' && type !== 'SOA')]
  return [
    ...all.flatMap(([type, { outcome, records, why }]): [string, string][] => {
      if (outcome === 'found') return [[`DNS ${type}`, records.slice(0, 8).join(', ')]]
      return outcome === 'failed' ? [[`DNS ${type}`, why ?? 'no answer']] : []
    }),
    ...(wildcard === true ? [['DNS', 'every name below the domain has an address'] as [string, string]] : []),
  ]
}

function contactLine(contact: Contact): string | null {
  if (contact === null) return null
  const { name, organisation, emails, urls, phones } = contact
  return [name, organisation === name ? null : organisation, ...emails, ...urls, ...(emails.length === 0 ? phones : [])].filter((part) => part !== null).join(', ')
}

function networkLine(registration: Registration): string {
  if (registration.outcome !== 'found') return registration.outcome === 'absent' ? 'no network' : registration.why
  if (registration.kind !== 'network') return ''
  const { range, name, country, holder, abuse } = registration.record
  return [range, name, country, holder?.name, abuse?.emails[0] === undefined ? null : `complaints to ${abuse.emails[0]}`].filter((part) => part !== null && part !== undefined).join(', ')
}
