import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ReviewDesk } from '../monitor/recheck/desk.ts'
import type { Env } from './api.ts'
import { ReviewAnswers, ReviewBodies } from './reviews-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** What people and programs ask of the look back at upstream. */
export function reviewRoutes(api: OpenAPIHono<Env>, reviews: ReviewDesk, { reader, auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/rechecks', ...reader, responses: { 200: json(ReviewAnswers.status, 'How far the look back at upstream is'), ...failed },
  }), async (c) => c.json(wire(await reviews.status()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/rechecks', ...admin, request: body(ReviewBodies.recheck), responses: { 200: json(ReviewAnswers.rechecked, 'What one look at a package came to'), ...failed },
  }), async (c) => {
    const { ecosystem, name } = c.req.valid('json')
    return c.json(wire(await reviews.recheck(ecosystem, name)), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/reviews', ...auditor, request: { query: ReviewBodies.list }, responses: { 200: json(ReviewAnswers.list, 'What upstream did to what was had, the one that changed last first'), ...failed },
  }), async (c) => {
    const { state = 'open', limit } = c.req.valid('query')
    return c.json(wire(await reviews.list({ states: state === 'all' ? ['open', 'noted', 'closed'] : [state], limit })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/reviews/{id}', ...auditor, request: { params: ReviewBodies.id }, responses: { 200: json(ReviewAnswers.review, 'One review, with who met what it is about'), ...failed },
  }), async (c) => c.json(wire(await reviews.show(c.req.valid('param').id)), 200))

  api.openapi(createRoute({
    method: 'post', path: '/reviews/{id}/close', ...admin, request: { params: ReviewBodies.id, ...body(ReviewBodies.close) }, responses: { 200: json(ReviewAnswers.closed, 'Closed; the orders it took are in force within a second'), ...failed },
  }), async (c) => c.json(wire(await reviews.close(c.req.valid('param').id, { ...c.req.valid('json'), by: c.get('caller') })), 200))
}
