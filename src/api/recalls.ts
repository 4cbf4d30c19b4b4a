import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Readable } from 'node:stream'
import { named } from '../admission/names.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Digest } from '../core/types.ts'
import type { RecallBook } from '../recall/book.ts'
import type { EvidenceStore } from '../recall/evidence.ts'
import type { Recalls } from '../recall/recalls.ts'
import type { Env } from './api.ts'
import { RecallAnswers, RecallBodies } from './recall-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** What was taken back, who had it, and the evidence. */
export function recallRoutes(api: OpenAPIHono<Env>, { recalls, recallBook, evidence }: { recalls: Recalls; recallBook: RecallBook; evidence: EvidenceStore }, { auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/recalls', ...auditor, request: { query: RecallBodies.list }, responses: { 200: json(RecallAnswers.list, 'Recalls, the latest first'), ...failed },
  }), async (c) => {
    const { open, limit } = c.req.valid('query')
    return c.json(wire(await recallBook.list({ open, ...(limit === undefined ? {} : { limit }) })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/recalls/files', ...auditor, responses: { 200: json(RecallAnswers.files, 'Every file that is taken back now, and what caches know it by'), ...failed },
  }), async (c) => c.json(wire(await recallBook.files()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/recalls/settle', ...admin, request: body(RecallBodies.settle),
    responses: { 200: json(RecallAnswers.settled, 'Answers once what people ordered about this package is carried out, and those who met it are counted'), ...failed },
  }), async (c) => {
    const { ecosystem, name } = named(parsePackage(c.req.valid('json').package))
    return c.json({ settled: await recalls.settle(ecosystem, name) }, 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/recalls/{id}', ...auditor, request: { params: RecallBodies.id, query: RecallBodies.show },
    responses: { 200: json(RecallAnswers.show, 'One recall: its files, who met it, what to clear on machines that have it'), ...failed },
  }), async (c) => {
    const { limit } = c.req.valid('query')
    const found = await recallBook.show(c.req.valid('param').id, limit === undefined ? {} : { limit })
    return found ? c.json(wire(found), 200) : c.json({ error: 'there is no such recall' }, 404)
  })

  api.openapi(createRoute({
    method: 'get', path: '/evidence', ...auditor, responses: { 200: json(RecallAnswers.evidence, 'Bytes that were taken back'), ...failed },
  }), async (c) => c.json(wire(await evidence.list()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/evidence/{digest}', ...auditor, request: { params: RecallBodies.piece },
    responses: { 200: json(RecallAnswers.piece, 'One piece: hashes, where it came from, verdicts, and what was done with it'), ...failed },
  }), async (c) => c.json(wire(await evidence.show(c.req.valid('param').digest)), 200))

  api.openapi(createRoute({
    method: 'post', path: '/evidence/export', ...admin, request: body(RecallBodies.export),
    responses: { 200: { content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } }, description: 'One encrypted archive with a manifest' }, ...failed },
  }), async (c) => {
    const { digests, because, format, recipients = [] } = c.req.valid('json')
    const { name, stream } = await evidence.export({ digests: digests as Digest[], because, by: c.get('caller'), seal: format === 'zip' ? { format } : { format, recipients } })
    return c.body(Readable.toWeb(stream) as never, 200, { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="${name}"`, 'x-content-type-options': 'nosniff' }) as never
  })
}
