import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ReadableStream } from 'node:stream/web'
import { SluiceError } from '../core/errors.ts'
import { wantedOf } from '../downloads/about.ts'
import type { Downloads, DownloadsReport } from '../downloads/downloads.ts'
import { downloadsCsv } from '../downloads/table.ts'
import { exposurePage } from '../report/exposure.ts'
import type { Env } from './api.ts'
import { DownloadsAnswers, DownloadsBodies } from './downloads-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

const LARGEST = 256 * 1024 * 1024
/** The page loads and runs nothing; its styles are its own. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What people and programs ask of deliveries. */
export function downloadsRoutes(api: OpenAPIHono<Env>, downloads: Downloads, { auditor, admin, adminOfLists, json, failed }: RouteKit): void {
  const read = ({ since, until, ...about }: z.output<typeof DownloadsBodies.about>): Promise<DownloadsReport> =>
    downloads.read(wantedOf(about), { since: since === undefined ? undefined : new Date(since), until: until === undefined ? undefined : new Date(until) })

  api.openapi(createRoute({
    method: 'get', path: '/downloads', ...auditor, request: { query: DownloadsBodies.about }, responses: { 200: json(DownloadsAnswers.read, 'Who received it, as what they most likely are, and how many may have run it'), ...failed },
  }), async (c) => c.json(wire(await read(c.req.valid('query'))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/downloads.csv', ...auditor, request: { query: DownloadsBodies.csv },
    responses: { 200: { content: { 'text/csv': { schema: z.string() } }, description: 'One of its tables; no cell is a formula' }, ...failed },
  }), async (c) => {
    const { by = 'class', ...about } = c.req.valid('query')
    return c.text(downloadsCsv(await read(about), by), 200, { 'content-type': 'text/csv; charset=utf-8' })
  })

  api.openapi(createRoute({
    method: 'get', path: '/downloads/report', ...auditor, request: { query: DownloadsBodies.about },
    responses: { 200: { content: { 'text/html': { schema: z.string() } }, description: 'The same as one page to read, print and hand on' }, ...failed },
  }), async (c) => c.html(exposurePage(await read(c.req.valid('query'))), 200, { 'content-security-policy': PAGE_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }))

  api.openapi(createRoute({
    method: 'get', path: '/downloads/imports', ...auditor, responses: { 200: json(DownloadsAnswers.imports, 'Tables of downloads elsewhere that were imported'), ...failed },
  }), async (c) => c.json(wire(await downloads.imports()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/downloads/imports', ...adminOfLists,
    request: { query: DownloadsBodies.import, body: { content: { 'text/plain': { schema: z.string().describe('CSV, JSON lines or a JSON array: time, country, project, what the client said') } }, required: true } },
    responses: { 201: json(DownloadsAnswers.imported, 'Its numbers are in every answer from now on'), ...failed },
  }), async (c) => {
    const { source, ecosystem = 'pypi' } = c.req.valid('query')
    const text = (await bytesOf(c.req.raw.body)).toString('utf8')
    return c.json(wire(await downloads.import(text, { source, ecosystem, by: c.get('caller') })), 201)
  })

  api.openapi(createRoute({
    method: 'delete', path: '/downloads/imports/{source}', ...admin, request: { params: DownloadsBodies.source }, responses: { 200: json(DownloadsAnswers.forgotten, 'Its numbers are in no answer any more'), ...failed },
  }), async (c) => {
    await downloads.forget(c.req.valid('param').source)
    return c.json({ removed: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/downloads/countries', ...adminOfLists,
    request: { body: { content: { 'text/plain': { schema: z.string().describe('a database of countries in MaxMind\'s format, as it is') } }, required: true } },
    responses: { 200: json(DownloadsAnswers.countries, 'In force from now on'), ...failed },
  }), async (c) => c.json(wire(await downloads.updateCountries(await bytesOf(c.req.raw.body))), 200))
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (!body) return Buffer.alloc(0)
  let size = 0
  return buffer(Readable.fromWeb(body as ReadableStream).map((chunk: Buffer) => {
    size += chunk.byteLength
    if (size > LARGEST) throw new SluiceError('usage', `a file may have ${LARGEST} bytes`)
    return chunk
  }))
}
