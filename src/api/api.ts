import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { access } from '../access/access.ts'
import type { Anonymous } from '../access/access.ts'
import type { Scope, Tokens } from '../access/tokens.ts'
import type { Operator } from '../admission/operator.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Policy } from '../core/policy.ts'
import type { Downloads } from '../downloads/downloads.ts'
import type { Hosts } from '../host/ingest/hosts.ts'
import type { HostIngest } from '../host/ingest/ingest.ts'
import type { Hunter } from '../hunt/hunter.ts'
import type { Domains } from '../incident/domains/domains.ts'
import type { Incidents } from '../incident/face.ts'
import type { ReportDoor } from '../incident/reports/door.ts'
import type { Exchange } from '../intel/exchange.ts'
import type { Lookout } from '../monitor/lookout.ts'
import type { ReviewDesk } from '../monitor/recheck/desk.ts'
import type { Inventory } from '../screening/inventory/inventory.ts'
import type { SandboxDesk } from '../sandbox/gate/desk.ts'
import type { Screening } from '../screening/screening.ts'
import { downloadsRoutes } from './downloads.ts'
import { exchangeRoutes } from './exchange.ts'
import { importPosted } from './feeds.ts'
import { inventoryRoutes } from './inventory.ts'
import { reviewRoutes } from './reviews.ts'
import { Answers, Bodies } from './schemas.ts'
import { sandboxRoutes } from './sandbox.ts'
import { screeningRoutes } from './screening.ts'
import { hostRoutes } from './hosts.ts'
import { huntRoutes } from './hunt.ts'
import { recallRoutes } from './recalls.ts'
import type { RecallBook } from '../recall/book.ts'
import type { EvidenceStore } from '../recall/evidence.ts'
import type { Recalls } from '../recall/recalls.ts'
import { domainRoutes } from './domains.ts'
import { incidentRoutes } from './incident.ts'
import { reportRoute } from './report-route.ts'
import { traceRoutes } from './trace.ts'
import { watchRoutes } from './watch.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

export interface ApiOptions {
  operator: Operator
  lookout: Lookout
  exchange: Exchange
  incidents: Incidents
  domains: Domains
  reportDoor: ReportDoor
  recalls: Recalls
  recallBook: RecallBook
  evidence: EvidenceStore
  reviews: ReviewDesk
  screening: Screening
  inventory: Inventory
  hosts: Hosts
  hostIngest: HostIngest
  hunter: Hunter
  downloads: Downloads
  sandbox: SandboxDesk
  tokens: Tokens
  anonymous: Anonymous
  /** Reads a policy from the text of a `sluice.yaml`; throws SluiceError `config-invalid`. */
  parsePolicy(text: string): Policy
  /** Told of what nobody expected; the answer says nothing of it. */
  onDefect(thrown: unknown): void
}

export type Env = { Bindings: HttpBindings; Variables: { caller: string; token: string | null } }

const LARGEST_BODY = 2 * 1024 * 1024
/** What a machine tells at once; `host/events/batch.ts` has the same, so that what is larger is refused before it is read. */
const LARGEST_BATCH = 1024 * 1024
/** Some lockfiles and SBOMs, as JSON. */
const LARGEST_LOCKFILES = 96 * 1024 * 1024

