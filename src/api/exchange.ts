import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Exchange } from '../intel/exchange.ts'
import type { Env } from './api.ts'
import { ExchangeAnswers, ExchangeBodies } from './exchange-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Advisories and indicators in and out. */
export function exchangeRoutes(api: OpenAPIHono<Env>, exchange: Exchange, { reader, auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/feed/osv', ...reader, request: { query: ExchangeBodies.feedPage },
    responses: { 200: json(ExchangeAnswers.feedPage, 'Advisories and this gate\'s own statements as OSV records, from a cursor on. Without a token what is clear; with one what sluice.yaml shares'), ...failed },
  }), async (c) => {
    const { since, limit } = c.req.valid('query')
    return c.json(await exchange.feedPage({ since, limit, most: c.get('caller') === 'anonymous' ? 'clear' : exchange.share }), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/feed/export', ...auditor, request: { query: ExchangeBodies.export },
    responses: { 200: json(ExchangeAnswers.exported, 'What this gate says, and indicators that people entered, in a format of others; nothing that is red'), ...failed },
  }), async (c) => {
    const { format, since, max_tlp: most } = c.req.valid('query')
    return c.json(await exchange.export(format, { since: since === undefined ? undefined : new Date(since), most }), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/feeds', ...auditor, responses: { 200: json(ExchangeAnswers.feeds, 'Feeds of others, and how far each was read'), ...failed },
  }), async (c) => c.json(wire(await exchange.feeds()), 200))

  api.openapi(createRoute({
    method: 'put', path: '/feeds/{name}', ...admin, request: { params: ExchangeBodies.name, ...body(ExchangeBodies.feed) },
    responses: { 201: json(ExchangeAnswers.feed, 'Kept in sync from now on; only public places, others are named in sluice.yaml'), ...failed },
  }), async (c) => c.json(wire(await exchange.addFeed({ name: c.req.valid('param').name, ...c.req.valid('json') }, { by: c.get('caller'), atMachine: false })), 201))

  api.openapi(createRoute({
    method: 'delete', path: '/feeds/{name}', ...admin, request: { params: ExchangeBodies.name }, responses: { 200: json(ExchangeAnswers.removed, 'Read no more; what was read stays'), ...failed },
  }), async (c) => {
    await exchange.removeFeed(c.req.valid('param').name)
    return c.json({ removed: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/feeds/sync', ...admin, request: body(ExchangeBodies.sync), responses: { 200: json(ExchangeAnswers.synced, 'What reading them now brought'), ...failed },
  }), async (c) => c.json(wire(await exchange.syncFeeds(c.req.valid('json').name)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/indicators', ...auditor, request: { query: ExchangeBodies.indicators }, responses: { 200: json(ExchangeAnswers.indicators, 'Indicators that are known as bad, by when they changed'), ...failed },
  }), async (c) => c.json(wire(await exchange.indicators(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'post', path: '/indicators', ...admin, request: body(ExchangeBodies.addIndicators), responses: { 201: json(ExchangeAnswers.added, 'Known from now on'), ...failed },
  }), async (c) => {
    const { values, because, validUntil, ...rest } = c.req.valid('json')
    return c.json(await exchange.addIndicators(values, { ...rest, says: because, validUntil: validUntil === undefined ? null : new Date(validUntil), by: c.get('caller') }), 201)
  })

  api.openapi(createRoute({
    method: 'post', path: '/indicators/withdraw', ...admin, request: body(ExchangeBodies.withdraw), responses: { 200: json(ExchangeAnswers.indicator, 'Taken back'), ...failed },
  }), async (c) => c.json(wire(await exchange.withdrawIndicator(c.req.valid('json').value)), 200))
}
