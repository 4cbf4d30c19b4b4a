import { Readable } from 'node:stream'
import type { z } from '@hono/zod-openapi'
import { IncidentAnswers, IncidentBodies } from '../api/incident-schemas.ts'
import type { IncidentAnswer } from '../api/incident-schemas.ts'
import { wire } from '../api/wire.ts'
import type { Incidents } from '../incident/face.ts'
import type { Call } from './watch-desk.ts'

type Body<Name extends keyof typeof IncidentBodies> = z.output<(typeof IncidentBodies)[Name]>

/** What commands ask of incidents, in a data folder or at a running gate. */
export interface IncidentDesk {
  report(report: Body<'report'>): Promise<IncidentAnswer<'thanks'>>
  reports(open: boolean): Promise<IncidentAnswer<'reports'>>
  showReport(id: string): Promise<IncidentAnswer<'report'>>
  decide(decision: Body<'decide'>): Promise<IncidentAnswer<'decided'>>
  observers(): Promise<IncidentAnswer<'observers'>>
  trust(trust: Body<'trust'>): Promise<void>
  cases(open: boolean): Promise<IncidentAnswer<'cases'>>
  case(id: string): Promise<IncidentAnswer<'case'>>
  openCase(opening: Body<'open'>): Promise<IncidentAnswer<'case'>>
  tell(id: string, line: Body<'line'>): Promise<IncidentAnswer<'line'>>
  verify(id: string): Promise<IncidentAnswer<'verified'>>
  refresh(id: string): Promise<number>
  publish(id: string, options: Body<'publish'>): Promise<IncidentAnswer<'files'>>
  addEvidence(id: string, about: Body<'evidence'>, bytes: Uint8Array): Promise<IncidentAnswer<'exhibit'>>
  receipts(id: string): Promise<IncidentAnswer<'files'>>
  draft(id: string, draft: Body<'draft'>): Promise<IncidentAnswer<'drafted'>>
  tickets(query: { case: string | undefined; due: boolean }): Promise<IncidentAnswer<'tickets'>>
  ticket(id: string): Promise<IncidentAnswer<'ticket'>>
  write(id: string): Promise<IncidentAnswer<'message'>>
  approve(id: string, digest: string): Promise<void>
  send(id: string): Promise<IncidentAnswer<'receipt'>>
  markSent(id: string, receipt: string): Promise<void>
  reply(id: string, reply: Body<'reply'>): Promise<IncidentAnswer<'tickets'>[number]>
  close(id: string, because: string): Promise<void>
}

export function localIncidentDesk(incidents: Incidents, whoami: () => string): IncidentDesk {
  const { response } = incidents
  const { cases, reports, tickets } = response
  return {
    report: ({ machine = false, ...report }) => incidents.report(report, { id: whoami(), isMachine: machine }),
    reports: async (open) => wire(await incidents.reports({ open, limit: 1_000 })),
    showReport: async (id) => wire(await reports.show(id)),
    decide: async ({ package: spec, malicious }) => ({ reports: await incidents.decide(spec, malicious) }),
    observers: async () => wire(await reports.observers()),
    trust: ({ observer, trusted }) => reports.trust(observer, trusted),
    cases: async (open) => wire(await cases.list({ open, limit: 1_000 })),
    case: async (id) => wire(await incidents.case(id)),
    openCase: async (opening) => wire(await incidents.open({ ...opening, by: whoami() })),
    tell: async (id, { at, source, ...line }) => wire(await cases.tell(id, { ...line, by: whoami(), source: source ?? whoami(), ...(at === undefined ? {} : { at: new Date(at) }) })),
    async verify(id) {
      const problems = await cases.verify(id)
      return { ok: problems.length === 0, problems }
    },
    refresh: (id) => response.refresh(id),
    publish: (id, { tlp = 'clear', edited }) => incidents.publish(id, { tlp, edited }),
    addEvidence: async (id, { name, type = 'application/octet-stream', nature = 'internal', tlp = 'amber', source }, bytes) =>
      wire(await response.addEvidence(id, { name, mediaType: type, nature, tlp, by: whoami(), source: source ?? whoami(), bytes: Readable.from([bytes]) })),
    receipts: (id) => incidents.receipts(id),
    async draft(id, { target, party, channel, form }) {
      if (party === undefined) return wire(await response.draft(id, target, whoami()))
      await cases.show(id)
      return wire({ tickets: [await tickets.open(id, { party, target, channel: channel ?? (party.contact === null ? 'form' : 'mail'), form: form ?? null, by: whoami() })], missing: [] })
    },
    tickets: async (query) => wire(await tickets.list(query)),
    ticket: async (id) => wire(await tickets.show(id)),
    write: async (id) => wire(await response.write(id, whoami())),
    approve: (id, digest) => tickets.approve(id, { digest, by: whoami() }),
    send: (id) => tickets.send(id, { by: whoami() }),
    markSent: (id, receipt) => tickets.markSent(id, { receipt, by: whoami() }),
    async reply(id, { at, mail, ...reply }) {
      const { taken: _taken, ...ticket } = await incidents.reply(id, { ...reply, at: at === undefined ? undefined : new Date(at), mail: mail === undefined ? undefined : Buffer.from(mail, 'base64'), by: whoami() })
      return wire(ticket)
    },
    close: (id, because) => tickets.close(id, { because, by: whoami() }),
  }
}

