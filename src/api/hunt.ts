import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hunter } from '../hunt/hunter.ts'
import type { Env } from './api.ts'
import { HuntAnswers, HuntBodies } from './hunt-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Hunting in what was judged. What runs rules takes workers, so that it needs more than reading. */
export function huntRoutes(api: OpenAPIHono<Env>, hunter: Pick<Hunter, 'hunt' | 'retro'>, { reader, auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/hunt', ...auditor, request: { query: HuntBodies.query }, responses: { 200: json(HuntAnswers.hunt, 'Judged files, why they were found, what is decided of them, and who met them'), ...failed },
  }), async (c) => c.json(wire(await hunter.hunt(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'post', path: '/hunt', ...admin, request: body(HuntBodies.hunt), responses: { 200: json(HuntAnswers.hunt, 'The same, also by likeness and by YARA rules'), ...failed },
  }), async (c) => c.json(wire(await hunter.hunt(c.req.valid('json'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/hunt/retro', ...reader, responses: { 200: json(HuntAnswers.retro, 'How far what is new has been matched against what was seen'), ...failed },
  }), async (c) => c.json(wire(await hunter.retro()), 200))
}
