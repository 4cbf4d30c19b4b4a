import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Screening } from '../screening/screening.ts'
import type { Env } from './api.ts'
import { ScreeningAnswers, ScreeningBodies } from './screening-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Packages of a project held against everything the gate knows. */
export function screeningRoutes(api: OpenAPIHono<Env>, screening: Screening, { readerOfBodies, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'post', path: '/check', ...readerOfBodies, request: body(ScreeningBodies.check),
    responses: { 200: json(ScreeningAnswers.check, 'What is against each of these packages'), ...failed },
  }), async (c) => {
    const { packages } = c.req.valid('json')
    const asked = packages.map(({ ecosystem, name, version = null, range = null, digests = [] }) => ({ ecosystem, name, version, range, digests }))
    return c.json(wire(await screening.check(asked)), 200)
  })
}
