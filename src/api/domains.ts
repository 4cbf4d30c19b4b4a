import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { SluiceError } from '../core/errors.ts'
import type { Domains } from '../incident/domains/domains.ts'
import type { Env } from './api.ts'
import { DomainAnswers, DomainBodies } from './domains-schemas.ts'
import type { RouteKit } from './watch.ts'
import { wire } from './wire.ts'

/** What people and programs ask about names and addresses of attackers. Names go as queries or bodies: they have dots, slashes and brackets. */
export function domainRoutes(api: OpenAPIHono<Env>, domains: Domains, { readerOfBodies, auditor, admin, json, body, failed }: RouteKit): void {
  api.openapi(createRoute({
    method: 'post', path: '/domains/check', ...readerOfBodies, request: body(DomainBodies.check), responses: { 200: json(DomainAnswers.checked, 'Whom these names imitate, and how'), ...failed },
  }), async (c) => {
    const { names, protect } = c.req.valid('json')
    return c.json(wire(await domains.check(names, protect)), 200)
  })

  api.openapi(createRoute({
    method: 'get', path: '/domains/candidates', ...auditor, request: { query: DomainBodies.candidates }, responses: { 200: json(DomainAnswers.candidates, 'What somebody might register to pass for this host'), ...failed },
  }), (c) => c.json(wire(domains.candidates(c.req.valid('query').host)), 200))

  api.openapi(createRoute({
    method: 'post', path: '/domains/look', ...admin, request: body(DomainBodies.name), responses: { 200: json(DomainAnswers.report, 'What registries and DNS say now; written down'), ...failed },
  }), async (c) => c.json(DomainAnswers.report.parse(wire(await domains.look(c.req.valid('json').name))), 200))

  api.openapi(createRoute({
    method: 'get', path: '/domains/history', ...auditor, request: { query: DomainBodies.name }, responses: { 200: json(DomainAnswers.history, 'What was seen and told of it, in the order of time'), ...failed },
  }), async (c) => c.json(wire(await domains.history(c.req.valid('query').name)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/domains/siblings', ...auditor, request: { query: DomainBodies.name }, responses: { 200: json(DomainAnswers.siblings, 'Known domains that may be of the same hands, with reasons'), ...failed },
  }), async (c) => c.json(wire(await domains.siblings(c.req.valid('query').name)), 200))

  api.openapi(createRoute({
    method: 'get', path: '/domains/watched', ...auditor, responses: { 200: json(DomainAnswers.list, 'What is looked after, and where it stands'), ...failed },
  }), async (c) => c.json(wire(await domains.watched()), 200))

  api.openapi(createRoute({
    method: 'post', path: '/domains/watched', ...admin, request: body(DomainBodies.watch), responses: { 201: json(DomainAnswers.kept, 'Looked at by the clock from now on'), ...failed },
  }), async (c) => c.json(wire(await domains.watch({ ...c.req.valid('json'), by: c.get('caller') })), 201))

  api.openapi(createRoute({
    method: 'delete', path: '/domains/watched', ...admin, request: { query: DomainBodies.name }, responses: { 200: json(DomainAnswers.unwatched, 'Looked at no more; what was seen stays'), ...failed },
  }), async (c) => {
    const { name } = c.req.valid('query')
    if (!(await domains.unwatch(name))) throw new SluiceError('not-found', 'it is not watched')
    return c.json({ removed: true as const }, 200)
  })

  api.openapi(createRoute({
    method: 'post', path: '/domains/recheck', ...admin, responses: { 200: json(DomainAnswers.rechecked, 'What was due, looked at now'), ...failed },
  }), async (c) => c.json(DomainAnswers.rechecked.parse(wire(await domains.recheckDue())), 200))

  api.openapi(createRoute({
    method: 'post', path: '/domains/evidence', ...admin, request: body(DomainBodies.evidence), responses: { 201: json(DomainAnswers.told, 'Kept with its source and date'), ...failed },
  }), async (c) => {
    const { at, url, ...rest } = c.req.valid('json')
    await domains.addEvidence({ ...rest, url: url ?? null, at: new Date(at), by: c.get('caller') })
    return c.json({ kept: true as const }, 201)
  })
}
