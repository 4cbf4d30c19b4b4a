import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Operator } from '../admission/operator.ts'
import type { Digest } from '../core/types.ts'
import type { TraceAsked, TracerOptions } from '../ledger/tracer.ts'
import type { Env } from './api.ts'
import { Answers, Bodies } from './schemas.ts'
import { traceCsv } from './trace-csv.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** Who received, was refused, read of or has what; and forgetting who asked. */
export function traceRoutes(api: OpenAPIHono<Env>, operator: Operator, { auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/trace', ...auditor, request: { query: Bodies.traceQuery },
    responses: { 200: json(Answers.trace, 'Ledger lines in order, and who received it or has it'), ...failed },
  }), async (c) => {
    const { asked, options } = read(c.req.valid('query'))
    if (isEndless(asked, options)) return c.json({ error: NOTHING }, 400)
    return c.json(wire(await operator.trace(asked, options)), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/trace.csv', ...auditor, request: { query: Bodies.traceQuery },
    responses: { 200: { content: { 'text/csv': { schema: z.string() } }, description: 'All pages as a table; no cell is a formula' }, ...failed },
  }), async (c) => {
    const { asked, options } = read(c.req.valid('query'))
    if (isEndless(asked, options)) return c.json({ error: NOTHING }, 400)
    const pages = { ...options, limit: 1_000 }
    // What is wrong with the question is said before the table begins.
    let page = await operator.trace(asked, pages)
    let first = true
    const rows = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (!first) page = await operator.trace(asked, { ...pages, cursor: page.next ?? undefined })
        controller.enqueue(new TextEncoder().encode(traceCsv(wire(page), first)))
        first = false
        if (page.next === null) controller.close()
      },
    })
    return c.body(rows, 200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="trace.csv"' })
  })

  api.openapi(createRoute({
    method: 'post', path: '/ledger/forget', ...admin, request: body(Bodies.forget),
    responses: { 200: json(Answers.forgot, 'How many callers; what they did stays in the ledger, without them'), ...failed },
  }), async (c) => {
    const { because, ...person } = c.req.valid('json')
    return c.json(wire(await operator.forget(person, { because, by: c.get('caller') })), 200)
  })
}

function read({ kind, since, until, limit, cursor, digest, ...asked }: z.output<typeof Bodies.traceQuery>): { asked: TraceAsked; options: TracerOptions } {
  return {
    asked: { ...asked, digest: digest as Digest | undefined },
    options: {
      kinds: kind === undefined || Array.isArray(kind) ? kind : [kind], since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until), limit, cursor,
    },
  }
}

/** The whole ledger, line by line, is nobody's question. */
const isEndless = (asked: TraceAsked, { since }: TracerOptions): boolean => since === undefined && Object.values(asked).every((one) => one === undefined)
const NOTHING = 'say package=npm:NAME[@VERSION], digest=sha256:…, indicator, campaign, actor, token, user, host, job, address, client, or since'