export function remoteIncidentDesk(call: Call): IncidentDesk {
  const part = encodeURIComponent
  return {
    report: (json) => call(IncidentAnswers.thanks, 'reports', { json }),
    reports: (open) => call(IncidentAnswers.reports, `reports?open=${open}&limit=1000`),
    showReport: (id) => call(IncidentAnswers.report, `reports/${part(id)}`),
    decide: (json) => call(IncidentAnswers.decided, 'reports/decisions', { json }),
    observers: () => call(IncidentAnswers.observers, 'reports/observers'),
    trust: async (json) => { await call(IncidentAnswers.trusted, 'reports/observers', { json }) },
    cases: (open) => call(IncidentAnswers.cases, `cases?open=${open}&limit=1000`),
    case: (id) => call(IncidentAnswers.case, `cases/${part(id)}`),
    openCase: (json) => call(IncidentAnswers.case, 'cases', { json }),
    tell: (id, json) => call(IncidentAnswers.line, `cases/${part(id)}/lines`, { json }),
    verify: (id) => call(IncidentAnswers.verified, `cases/${part(id)}/verification`),
    refresh: async (id) => (await call(IncidentAnswers.refreshed, `cases/${part(id)}/refresh`, { method: 'POST' })).added,
    publish: (id, json) => call(IncidentAnswers.files, `cases/${part(id)}/report`, { json }),
    addEvidence: (id, about, bytes) => call(IncidentAnswers.exhibit, `cases/${part(id)}/evidence?${new URLSearchParams(Object.entries(about).filter((pair): pair is [string, string] => pair[1] !== undefined))}`, { method: 'POST', bytes }),
    receipts: (id) => call(IncidentAnswers.files, `cases/${part(id)}/receipts`),
    draft: (id, json) => call(IncidentAnswers.drafted, `cases/${part(id)}/tickets`, { json }),
    tickets: ({ case: of, due }) => call(IncidentAnswers.tickets, `tickets?${new URLSearchParams({ due: String(due), ...(of === undefined ? {} : { case: of }) })}`),
    ticket: (id) => call(IncidentAnswers.ticket, `tickets/${part(id)}`),
    write: (id) => call(IncidentAnswers.message, `tickets/${part(id)}/text`, { method: 'POST' }),
    approve: async (id, digest) => { await call(IncidentAnswers.done, `tickets/${part(id)}/approval`, { json: { digest } }) },
    send: (id) => call(IncidentAnswers.receipt, `tickets/${part(id)}/sending`, { method: 'POST' }),
    markSent: async (id, receipt) => { await call(IncidentAnswers.done, `tickets/${part(id)}/sent`, { json: { receipt } }) },
    reply: async (id, json) => (await call(IncidentAnswers.tickets, `tickets/${part(id)}/replies`, { json }))[0] as IncidentAnswer<'tickets'>[number],
    close: async (id, because) => { await call(IncidentAnswers.done, `tickets/${part(id)}/closing`, { json: { because } }) },
  }
}
