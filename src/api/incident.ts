import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { isCode } from '../core/errors.ts'
import type { Incidents } from '../incident/face.ts'
import type { Env } from './api.ts'
import { IncidentAnswers, IncidentBodies } from './incident-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Reports, cases and tickets. */
export function incidentRoutes(api: OpenAPIHono<Env>, incidents: Incidents, { auditor, admin, adminOfLists, json, body, failed }: RouteKit): void {
  const { response } = incidents
  const { cases, reports, tickets } = response
  const caseId = { params: IncidentBodies.id }

  api.openapi(createRoute({
    method: 'get', path: '/reports', ...auditor, request: { query: IncidentBodies.reports }, responses: { 200: json(IncidentAnswers.reports, 'Reports, the latest first'), ...failed },
  }), async (c) => c.json(wire(await incidents.reports(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/reports/observers', ...auditor, responses: { 200: json(IncidentAnswers.observers, 'Who reports, and how often they were right'), ...failed },
  }), async (c) => c.json(wire(await reports.observers()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/reports/observers', ...admin, request: body(IncidentBodies.trust), responses: { 200: json(IncidentAnswers.trusted, 'Their word counts for quarantine from now on, or no more'), ...failed },
  }), async (c) => {
    const { observer, trusted } = c.req.valid('json')
    await reports.trust(observer, trusted)
    return c.json({ trusted }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/reports/decisions', ...admin, request: body(IncidentBodies.decide), responses: { 200: json(IncidentAnswers.decided, 'How many open reports were right, or wrong'), ...failed },
  }), async (c) => {
    const { package: spec, malicious } = c.req.valid('json')
    return c.json({ reports: await incidents.decide(spec, malicious) }, 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/reports/{id}', ...auditor, request: caseId, responses: { 200: json(IncidentAnswers.report, 'One report'), ...failed },
  }), async (c) => c.json(wire(await reports.show(c.req.valid('param').id)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/cases', ...auditor, request: { query: IncidentBodies.cases }, responses: { 200: json(IncidentAnswers.cases, 'Cases, open ones first'), ...failed },
  }), async (c) => c.json(wire(await cases.list(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'post', path: '/cases', ...admin, request: body(IncidentBodies.open), responses: { 201: json(IncidentAnswers.case, 'The case, with what the gate knows already'), ...failed },
  }), async (c) => c.json(wire(await incidents.open({ ...c.req.valid('json'), by: c.get('caller') })), 201))

  api.openapi(createRoute({
    method: 'get', path: '/cases/{id}', ...auditor, request: caseId, responses: { 200: json(IncidentAnswers.case, 'What its lines add up to, its timeline and clocks'), ...failed },
  }), async (c) => c.json(wire(await incidents.case(c.req.valid('param').id)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/cases/{id}/verification', ...auditor, request: caseId, responses: { 200: json(IncidentAnswers.verified, 'Whether each line is what the ledger knows of it'), ...failed },
  }), async (c) => {
    const problems = await cases.verify(c.req.valid('param').id)
    return c.json({ ok: problems.length === 0, problems }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/cases/{id}/lines', ...admin, request: { ...caseId, ...body(IncidentBodies.line) }, responses: { 201: json(IncidentAnswers.line, 'The line; none is ever changed, a later one corrects it'), ...failed },
  }), async (c) => {
    const { at, source, ...line } = c.req.valid('json')
    const by = c.get('caller')
    return c.json(wire(await cases.tell(c.req.valid('param').id, { ...line, by, source: source ?? by, ...(at === undefined ? {} : { at: new Date(at) }) })), 201)
  })

  api.openapi(createRoute({
    method: 'post', path: '/cases/{id}/evidence', ...adminOfLists, request: { ...caseId, query: IncidentBodies.evidence, body: { content: { 'application/octet-stream': { schema: z.string().describe('the bytes') } }, required: true } },
    responses: { 201: json(IncidentAnswers.exhibit, 'Kept by its hash, with who brought it'), ...failed, 413: json(failed[400].content['application/json'].schema, 'Evidence has at most 512 MiB') },
  }), async (c) => {
    const { name, type = 'application/octet-stream', nature = 'internal', tlp = 'amber', source } = c.req.valid('query')
    const by = c.get('caller')
    const bytes = c.req.raw.body ? Readable.fromWeb(c.req.raw.body as ReadableStream) : Readable.from([])
    const kept = await response.addEvidence(c.req.valid('param').id, { name, mediaType: type, nature, tlp, by, source: source ?? by, bytes }).catch((thrown: unknown) => {
      if (isCode(thrown, 'upstream-too-large')) return null
      throw thrown
    })
    // The rest is not read, so the connection is of no more use.
    return kept === null ? c.json({ error: 'evidence has at most 512 MiB: cut out what matters, or keep it elsewhere and note its hash' }, 413, { connection: 'close' }) : c.json(wire(kept), 201)
  })

  api.openapi(createRoute({
    method: 'post', path: '/cases/{id}/refresh', ...admin, request: caseId, responses: { 200: json(IncidentAnswers.refreshed, 'How many lines the gate added of its own knowledge'), ...failed },
  }), async (c) => c.json({ added: await response.refresh(c.req.valid('param').id) }, 200))

  api.openapi(createRoute({
    method: 'post', path: '/cases/{id}/report', ...admin, request: { ...caseId, ...body(IncidentBodies.publish) }, responses: { 200: json(IncidentAnswers.files, 'The public report and the records beside it'), ...failed },
  }), async (c) => {
    const { tlp = 'clear', edited } = c.req.valid('json')
    return c.json(await incidents.publish(c.req.valid('param').id, { tlp, edited }), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/cases/{id}/tickets', ...admin, request: { ...caseId, ...body(IncidentBodies.draft) }, responses: { 201: json(IncidentAnswers.drafted, 'Tickets to those who can end it'), ...failed },
  }), async (c) => {
    const { target, party, channel, form } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const by = c.get('caller')
    if (party === undefined) return c.json(wire(await response.draft(id, target, by)), 201)
    await cases.show(id)
    return c.json(wire({ tickets: [await tickets.open(id, { party, target, channel: channel ?? (party.contact === null ? 'form' : 'mail'), form: form ?? null, by })], missing: [] }), 201)
  })

  api.openapi(createRoute({
    method: 'get', path: '/cases/{id}/receipts', ...auditor, request: caseId, responses: { 200: json(IncidentAnswers.files, 'Every letter, approval, receipt and answer'), ...failed },
  }), async (c) => c.json(await incidents.receipts(c.req.valid('param').id), 200))

  api.openapi(createRoute({
    method: 'get', path: '/tickets', ...auditor, request: { query: IncidentBodies.tickets }, responses: { 200: json(IncidentAnswers.tickets, 'Tickets; with due=true those that wait for us'), ...failed },
  }), async (c) => c.json(wire(await tickets.list(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/tickets/{id}', ...auditor, request: caseId, responses: { 200: json(IncidentAnswers.ticket, 'A ticket with everything that was written and came back'), ...failed },
  }), async (c) => c.json(wire(await tickets.show(c.req.valid('param').id)), 200))

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/text', ...admin, request: caseId, responses: { 200: json(IncidentAnswers.message, 'What it would say, and what was taken out'), ...failed },
  }), async (c) => c.json(wire(await response.write(c.req.valid('param').id, c.get('caller'))), 200))

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/approval', ...admin, request: { ...caseId, ...body(IncidentBodies.approve) }, responses: { 200: json(IncidentAnswers.done, 'Approved'), ...failed },
  }), async (c) => {
    await tickets.approve(c.req.valid('param').id, { ...c.req.valid('json'), by: c.get('caller') })
    return c.json({ done: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/sending', ...admin, request: caseId, responses: { 200: json(IncidentAnswers.receipt, 'What the other side said, or where it was put'), ...failed },
  }), async (c) => c.json(await tickets.send(c.req.valid('param').id, { by: c.get('caller') }), 200))

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/sent', ...admin, request: { ...caseId, ...body(IncidentBodies.sent) }, responses: { 200: json(IncidentAnswers.done, 'A person sent it'), ...failed },
  }), async (c) => {
    await tickets.markSent(c.req.valid('param').id, { ...c.req.valid('json'), by: c.get('caller') })
    return c.json({ done: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/replies', ...admin, request: { ...caseId, ...body(IncidentBodies.reply) }, responses: { 200: json(IncidentAnswers.tickets, 'The ticket as it stands after that'), ...failed },
  }), async (c) => {
    const { at, mail, ...reply } = c.req.valid('json')
    const { taken: _taken, ...ticket } = await incidents.reply(c.req.valid('param').id, { ...reply, at: at === undefined ? undefined : new Date(at), mail: mail === undefined ? undefined : Buffer.from(mail, 'base64'), by: c.get('caller') })
    return c.json(wire([ticket]), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/tickets/{id}/closing', ...admin, request: { ...caseId, ...body(IncidentBodies.close) }, responses: { 200: json(IncidentAnswers.done, 'Closed'), ...failed },
  }), async (c) => {
    await tickets.close(c.req.valid('param').id, { ...c.req.valid('json'), by: c.get('caller') })
    return c.json({ done: true as const }, 200)
  })
}
