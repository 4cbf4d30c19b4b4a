import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { parsePackage } from '../core/package-spec.ts'
import type { Inventory } from '../screening/inventory/inventory.ts'
import type { Env } from './api.ts'
import { InventoryAnswers, InventoryBodies } from './inventory-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

export interface InventoryKit extends Pick<RouteKit, 'auditor' | 'admin' | 'json' | 'body' | 'failed'> {
  /** For pipelines that tell what they use; bodies are limited to some lockfiles. */
  telling: object
}

/** What services lock and ship: told by pipelines, asked by people. */
export function inventoryRoutes(api: OpenAPIHono<Env>, inventory: Inventory, { auditor, admin, telling, json, body, failed }: InventoryKit): void {
  api.openapi(createRoute({
    method: 'put', path: '/inventory/{service}', ...telling, request: { params: InventoryBodies.service, ...body(InventoryBodies.add) },
    responses: { 200: json(InventoryAnswers.added, 'What was kept of each file; a file that is not whole is refused, and what was known of it stays'), ...failed },
  }), async (c) => {
    const { files, revision = null, complete = false } = c.req.valid('json')
    const given = files.map(({ path, text, base64 }) => ({ path, bytes: Buffer.from(text ?? base64 ?? '', text === undefined ? 'base64' : 'utf8') }))
    return c.json(wire(await inventory.add({ service: c.req.valid('param').service, files: given, revision, complete, by: c.get('caller') })), 200)
  })

  api.openapi(createRoute({
    method: 'put', path: '/inventory/{service}/file', ...telling,
    request: { params: InventoryBodies.service, query: InventoryBodies.addOne, body: { content: { 'application/octet-stream': { schema: z.string().describe('the file itself') } }, required: true } },
    responses: { 200: json(InventoryAnswers.added, 'As above, for one file that is sent as it is'), ...failed },
  }), async (c) => {
    const { path, revision = null } = c.req.valid('query')
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    return c.json(wire(await inventory.add({ service: c.req.valid('param').service, files: [{ path, bytes }], revision, complete: false, by: c.get('caller') })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/inventory', ...auditor, responses: { 200: json(InventoryAnswers.services, 'Services, by name'), ...failed },
  }), async (c) => c.json(wire(await inventory.services()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/inventory/{service}', ...auditor, request: { params: InventoryBodies.service, query: InventoryBodies.show },
    responses: { 200: json(InventoryAnswers.service, 'What a service has, or had at a moment'), ...failed },
  }), async (c) => {
    const { at } = c.req.valid('query')
    return c.json(wire(await inventory.show(c.req.valid('param').service, at === undefined ? null : new Date(at))), 200)
  })

  api.openapi(createRoute({
    method: 'delete', path: '/inventory/{service}', ...admin, request: { params: InventoryBodies.service, query: InventoryBodies.remove },
    responses: { 200: json(InventoryAnswers.removed, 'How many packages it was known to have until now'), ...failed },
  }), async (c) => {
    const { path = null, forget = false } = c.req.valid('query')
    return c.json(wire(await inventory.remove(c.req.valid('param').service, { source: path, forget })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/locked', ...auditor, request: { query: InventoryBodies.who },
    responses: { 200: json(InventoryAnswers.who, 'Which services have a package, had it at a moment, or ever'), ...failed },
  }), async (c) => {
    const { package: spec, at, ever = false } = c.req.valid('query')
    return c.json(wire(await inventory.who(parsePackage(spec), ever ? 'ever' : at === undefined ? 'now' : new Date(at))), 200)
  })
}
