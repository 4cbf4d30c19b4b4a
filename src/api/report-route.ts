import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { ReportDoor } from '../incident/reports/door.ts'
import type { Env } from './api.ts'
import { IncidentAnswers, IncidentBodies } from './incident-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Where reports come in, by `POST /reports`. */
export function reportRoute(api: OpenAPIHono<Env>, door: ReportDoor, { readerOfBodies, json, body, failed }: RouteKit): void {
  const asStranger: MiddlewareHandler<Env> = async (c, next) => {
    c.set('caller', 'anonymous')
    await next()
  }
  const [mayRead, limit] = (readerOfBodies as { middleware: [MiddlewareHandler<Env>, MiddlewareHandler<Env>] }).middleware
  // Whoever has a token reports by its name, also where strangers may.
  const asOne: MiddlewareHandler<Env> = (c, next) => (c.req.header('authorization') === undefined ? asStranger : mayRead)(c, next)
  const refused = (description: string) => json(failed[400].content['application/json'].schema, description)

  api.openapi(createRoute({
    method: 'post', path: '/reports', middleware: [door.open === 'everyone' ? asOne : mayRead, limit], security: door.open === 'everyone' ? [{}, { bearer: ['read'] }] : [{ bearer: ['read'] }], request: body(IncidentBodies.report),
    responses: { 201: json(IncidentAnswers.thanks, 'Thanks, and a reference'), ...failed, 403: refused('Reports are not taken here'), 429: refused('Too many reports; Retry-After says when') },
  }), async (c) => {
    if (door.open === 'off') return c.json({ error: 'reports are not taken here' }, 403)
    const { machine = false, ...said } = c.req.valid('json')
    const caller = c.get('caller')
    const taken = await door.take(said, { caller: caller === 'anonymous' ? null : caller, address: door.addressOf(c.env.incoming), isMachine: machine, now: Date.now() })
    if ('wait' in taken) return c.json({ error: 'too many reports for now: write to the people who run this gate, or come back later' }, 429, { 'retry-after': String(taken.wait) })
    return c.json(wire(taken), 201)
  })
}
