import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { parsePackage } from '../core/package-spec.ts'
import type { SandboxDesk } from '../sandbox/gate/desk.ts'
import { written } from '../sandbox/gate/packed.ts'
import type { Env } from './api.ts'
import { SandboxAnswers, SandboxBodies } from './sandbox-schemas.ts'
import type { SandboxAnswer } from './sandbox-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** What was run in the sandbox, what waits for it, and asking for more. */
export function sandboxRoutes(api: OpenAPIHono<Env>, sandbox: Pick<SandboxDesk, 'status' | 'list' | 'waiting' | 'show' | 'ask'>, { reader, auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'get', path: '/sandbox', ...reader, responses: { 200: json(SandboxAnswers.status, 'Whether packages are run, and what waits'), ...failed },
  }), async (c) => c.json(wire(await sandbox.status()), 200))

  api.openapi(createRoute({
    method: 'get', path: '/sandbox/waiting', ...auditor, request: { query: SandboxBodies.waiting }, responses: { 200: json(SandboxAnswers.waiting, 'What waits, in the order in which it is run, and what could not be run'), ...failed },
  }), async (c) => c.json(wire(await sandbox.waiting(c.req.valid('query').limit)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/sandbox/runs', ...auditor, request: { query: SandboxBodies.list }, responses: { 200: json(SandboxAnswers.list, 'Runs, the latest first'), ...failed },
  }), async (c) => {
    const { package: spec, ...query } = c.req.valid('query')
    return c.json(wire(await sandbox.list({ ...query, ...(spec === undefined ? {} : { package: parsePackage(spec) }) })), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/sandbox/runs', ...admin, request: body(SandboxBodies.ask), responses: { 200: json(SandboxAnswers.asked, 'Their places in the queue'), ...failed },
  }), async (c) => {
    const { package: spec, file } = c.req.valid('json')
    return c.json(wire(await sandbox.ask(parsePackage(spec), { file, by: c.get('caller') })), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/sandbox/runs/{id}', ...auditor, request: { params: SandboxBodies.id }, responses: { 200: json(SandboxAnswers.run, 'One run: how each phase went, what was found, and everything that was seen'), ...failed },
  }), async (c) => {
    const { run, record } = await sandbox.show(c.req.valid('param').id)
    return c.json({ run: wire(run), record: record && wire(written(record)) } as SandboxAnswer<'run'>, 200)
  })
}
