import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { SluiceError } from '../core/errors.ts'
import type { Lookout } from '../monitor/lookout.ts'
import type { Env } from './api.ts'
import { WatchAnswers, WatchBodies } from './watch-schemas.ts'
import { wire } from './wire.ts'

/** The pieces every route of the API is made of; see `api.ts`. */
export interface RouteKit {
  reader: object
  /** As `reader`, with a limit on the body. */
  readerOfBodies: object
  auditor: object
  admin: object
  /** As `admin`, without the limit on the body. */
  adminOfLists: object
  json<S extends z.ZodType>(schema: S, description: string): { content: { 'application/json': { schema: S } }; description: string }
  body<S extends z.ZodType>(schema: S): { body: { content: { 'application/json': { schema: S } }; required: boolean } }
  failed: Record<400 | 401 | 404 | 503, { content: { 'application/json': { schema: z.ZodType } }; description: string }>
}

const LARGEST_LIST = 64 * 1024 * 1024

/** What people and programs ask of the watch. */
export function watchRoutes(api: OpenAPIHono<Env>, lookout: Lookout, { reader, readerOfBodies, auditor, admin, adminOfLists, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/watch', ...reader, responses: { 200: json(WatchAnswers.status, 'What the watch follows, and how far it is'), ...failed },
  }), async (c) => c.json(wire(await lookout.status()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/alarms', ...auditor, request: { query: WatchBodies.alarms }, responses: { 200: json(WatchAnswers.alarms, 'Alarms, the one that changed last first'), ...failed },
  }), async (c) => {
    const { open, since, limit } = c.req.valid('query')
    return c.json(wire(await lookout.alarms({ open, since: since === undefined ? undefined : new Date(since), limit })), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/alarms/{id}/close', ...admin, request: { params: WatchBodies.id }, responses: { 200: json(WatchAnswers.closed, 'Closed; what goes on is a new alarm'), ...failed },
  }), async (c) => {
    await lookout.closeAlarm(c.req.valid('param').id)
    return c.json({ closed: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/alarms/digest', ...auditor, request: { query: WatchBodies.digest }, responses: { 200: json(WatchAnswers.digest, 'The alarms since then as the subject and text of a mail'), ...failed },
  }), async (c) => c.json(wire(await lookout.digest(new Date(c.req.valid('query').since))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/campaigns', ...auditor, request: { query: WatchBodies.campaigns }, responses: { 200: json(WatchAnswers.campaigns, 'Packages that belong together, the campaign that changed last first'), ...failed },
  }), async (c) => c.json(wire(await lookout.campaigns(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/campaigns/rulings', ...auditor, responses: { 200: json(WatchAnswers.rulings, 'What people said ties nothing'), ...failed },
  }), async (c) => c.json(wire(await lookout.rulings()), 200))

  api.openapi(createRoute({
    method: 'delete', path: '/campaigns/rulings', ...admin, request: body(WatchBodies.reinstate), responses: { 200: json(WatchAnswers.reinstated, 'The value counts again'), ...failed },
  }), async (c) => {
    await lookout.reinstate(c.req.valid('json'))
    return c.json({ reinstated: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/campaigns/{id}', ...auditor, request: { params: WatchBodies.id, query: WatchBodies.campaign }, responses: { 200: json(WatchAnswers.campaign, 'One campaign: members, what ties them, who stands behind them'), ...failed },
  }), async (c) => c.json(wire(await lookout.campaign(c.req.valid('param').id, c.req.valid('query').limit)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/campaigns/{id}/export', ...auditor, request: { params: WatchBodies.id }, responses: { 200: json(WatchAnswers.exported, 'Everything known of a campaign, with every member'), ...failed },
  }), async (c) => c.json(wire(await lookout.exportCampaign(c.req.valid('param').id)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/campaigns/{id}/members.csv', ...auditor, request: { params: WatchBodies.id },
    responses: { 200: { content: { 'text/csv': { schema: z.string() } }, description: 'Its members as a table; no address leads anywhere, no cell is a formula' }, ...failed },
  }), async (c) => c.text(await lookout.campaignCsv(c.req.valid('param').id), 200, { 'content-type': 'text/csv; charset=utf-8' }))

  api.openapi(createRoute({
    method: 'post', path: '/campaigns/rulings', ...admin, request: body(WatchBodies.ruleOut), responses: { 200: json(WatchAnswers.ruledOut, 'The value ties nothing from now on'), ...failed },
  }), async (c) => c.json(wire(await lookout.ruleOut({ ...c.req.valid('json'), by: c.get('caller') })), 200))

  api.openapi(createRoute({
    method: 'get', path: '/actors', ...auditor, request: { query: WatchBodies.actors }, responses: { 200: json(WatchAnswers.actors, 'Uploaders, those with the most malicious packages first'), ...failed },
  }), async (c) => c.json(wire(await lookout.actors(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/actors/{ecosystem}/{actor}', ...auditor, request: { params: WatchBodies.actor }, responses: { 200: json(WatchAnswers.actor, 'One uploader and the packages that were seen'), ...failed },
  }), async (c) => {
    const { ecosystem, actor } = c.req.valid('param')
    return c.json(wire(await lookout.actor(ecosystem, actor)), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/watched', ...auditor, responses: { 200: json(WatchAnswers.watched, 'Whose every upload is looked at first'), ...failed },
  }), async (c) => c.json(wire(await lookout.watched()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/watched', ...admin, request: body(WatchBodies.watch), responses: { 201: json(WatchAnswers.watching, 'Watched from now on'), ...failed },
  }), async (c) => c.json(wire(await lookout.watch({ ...c.req.valid('json'), by: c.get('caller') })), 201))

  api.openapi(createRoute({
    method: 'delete', path: '/watched/{ecosystem}/{actor}', ...admin, request: { params: WatchBodies.actor }, responses: { 200: json(WatchAnswers.unwatched, 'Watched no more'), ...failed },
  }), async (c) => {
    const { ecosystem, actor } = c.req.valid('param')
    await lookout.unwatch(ecosystem, actor)
    return c.json({ removed: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/names/check', ...readerOfBodies, request: body(WatchBodies.names), responses: { 200: json(WatchAnswers.names, 'Which protected names these imitate, in the order they were given'), ...failed },
  }), async (c) => {
    const { names, look } = c.req.valid('json')
    return c.json(wire(await lookout.checkNames(names, { look: look ?? false })), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/names/used', ...admin, request: body(WatchBodies.used), responses: { 200: json(WatchAnswers.learnt, 'Protected from now on'), ...failed },
  }), async (c) => {
    const { names, source } = c.req.valid('json')
    return c.json(wire(await lookout.learnNames(names, source)), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/names/exposed', ...admin, responses: { 200: json(WatchAnswers.exposed, 'Private names that anybody could take; each is asked of the public registries'), ...failed },
  }), async (c) => c.json(wire(await lookout.exposed()), 200))

  api.openapi(createRoute({
    method: 'delete', path: '/names/{ecosystem}', ...admin, request: { params: WatchBodies.list }, responses: { 200: json(WatchAnswers.reset, 'The built-in popular names count again'), ...failed },
  }), async (c) => c.json({ reset: await lookout.resetNames(c.req.valid('param').ecosystem) }, 200))

  api.openapi(createRoute({
    method: 'post', path: '/names/{ecosystem}', ...adminOfLists,
    request: { params: WatchBodies.list, body: { content: { 'text/plain': { schema: z.string().describe('names, the most popular first: plain, JSON or CSV; empty: the list that is configured') } }, required: false } },
    responses: { 200: json(WatchAnswers.updated, 'Popular names in force'), ...failed },
  }), async (c) => c.json(wire(await lookout.updateNames(c.req.valid('param').ecosystem, await listIn(c.req.raw.body))), 200))
}

async function listIn(body: unknown): Promise<Uint8Array | undefined> {
  if (!body) return undefined
  let size = 0
  const bounded = Readable.fromWeb(body as ReadableStream).map((chunk: Buffer) => {
    size += chunk.byteLength
    if (size > LARGEST_LIST) throw new SluiceError('usage', `a list may have ${LARGEST_LIST} bytes`)
    return chunk
  })
  const bytes = await buffer(bounded)
  return bytes.byteLength === 0 ? undefined : bytes
}
