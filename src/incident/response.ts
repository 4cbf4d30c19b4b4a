import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { OrderRequest } from '../admission/orders.ts'
import type { ExposureSubject, Exposure } from '../core/exposure.ts'
import { SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Ledger } from '../ledger/append.ts'
import type { DownloadsReport } from '../downloads/downloads.ts'
import type { Bulletin } from '../intel/bulletin.ts'
import { exposureOf } from '../ledger/exposure.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import { Cases } from './cases/cases.ts'
import type { Telling } from './cases/cases.ts'
import type { CaseState } from './cases/fold.ts'
import type { Severity, Tlp } from './cases/fact.ts'
import { tasksFor } from './cases/templates.ts'
import { gather } from './gather.ts'
import { badPackages, deedsOf, judgedFiles } from './knowledge.ts'
import { matterOf } from './matter-of.ts'
import type { TargetFacts } from './matter-of.ts'
import { partiesFor } from './parties.ts'
import { bulletinOf } from './report/bulletin.ts'
import { publicReport } from './report/public.ts'
import type { PublicReport } from './report/public.ts'
import { Reports } from './reports/reports.ts'
import type { Report, Reporting } from './reports/reports.ts'
import type { ReportRule } from './reports/rule.ts'
import { secretsOf } from './secrets-of.ts'
import type { Message } from './tickets/message.ts'
import type { Exhibit, Matter, Sender, TargetType } from './tickets/matter.ts'
import { Tickets } from './tickets/tickets.ts'
import type { Carrier } from './tickets/tickets.ts'
import type { Ticket } from './tickets/rows.ts'

export interface ResponseParts {
  database: Database
  ledger: Pick<Ledger, 'append'>
  clock: Clock
  /** Holds a package for what was reported of it. */
  order(request: OrderRequest): Promise<unknown>
  carry: Carrier
  /** Where evidence lies; never served. */
  evidence: Blobs
  /** What is known of a domain or address now, asked for if need be; null: it could not be asked. */
  facts(type: TargetType, value: string): Promise<TargetFacts | null>
  related(value: string): Promise<Matter['related']>
  /** Who downloaded a package, by class; null: nobody can be counted. */
  downloads(of: { ecosystem: EcosystemId; name: string; version: string | null } | { campaign: string }): Promise<DownloadsReport | null>
  settings: ResponseSettings
}

interface ResponseSettings {
  /** In whose name letters go out; null: none can be written. */
  sender: Sender | null
  /** The organisation's own domains: what is under them is no outsider's business. */
  ownDomains: readonly string[]
  rule(): ReportRule
}

export interface OpenRequest {
  title: string | null
  packages: readonly { ecosystem: EcosystemId; name: string; version: string | null; digest: Digest | null }[]
  campaign: string | null
  severity: Severity
  tlp: Tlp
  cause: 'person' | 'report' | 'rule' | 'campaign'
  because: string
  by: string
}

const LARGEST_EVIDENCE = 512 * 1024 * 1024
/** XARF 4.2 takes five megabytes an item, and fifty items. */
const LARGEST_EXHIBIT = 5 * 1024 * 1024
const EXHIBITS = 40

const NOBODY: Exposure['totals'] = { index: 0, denied: 0, served: 0, locked: 0, installed: 0, ran: 0 }

/** Members of a campaign that a case takes up by name. */
const MEMBERS = 500
const MET = 500

/** Incidents: what people and programs do about a malicious package, from the first report to the attacker's domain gone. */
export class Response {
  readonly cases: Cases
  readonly reports: Reports
  readonly tickets: Tickets
  readonly #parts: ResponseParts

  constructor(parts: ResponseParts) {
    this.#parts = parts
    this.cases = new Cases(parts)
    this.reports = new Reports({ ...parts, rule: () => parts.settings.rule() })
    this.tickets = new Tickets({ ...parts, cases: this.cases })
  }

  /** A report as it comes in: kept, and acted on where the rule says so. */
  async report(reporting: Omit<Reporting, 'name'> & { name: string }): Promise<{ report: Report; quarantine: string | null; case: string | null }> {
    const name = ecosystems[reporting.ecosystem].canonicalName(reporting.name)
    const { report, quarantine } = await this.reports.take({ ...reporting, name }, await this.#age(reporting.ecosystem, name))
    if (quarantine === null) return { report, quarantine, case: report.case }
    const id = await this.#hold(report, quarantine)
    return { report: { ...report, case: id }, quarantine, case: id }
  }

  /** What reports asked for and a crash left undone. Returns how many there were. */
  async resume(): Promise<number> {
    const left = await this.reports.unfinished()
    for (const report of left) await this.#hold(report, 'reported as malware by enough people')
    return left.length
  }

  /** Holds what was reported and sees that it has a case; the report knows of it last, so that after a crash it is done again. */
  async #hold({ id: report, ecosystem, name, versions, case: of }: Report, because: string): Promise<string> {
    await this.#parts.order({ ecosystem, name, version: null, digest: null, action: 'hold', because, by: 'reports', expiresAt: null })
    const known = of ?? (await this.cases.about(`${ecosystem}:${name}`)).find(({ state }) => state === 'open')?.id
    const id = known ?? (await this.open({
      title: null, campaign: null, severity: 'high', tlp: 'amber', cause: 'report', because, by: 'reports',
      packages: (versions.length > 0 ? versions : [null]).map((version) => ({ ecosystem, name, version, digest: null })),
    })).id
    await this.reports.attach(report, id)
    return id
  }