/** The automation API under `/api/v1`, described by `/api/v1/openapi.json`. Prints what the operator answers. */
export function createApi({ operator, lookout, exchange, domains, incidents, reportDoor, recalls, recallBook, evidence, reviews, screening, inventory, hosts, hostIngest, hunter, downloads, sandbox, tokens, anonymous, parsePolicy, onDefect }: ApiOptions): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>({
    defaultHook: (result, c) => (result.success ? undefined
      : c.json({ error: result.error.issues.map((issue) => `${issue.path.join('.') || 'the request'}: ${issue.message}`).join('; ') }, 400)),
  })

  const needs = (scope: Scope) => async (c: HonoContext<Env>, next: () => Promise<void>): Promise<Response | void> => {
    const { incoming } = c.env
    const granted = await access({ headers: incoming.headers, address: incoming.socket.remoteAddress ?? '' }, scope, { tokens, anonymous, bearerOnly: true })
    if (!granted.granted) return c.json({ error: granted.because }, 401, { 'www-authenticate': 'Bearer realm="sluice"' })
    c.set('caller', granted.token?.name ?? 'anonymous')
    c.set('token', granted.token?.id ?? null)
    await next()
  }
  const limit = bodyLimit({
    maxSize: LARGEST_BODY,
    // The rest of the body is not read, so the connection is of no more use.
    onError: (c) => c.json({ error: `the request is larger than ${LARGEST_BODY} bytes` }, 413, { connection: 'close' }),
  })
  const lockfiles = bodyLimit({
    maxSize: LARGEST_LOCKFILES,
    onError: (c) => c.json({ error: `the request is larger than ${LARGEST_LOCKFILES} bytes: tell of the files one by one` }, 413, { connection: 'close' }),
  })
  const batches = bodyLimit({
    maxSize: LARGEST_BATCH,
    onError: (c) => c.json({ error: `the request is larger than ${LARGEST_BATCH} bytes: send smaller batches` }, 413, { connection: 'close' }),
  })
  // Types that a page of another site cannot send without asking first.
  const records = async (c: HonoContext<Env>, next: () => Promise<void>): Promise<Response | void> => {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/x-ndjson' && type !== 'application/json') return c.json({ error: 'post records as application/x-ndjson or application/json' }, 415)
    await next()
  }
  const reader = { middleware: [needs('read')], security: [{ bearer: [] as string[] }, {}] }
  const auditor = { middleware: [needs('audit')], security: [{ bearer: ['audit'] }] }
  const admin = { middleware: [needs('admin'), limit], security: [{ bearer: ['admin'] }] }
  const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description })
  const body = <S extends z.ZodType>(schema: S) => ({ body: { content: { 'application/json': { schema } }, required: true } })
  const failed = {
    400: json(Answers.error, 'Bad request'), 401: json(Answers.error, 'A token is needed'), 404: json(Answers.error, 'Not known'),
    503: json(Answers.error, 'Not possible now: upstream or storage is in trouble'),
  }

  api.openapi(createRoute({
    method: 'get', path: '/status', ...reader, responses: { 200: json(Answers.status, 'What the gate is doing'), ...failed },
  }), async (c) => c.json(wire(await operator.status()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/checkup', ...admin, responses: { 200: json(Answers.checkup, 'Everything the gate depends on, looked at now'), ...failed },
  }), async (c) => c.json(wire(await operator.checkup()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/packages/{ecosystem}/{name}', ...reader, request: { params: Bodies.packageParams },
    responses: { 200: json(Answers.package, 'Everything known of a package: files, verdicts, rulings, orders, advisories'), ...failed },
  }), async (c) => {
    const { ecosystem, name } = c.req.valid('param')
    const view = await operator.package(ecosystem, name)
    return view ? c.json(wire(view), 200) : c.json({ error: `nothing is known of ${ecosystem}:${name}` }, 404)
  })

  api.openapi(createRoute({
    method: 'get', path: '/orders', ...auditor, responses: { 200: json(Answers.orders, 'Orders, newest first'), ...failed },
  }), async (c) => c.json(wire(await operator.orders()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/orders', ...admin, request: body(Bodies.order),
    responses: { 201: json(Answers.order, 'The order, in force on every gate within a second'), ...failed },
  }), async (c) => {
    const { package: spec, digest, expiresAt, ...rest } = c.req.valid('json')
    const { ecosystem, name, version } = parsePackage(spec)
    return c.json(wire(await operator.order({
      ...rest, ecosystem, name, version, digest: (digest ?? null) as Digest | null, by: c.get('caller'), expiresAt: expiresAt ? new Date(expiresAt) : null,
    })), 201)
  })

  api.openapi(createRoute({
    method: 'post', path: '/scans', ...admin, request: body(Bodies.scan),
    responses: { 200: json(Answers.scan, 'What examining every file of this version found'), ...failed },
  }), async (c) => {
    const { package: spec, file } = c.req.valid('json')
    return c.json(wire(await operator.scan(spec, { file })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/policy', ...auditor, responses: { 200: json(Answers.policy, 'The policy in force'), ...failed },
  }), (c) => c.json(wire(operator.policy()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/policy/test', ...admin, request: body(Bodies.policyTest),
    responses: { 200: json(Answers.replay, 'What the changed policy would have decided differently'), ...failed },
  }), async (c) => {
    const { text, since } = c.req.valid('json')
    return c.json(wire(await operator.testPolicy(parsePolicy(text), new Date(since))), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/ledger/head', ...reader, responses: { 200: json(Answers.head, 'Where the ledger ends'), ...failed },
  }), async (c) => c.json(wire(await operator.head()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/ledger/verify', ...admin, request: body(Bodies.verify),
    responses: { 200: json(Answers.verification, 'Whether the chain holds, and leads to the head given'), ...failed },
  }), async (c) => {
    const { head } = c.req.valid('json')
    return c.json(wire(await operator.verifyLedger(head ? { head: { ...head, where: 'the head given' } } : {})), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/feeds', middleware: [needs('admin'), records], security: admin.security,
    request: { query: Bodies.feedQuery, body: { content: { 'application/x-ndjson': { schema: z.string().describe('one OSV record a line') } }, required: true } },
    responses: { 200: json(Answers.feed, 'How many records came in'), ...failed },
  }), async (c) => {
    const { name } = c.req.valid('query')
    return c.json(wire(await importPosted(operator, name, c.req.raw.body)), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/tokens', ...admin, responses: { 200: json(Answers.tokens, 'Tokens, without their secrets'), ...failed },
  }), async (c) => c.json(wire(await tokens.list()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/tokens', ...admin, request: body(Bodies.token),
    responses: { 201: json(Answers.newToken, 'The token and its secret, which is shown this once'), ...failed },
  }), async (c) => {
    const { expiresAt, ...wanted } = c.req.valid('json')
    return c.json(wire(await tokens.create({ ...wanted, expiresAt: expiresAt ? new Date(expiresAt) : null })), 201)
  })

  api.openapi(createRoute({
    method: 'delete', path: '/tokens/{id}', ...admin, request: { params: Bodies.tokenParams },
    responses: { 200: json(Answers.revoked, 'Revoked; refused everywhere within two seconds'), ...failed },
  }), async (c) => ((await tokens.revoke(c.req.valid('param').id)) ? c.json({ revoked: true as const }, 200) : c.json({ error: 'no such token, or revoked before' }, 404)))

  const kit: RouteKit = { reader, readerOfBodies: { ...reader, middleware: [needs('read'), limit] }, auditor, admin, adminOfLists: { middleware: [needs('admin')], security: admin.security }, json, body, failed }
  traceRoutes(api, operator, kit)
  watchRoutes(api, lookout, kit)
  exchangeRoutes(api, exchange, kit)
  incidentRoutes(api, incidents, kit)
  domainRoutes(api, domains, kit)
  reportRoute(api, reportDoor, kit)
  recallRoutes(api, { recalls, recallBook, evidence }, kit)
  reviewRoutes(api, reviews, kit)
  downloadsRoutes(api, downloads, kit)
  sandboxRoutes(api, sandbox, kit)

  huntRoutes(api, hunter, { reader, readerOfBodies: reader, auditor, admin, adminOfLists: admin, json, body, failed })

  screeningRoutes(api, screening, kit)
  inventoryRoutes(api, inventory, { ...kit, telling: { middleware: [needs('inventory'), lockfiles], security: [{ bearer: ['inventory'] }] } })
  hostRoutes(api, { hosts, ingest: hostIngest }, { ...kit, machine: { middleware: [needs('host'), records, batches], security: [{ bearer: ['host'] }] } })
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'A token of `sluice token create`' })
  api.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Sluice', version: '1' }, servers: [{ url: '/api/v1' }] })
  api.notFound((c) => c.json({ error: 'no such resource; /api/v1/openapi.json lists them' }, 404))
  api.onError((thrown, c) => {
    if (thrown instanceof HTTPException) return c.json({ error: sentence(thrown) || 'this request cannot be read' }, thrown.status)
    if (isCode(thrown, 'usage', 'config-invalid', 'feed-invalid')) return c.json({ error: thrown.message, code: thrown.code, ...(thrown.hint ? { hint: thrown.hint } : {}) }, 400)
    if (isCode(thrown, 'not-found')) return c.json({ error: sentence(thrown), code: thrown.code, ...(thrown.hint ? { hint: thrown.hint } : {}) }, 404)
    if (thrown instanceof SluiceError) return c.json({ error: sentence(thrown), code: thrown.code }, 503)
    onDefect(thrown)
    return c.json({ error: 'an error of the gate itself; its log says more' }, 500)
  })
  return api
}
