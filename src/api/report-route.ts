import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Scope } from '../access/tokens.ts'
import type { Incidents } from '../incident/face.ts'
import { Limits } from '../incident/reports/limits.ts'
import type { Env } from './api.ts'
import { IncidentAnswers, IncidentBodies } from './incident-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Who may report packages: nobody, whoever may read, or everybody who reaches the gate. */
export type Reporting = 'off' | 'token' | 'everyone'

/** A person writes few reports an hour, a program that has a token some hundred. */
const STRANGERS = { burst: 5, perHour: 10 }
const KNOWN = { burst: 60, perHour: 600 }

/** Where reports come in, by `POST /reports`. */
export function reportRoute(api: OpenAPIHono<Env>, incidents: Incidents, { reporting, needs, readerOfBodies, json, body, failed }: RouteKit & { reporting: Reporting; needs(scope: Scope): MiddlewareHandler<Env> }): void {
  const strangers = new Limits(STRANGERS)
  const known = new Limits(KNOWN)
  const addressOf = (c: HonoContext<Env>): string => c.env.incoming.socket.remoteAddress ?? 'unknown'
  const asStranger: MiddlewareHandler<Env> = async (c, next) => {
    c.set('caller', 'anonymous')
    await next()
  }
  const [first, ...rest] = (readerOfBodies as { middleware: MiddlewareHandler<Env>[] }).middleware
  const middleware = reporting === 'everyone' ? [asStranger, ...rest] : [first ?? needs('read'), ...rest]

  api.openapi(createRoute({
    method: 'post', path: '/reports', middleware, security: reporting === 'everyone' ? [] : [{ bearer: ['read'] }], request: body(IncidentBodies.report),
    responses: {
      201: json(IncidentAnswers.thanks, 'Thanks, and a reference'), ...failed,
      403: json(failed[400].content['application/json'].schema, 'Reports are not taken here'), 429: json(failed[400].content['application/json'].schema, 'Too many reports; Retry-After says when'),
    },
  }), async (c) => {
    if (reporting === 'off') return c.json({ error: 'reports are not taken here' }, 403)
    const caller = c.get('caller')
    const isStranger = caller === 'anonymous'
    const wait = (isStranger ? strangers : known).take(isStranger ? addressOf(c) : caller, Date.now())
    if (wait > 0) return c.json({ error: 'too many reports for now: write to the people who run this gate, or come back later' }, 429, { 'retry-after': String(Math.ceil(wait / 1_000)) })
    const { machine = false, ...said } = c.req.valid('json')
    return c.json(wire(await incidents.report(said, { id: isStranger ? `anonymous at ${addressOf(c)}` : caller, isMachine: machine })), 201)
  })
}