  /** How long there has been such a package, by the earliest of what is known: it is not young because only its newest version came through here. null: nobody knows, or it is popular. */
  async #age(ecosystem: EcosystemId, name: string): Promise<number | null> {
    const { query } = this.#parts.database
    const [row, identity, popular] = await Promise.all([
      query.selectFrom('artifacts').select(({ fn }) => [fn.min('published_at').as('published'), fn.min('first_seen_at').as('seen')]).where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst(),
      query.selectFrom('identities').select('identity').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst(),
      query.selectFrom('popular').select('rank').where('ecosystem', '=', ecosystem).where('name', '=', name).limit(1).executeTakeFirst(),
    ])
    if (popular || row?.published === null || row?.published === undefined) return null
    const created = identity?.identity ? Date.parse((JSON.parse(identity.identity) as { createdAt?: string | null }).createdAt ?? '') : Number.NaN
    return this.#parts.clock.now().getTime() - Math.min(Number(row.published), Number(row.seen), ...(Number.isNaN(created) ? [] : [created]))
  }

  /** Opens a case with what the gate knows, and the tasks of its kind. */
  async open(request: OpenRequest): Promise<CaseState> {
    const packages = [...request.packages, ...(request.campaign === null ? [] : await membersOf(this.#parts.database.query, request.campaign))]
    const [first] = packages
    const title = request.title ?? (request.campaign !== null ? `campaign ${request.campaign}` : first ? `malicious ${first.ecosystem} package ${first.name}` : null)
    if (title === null) throw new SluiceError('usage', 'a case is about a package, a campaign, or has a title')
    const line = (says: string, fact: Telling['fact'], key: string): Telling => ({ id: key.slice(0, 100), source: request.by, by: request.by, says, fact })
    // What it is about is told with it: a crash leaves no case of which nobody knows whether there is one.
    const { id } = await this.cases.open({ title: title.slice(0, 200), severity: request.severity, tlp: request.tlp, cause: request.cause, source: request.by, by: request.by, says: request.because }, [
      ...(request.campaign === null ? [] : [line(`campaign ${request.campaign}`, { kind: 'campaign', campaign: request.campaign }, `campaign ${request.campaign}`)]),
      ...packages.map((one) => {
        const spec = `${one.ecosystem}:${one.name}${one.version === null ? '' : `@${one.version}`}`
        return line(spec, { kind: 'package', ...one }, spec.length <= 90 ? `package ${spec}` : `package ${createHash('sha256').update(spec).digest('hex')}`)
      }),
    ])
    await this.refresh(id)
    const state = await this.cases.show(id)
    const { totals } = await this.exposure(state)
    await this.cases.tellAll(id, tasksFor({ severity: state.severity, openedAt: state.openedAt, hasAddresses: state.observables.length > 0, isExposed: totals.served + totals.locked + totals.installed > 0, by: request.by }))
    return this.cases.show(id)
  }

  /** Tells the case what the gate has learnt since. Returns how many lines were new. */
  async refresh(id: string): Promise<number> {
    return gather({ database: this.#parts.database, cases: this.cases }, await this.cases.show(id))
  }

  exposure(state: CaseState): Promise<Exposure> {
    return exposureOf(this.#parts.database, state.packages.map((one): ExposureSubject => ({ ...one })), { limit: MET })
  }

  /** What of a case may go to these readers: the text is a draft that a person edits. Throws `usage` where it may not go to them. */
  async publish(id: string, tlp: Tlp): Promise<{ report: PublicReport; bulletin(text: string): Bulletin }> {
    const { database, clock, settings: { ownDomains }, downloads } = this.#parts
    const state = await this.cases.show(id)
    const files = await judgedFiles(database, state.packages)
    const facts = new Map<string, TargetFacts>()
    for (const { type, value } of state.observables.slice(0, 200)) {
      const known = type === 'domain' || type === 'ip' ? await this.#parts.facts(type, value) : null
      if (known) facts.set(value, known)
    }
    const deeds = deedsOf(files)
    const packages = badPackages(state.packages, files, new Map())
    const [first] = state.packages
    const secrets = secretsOf(state, { value: '', urls: [] }, { reports: await this.reports.behind(id, state.packages), met: (await this.exposure(state)).met, matter: { deeds, packages }, ownDomains })
    // What the audience may know is no secret; what it may not is left out by its colour.
    const shown = { ...secrets, words: secrets.words.filter(({ is }) => is !== 'an indicator that is not public') }
    const counted = state.campaigns[0] !== undefined ? await downloads({ campaign: state.campaigns[0] }) : first ? await downloads({ ecosystem: first.ecosystem, name: first.name, version: state.packages.length === 1 ? first.version : null }) : null
    const report = publicReport(state, { packages, deeds, facts, secrets: shown, downloads: counted }, { tlp, now: clock.now() })
    return { report, bulletin: (text) => bulletinOf(state, report, text) }
  }

  /** Drafts of tickets for everybody who can end a target, with the contacts that were found. What there is already is not drafted again. */
  async draft(id: string, target: { type: TargetType; value: string }, by: string): Promise<{ tickets: Ticket[]; missing: string[] }> {
    const state = await this.cases.show(id)
    matterOf(state, target, { files: [], facts: null, exposure: { totals: NOBODY }, exhibits: [], related: [] })
    const known = (await this.tickets.list({ case: id })).filter((one) => one.target.type === target.type && one.target.value === target.value)
    const { parties, missing } = partiesFor(target, await this.#parts.facts(target.type, target.value))
    const tickets: Ticket[] = []
    for (const { party, form } of parties) {
      if (known.some((one) => one.party.kind === party.kind && one.party.name === party.name)) continue
      tickets.push(await this.tickets.open(id, { party, target, channel: party.contact === null || form !== null ? 'form' : 'mail', form: party.contact === null && form === null ? 'generic' : form, by }))
    }
    return { tickets, missing }
  }

  /** Takes in what proves something: kept by its hash, with who brought it and from where. Throws `upstream-too-large`. */
  async addEvidence(id: string, { name, mediaType, nature, tlp, source, by, bytes }: {
    name: string; mediaType: string; nature: Exhibit['nature']; tlp: Tlp; source: string; by: string; bytes: AsyncIterable<Uint8Array>
  }): Promise<CaseState['evidence'][number]> {
    await this.cases.show(id)
    const { digest, size } = await this.#parts.evidence.put(bytes, { limit: LARGEST_EVIDENCE })
    await this.cases.tell(id, { id: `evidence ${digest}`, source, by, says: `evidence: ${name}, ${size} bytes, ${digest}`, fact: { kind: 'evidence', digest, name, size, mediaType, nature, tlp } })
    return (await this.cases.show(id)).evidence.find((one) => one.digest === digest) as CaseState['evidence'][number]
  }

  /** What goes along with letters: texts and pictures whole, samples by their hash alone. */
  #exhibits(state: CaseState): Promise<Exhibit[]> {
    return Promise.all(state.evidence.slice(0, EXHIBITS).map(async ({ digest, name, size, mediaType, nature }): Promise<Exhibit> => ({
      name, mediaType, digest, size, nature, description: mediaType, bytes: nature === 'sample' || size > LARGEST_EXHIBIT ? null : await this.#parts.evidence.bytes(digest as Digest, LARGEST_EXHIBIT).catch(() => null),
    })))
  }

  /** Writes, or writes anew, what a ticket says, from what is known now. */
  async write(ticketId: string, by: string): Promise<Message> {
    const { database, facts, related, settings: { sender, ownDomains } } = this.#parts
    if (sender === null) throw new SluiceError('config-invalid', 'letters need a sender: a role mailbox of the organisation, never a person', { hint: 'set response.sender in sluice.yaml' })
    const ticket = await this.tickets.show(ticketId)
    const state = await this.cases.show(ticket.case)
    const files = await judgedFiles(database, state.packages)
    const exposure = await this.exposure(state)
    const reports = await this.reports.behind(state.id, state.packages)
    const exhibits = await this.#exhibits(state)
    const finder = reports.find(({ isMachine }) => !isMachine) ?? null
    const matter: Matter = {
      ...matterOf(state, ticket.target, { files, exposure, exhibits, facts: await facts(ticket.target.type, ticket.target.value), related: await related(ticket.target.value) }),
      // How to reach them they told us alone.
      finder: finder && !finder.observer.startsWith('anonymous at ') ? { name: finder.observer, organisation: null, email: null } : null,
    }
    const secrets = secretsOf(state, matter.target, { reports, met: exposure.met, matter, ownDomains })
    return this.tickets.write(ticketId, { matter, sender, secrets, by })
  }
}

async function membersOf(query: Kysely<Tables>, campaign: string): Promise<OpenRequest['packages'][number][]> {
  const rows = await query.selectFrom('campaign_members').select(['ecosystem', 'name']).where('campaign', '=', campaign).orderBy('first_at').limit(MEMBERS).execute()
  return rows.map(({ ecosystem, name }) => ({ ecosystem: ecosystem as EcosystemId, name, version: null, digest: null }))
}
