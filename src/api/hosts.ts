import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { isCode, sentence } from '../core/errors.ts'
import type { Hosts } from '../host/ingest/hosts.ts'
import type { HostIngest, Speaker } from '../host/ingest/ingest.ts'
import type { Env } from './api.ts'
import { HostAnswers, HostBodies } from './hosts-schemas.ts'
import { Answers } from './schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

export interface HostKit extends Pick<RouteKit, 'reader' | 'readerOfBodies' | 'auditor' | 'admin' | 'json' | 'body' | 'failed'> {
  /** For machines; bodies are limited to a batch. */
  machine: object
}

/** What machines tell, and what is known of them. */
export function hostRoutes(api: OpenAPIHono<Env>, { hosts, ingest }: { hosts: Hosts; ingest: HostIngest }, { reader, readerOfBodies, auditor, admin, machine, json, body, failed }: HostKit): void {
  const told = {
    ...failed, 403: json(Answers.error, 'This token does not speak for that machine'), 413: json(Answers.error, 'More than is taken at once'), 429: json(Answers.error, 'More than is taken; nothing of this was'),
  }

  api.openapi(createRoute({
    method: 'post', path: '/hosts/events', ...machine, request: { body: { content: { 'application/x-ndjson': { schema: z.string().describe('a head, then one OCSF event a line; gzip or zstd') } }, required: true } },
    responses: { 200: json(HostAnswers.taken, 'All of it has been dealt with'), ...told },
  }), (c) => answered(c, async () => c.json(wire(await ingest.batch(speakerOf(c), await bytesOf(c), c.req.header('content-encoding')?.trim().toLowerCase() ?? null)), 200)))

  for (const source of ['falco', 'osquery'] as const) {
    api.openapi(createRoute({
      method: 'post', path: `/hosts/${source}`, ...machine, request: { body: { content: { 'application/json': { schema: z.unknown() }, 'application/x-ndjson': { schema: z.string() } }, required: true } },
      responses: { 200: json(HostAnswers.forwarded, `What of the output of ${source} was taken, by machine`), ...told },
    }), (c) => answered(c, async () => c.json(wire(await ingest.forwarded(speakerOf(c), source, { bytes: await bytesOf(c), coding: c.req.header('content-encoding')?.trim().toLowerCase() ?? null })), 200)))
  }

  api.openapi(createRoute({
    method: 'post', path: '/hosts/delivered', ...readerOfBodies, request: body(HostBodies.delivered), responses: { 200: json(HostAnswers.delivered, 'What the ledger says of versions that a machine has'), ...failed },
  }), async (c) => c.json(await hosts.delivered(c.get('token'), c.req.valid('json').packages), 200))

  api.openapi(createRoute({
    method: 'get', path: '/hosts', ...auditor, responses: { 200: json(HostAnswers.hosts, 'Machines that have told something, by name'), ...failed },
  }), async (c) => c.json(wire(await hosts.list()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/hosts/status', ...reader, responses: { 200: json(HostAnswers.status, 'How many machines tell what, and when one did last'), ...failed },
  }), async (c) => c.json(wire(await hosts.status()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/hosts/events', ...auditor, request: { query: HostBodies.events }, responses: { 200: json(HostAnswers.events, 'What machines told, the latest first'), ...failed },
  }), async (c) => c.json(wire(await hosts.events(c.req.valid('query'))) as z.output<typeof HostAnswers.events>, 200))

  api.openapi(createRoute({
    method: 'get', path: '/hosts/{host}', ...auditor, request: { params: HostBodies.host, query: HostBodies.show }, responses: { 200: json(HostAnswers.host, 'What a machine says it has, and ran'), ...failed },
  }), async (c) => c.json(wire(await hosts.show(c.req.valid('param').host, { gone: c.req.valid('query').gone ?? false })), 200))

  api.openapi(createRoute({
    method: 'delete', path: '/hosts/{host}', ...admin, request: { params: HostBodies.host }, responses: { 200: json(HostAnswers.removed, 'Forgotten, with all it said'), ...failed },
  }), async (c) => {
    await hosts.remove(c.req.valid('param').host)
    return c.json({ removed: true as const }, 200)
  })
}

const bytesOf = async (c: HonoContext<Env>): Promise<Uint8Array> => new Uint8Array(await c.req.arrayBuffer())

/** The scope asks for a token, so there is one. */
const speakerOf = (c: HonoContext<Env>): Speaker => ({ id: c.get('token') ?? '', name: c.get('caller') })

/** What senders have to tell apart: never again as it is, not with this token, later. */
async function answered<Answer>(c: HonoContext<Env>, work: () => Promise<Answer>) {
  try {
    return await work()
  } catch (thrown) {
    if (isCode(thrown, 'forbidden')) return c.json({ error: sentence(thrown), code: thrown.code, ...(thrown.hint ? { hint: thrown.hint } : {}) }, 403)
    if (isCode(thrown, 'rate-limited')) return c.json({ error: sentence(thrown), code: thrown.code, ...(thrown.hint ? { hint: thrown.hint } : {}) }, 429, { 'retry-after': '60' })
    throw thrown
  }
}
