import { SluiceError } from '../core/errors.ts'
import type { Exposure } from '../core/exposure.ts'
import { oneLine } from '../core/text.ts'
import { parsePackage } from '../core/package-spec.ts'
import { createHash } from 'node:crypto'
import type { Publisher } from '../intel/bulletin.ts'
import { indicatorsCsv } from '../intel/write/csv.ts'
import { mispEvent } from '../intel/write/misp.ts'
import { osvSubmission } from '../intel/write/osv.ts'
import { stixBundle } from '../intel/write/stix.ts'
import type { Clock } from '../ports/clock.ts'
import { clocksOf, spell } from './cases/clocks.ts'
import type { Clock as CaseClock } from './cases/clocks.ts'
import type { CaseState } from './cases/fold.ts'
import type { Severity, Tlp } from './cases/fact.ts'
import { receiptsOf } from './receipts.ts'
import { markdown } from './report/markdown.ts'
import { incidentPage } from './report/page.ts'
import type { Report, ReportKind } from './reports/reports.ts'
import type { Response } from './response.ts'
import type { Ticket } from './tickets/rows.ts'
import { readMail } from './tickets/reply.ts'
import type { TicketStep } from './tickets/state.ts'

export interface CaseView extends CaseState {
  clocks: (CaseClock & { says: string })[]
  /** How many met its packages in each way, here. */
  exposure: Exposure['totals']
  /** Other cases that share something with it. */
  alike: { case: string; title: string; shares: string[] }[]
}

/** What people and programs ask of incidents, in the words they write. */
export class Incidents {
  readonly response: Response
  readonly #clock: Clock
  readonly #publisher: Publisher

  constructor({ response, clock, publisher }: { response: Response; clock: Clock; publisher: Publisher }) {
    this.response = response
    this.#clock = clock
    this.#publisher = publisher
  }

  /** A report as it is posted. The answer says nothing of what others reported. */
  async report({ kind, package: spec, versions = [], summary, link, contact }: {
    kind: ReportKind; package: string; versions?: readonly string[] | undefined; summary: string; link?: string | undefined; contact?: string | undefined
  }, observer: { id: string; isMachine: boolean }): Promise<{ reference: string; says: string }> {
    const { ecosystem, name, version } = parsePackage(spec)
    const { report } = await this.response.report({
      kind, ecosystem, name, versions: version === null ? versions : [version, ...versions], summary, link: link === undefined || link === '' ? null : link, evidence: [], observer: { ...observer, contact: contact ?? null },
    })
    return { reference: report.id, says: `Thank you. Your report on ${ecosystem}:${report.name} is kept as ${report.id}${report.repeats === null ? '' : ', with what you reported before'}; somebody looks at it.` }
  }

  async decide(spec: string, malicious: boolean): Promise<number> {
    const { ecosystem, name } = parsePackage(spec)
    return this.response.reports.decide({ ecosystem, name, malicious })
  }

  reports(options: { open: boolean; limit?: number | undefined }): Promise<Report[]> {
    return this.response.reports.list(options)
  }

  async open({ packages = [], severity = 'high', tlp = 'amber', title, campaign, because, by }: {
    title?: string | undefined; packages?: readonly string[] | undefined; campaign?: string | undefined; severity?: Severity | undefined; tlp?: Tlp | undefined; because: string; by: string
  }): Promise<CaseView> {
    const named = packages.map((spec) => ({ ...parsePackage(spec), digest: null }))
    return this.#view(await this.response.open({ title: title ?? null, packages: named, campaign: campaign ?? null, severity, tlp, cause: campaign === undefined ? 'person' : 'campaign', because, by }))
  }

  async case(id: string): Promise<CaseView> {
    return this.#view(await this.response.cases.show(id))
  }

  async #view(state: CaseState): Promise<CaseView> {
    const [{ totals: exposure }, alike] = await Promise.all([this.response.exposure(state), this.response.cases.alike(state.id)])
    return { ...state, exposure, alike, clocks: clocksOf(state.timeline, state.closedAt ?? this.#clock.now()).map((one) => ({ ...one, says: spell(one) })) }
  }

  /** The report of a case for readers of this colour, as files: text to edit, page, advisories and bundle. `edited` is the text as a person left it. */
  async publish(id: string, { tlp, edited }: { tlp: Tlp; edited?: string | undefined }): Promise<{ name: string; text: string }[]> {
    const { report, bulletin } = await this.response.publish(id, tlp)
    const text = edited ?? markdown(report)
    const told = bulletin(text)
    return [
      { name: 'report.md', text }, { name: 'report.html', text: incidentPage(text, report) },
      ...told.packages.map((one) => osvSubmission(told, one, this.#publisher)).map(({ path, record }) => ({ name: path, text: `${JSON.stringify(record, null, 2)}\n` })),
      { name: 'stix.json', text: `${JSON.stringify(stixBundle([told], this.#publisher), null, 2)}\n` },
      { name: 'misp.json', text: `${JSON.stringify(mispEvent(told, this.#publisher), null, 2)}\n` },
      { name: 'indicators.csv', text: indicatorsCsv([told]) },
    ]
  }

  /** The correspondence of a case as files. */
  async receipts(id: string): Promise<{ name: string; text: string }[]> {
    const { cases, tickets } = this.response
    const detailed = await Promise.all((await tickets.list({ case: id })).map((one) => tickets.show(one.id)))
    return receiptsOf(await cases.show(id), detailed, this.#clock.now()).map(({ path, text }) => ({ name: path, text }))
  }

  /** A reply as a mail file or as text; `as` is what a person takes it for, else what it seems to be. */
  async reply(id: string, { as, from, at, text, mail, by }: { as?: TicketStep | undefined; from?: string | undefined; at?: Date | undefined; text?: string | undefined; mail?: Uint8Array | undefined; by: string }): Promise<Ticket & { taken: TicketStep }> {
    if (mail !== undefined) {
      const read = await readMail(mail)
      const step = as ?? read.suggests
      return { ...await this.response.tickets.record(id, { ...read, step, by }), taken: step }
    }
    const said = text?.trim() ?? ''
    if (said === '' || as === undefined) throw new SluiceError('usage', 'a reply is a mail file, or a text and what it is taken for', { hint: '--as acknowledge, reply, forward, refuse or mitigate' })
    const when = at ?? this.#clock.now()
    return { ...await this.response.tickets.record(id, { step: as, by, at: when, from: oneLine(from ?? by, 300), text: said, digest: createHash('sha256').update(`${when.toISOString()}\n${said}`).digest('hex') }), taken: as }
  }
}
