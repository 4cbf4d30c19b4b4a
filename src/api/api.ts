import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext } from 'hono'
import { access } from '../access/access.ts'
import type { Anonymous } from '../access/access.ts'
import type { Scope, Tokens } from '../access/tokens.ts'
import type { Operator } from '../admission/operator.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Policy } from '../core/policy.ts'
import { Answers, Bodies } from './schemas.ts'

export interface ApiOptions {
  operator: Operator
  tokens: Tokens
  anonymous: Anonymous
  /** Reads a policy from the text of a `sluice.yaml`; throws SluiceError `config-invalid`. */
  parsePolicy(text: string): Policy
}

type Env = { Bindings: HttpBindings; Variables: { caller: string } }

/** The automation API under `/api/v1`, described by `/api/v1/openapi.json`. Prints what the operator answers. */
export function createApi({ operator, tokens, anonymous, parsePolicy }: ApiOptions): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>({
    defaultHook: (result, c) => (result.success ? undefined : c.json({ error: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') }, 400)),
  })

  const needs = (scope: Scope) => async (c: HonoContext<Env>, next: () => Promise<void>): Promise<Response | void> => {
    const { incoming } = c.env
    const granted = await access({ headers: incoming.headers, address: incoming.socket.remoteAddress ?? '' }, scope, { tokens, anonymous })
    if (!granted.granted) return c.json({ error: granted.because }, 401, { 'www-authenticate': 'Bearer realm="sluice"' })
    c.set('caller', granted.token?.name ?? 'anonymous')
    await next()
  }
  const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description })
  const failed = { 400: json(Answers.error, 'Bad request'), 401: json(Answers.error, 'A token is needed'), 404: json(Answers.error, 'Not known') }
  const security = [{ bearer: [] as string[] }]

  api.openapi(createRoute({
    method: 'get', path: '/status', middleware: [needs('read')], security, responses: { 200: json(Answers.any, 'What the gate is doing'), ...failed },
  }), async (c) => c.json(await operator.status(), 200))

  api.openapi(createRoute({
    method: 'get', path: '/packages/{ecosystem}/{name}', middleware: [needs('read')], security, request: { params: Bodies.packageParams },
    responses: { 200: json(Answers.any, 'Everything known of a package: files, verdicts, rulings, orders, advisories'), ...failed },
  }), async (c) => {
    const { ecosystem, name } = c.req.valid('param')
    const view = await operator.package(ecosystem, name)
    return view ? c.json(view, 200) : c.json({ error: `nothing is known of ${ecosystem}:${name}` }, 404)
  })

  api.openapi(createRoute({
    method: 'get', path: '/trace', middleware: [needs('read')], security, request: { query: Bodies.traceQuery },
    responses: { 200: json(Answers.any, 'Ledger lines of a package or digest, in order, and who received it'), ...failed },
  }), async (c) => {
    const { package: spec, digest, kind, limit, cursor } = c.req.valid('query')
    if (!spec && !digest) return c.json({ error: 'say package=npm:NAME[@VERSION] or digest=sha256:…' }, 400)
    const found = spec ? parsePackage(spec) : null
    const query = found ? { ecosystem: found.ecosystem, name: found.name, ...(found.version ? { version: found.version } : {}) } : { digest: digest as Digest }
    return c.json(await operator.trace(query, { ...(kind ? { kinds: [kind] } : {}), ...(limit ? { limit } : {}), ...(cursor ? { cursor } : {}) }), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/orders', middleware: [needs('read')], security, responses: { 200: json(Answers.any, 'Orders, newest first'), ...failed },
  }), async (c) => c.json(await operator.orders(), 200))

  api.openapi(createRoute({
    method: 'post', path: '/orders', middleware: [needs('admin')], security, request: { body: json(Bodies.order, 'Hold, release or recall') },
    responses: { 201: json(Answers.any, 'The order, in force on every gate within a second'), ...failed },
  }), async (c) => {
    const { package: spec, digest, expiresAt, ...rest } = c.req.valid('json')
    const { ecosystem, name, version } = parsePackage(spec)
    const made = await operator.order({
      ...rest, ecosystem, name, version, digest: (digest ?? null) as Digest | null, by: c.get('caller'), expiresAt: expiresAt ? new Date(expiresAt) : null,
    })
    return c.json(made, 201)
  })

  api.openapi(createRoute({
    method: 'get', path: '/policy', middleware: [needs('read')], security, responses: { 200: json(Answers.any, 'The policy in force'), ...failed },
  }), (c) => c.json(operator.policy(), 200))

  api.openapi(createRoute({
    method: 'post', path: '/policy/test', middleware: [needs('admin')], security, request: { body: json(Bodies.policyTest, 'A changed sluice.yaml') },
    responses: { 200: json(Answers.any, 'What the changed policy would have decided differently'), ...failed },
  }), async (c) => {
    const { text, since } = c.req.valid('json')
    return c.json(await operator.testPolicy(parsePolicy(text), new Date(since)), 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/ledger/verify', middleware: [needs('admin')], security, responses: { 200: json(Answers.any, 'Whether the chain holds'), ...failed },
  }), async (c) => c.json(await operator.verifyLedger(), 200))

  api.openapi(createRoute({
    method: 'get', path: '/tokens', middleware: [needs('admin')], security, responses: { 200: json(Answers.any, 'Tokens, without their secrets'), ...failed },
  }), async (c) => c.json(await tokens.list(), 200))

  api.openapi(createRoute({
    method: 'post', path: '/tokens', middleware: [needs('admin')], security, request: { body: json(Bodies.token, 'A new token') },
    responses: { 201: json(Answers.any, 'The token and its secret, which is shown this once'), ...failed },
  }), async (c) => {
    const { name, scopes, expiresAt } = c.req.valid('json')
    return c.json(await tokens.create({ name, scopes, expiresAt: expiresAt ? new Date(expiresAt) : null }), 201)
  })

  api.openapi(createRoute({
    method: 'delete', path: '/tokens/{id}', middleware: [needs('admin')], security, request: { params: z.object({ id: z.string().max(40) }) },
    responses: { 200: json(Answers.any, 'Revoked; refused everywhere within two seconds'), ...failed },
  }), async (c) => ((await tokens.revoke(c.req.valid('param').id)) ? c.json({ revoked: true }, 200) : c.json({ error: 'no such token' }, 404)))

  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  api.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Sluice', version: '1' }, servers: [{ url: '/api/v1' }] })
  api.notFound((c) => c.json({ error: 'no such resource; /api/v1/openapi.json lists them' }, 404))
  api.onError((thrown, c) => {
    if (isCode(thrown, 'usage', 'config-invalid')) return c.json({ error: sentence(thrown), ...(thrown.hint ? { hint: thrown.hint } : {}) }, 400)
    if (thrown instanceof SluiceError) return c.json({ error: sentence(thrown), code: thrown.code }, 503)
    return c.json({ error: 'an error of the gate itself; its log says more' }, 500)
  })
  return api
}
