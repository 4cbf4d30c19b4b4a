import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { npm } from './npm.ts'

const CORGI = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*'
const parse = (path: string, { method = 'GET', query = '', accept = '*/*' } = {}) => npm.parse({ method, path, query, accept })

describe('paths of the npm registry', () => {
  it.each([
    ['/left-pad', { kind: 'index', name: 'left-pad', variant: 'full' }],
    ['/left-pad/', { kind: 'index', name: 'left-pad', variant: 'full' }],
    ['/JSONStream', { kind: 'index', name: 'JSONStream', variant: 'full' }],
    ['/@s/n', { kind: 'index', name: '@s/n', variant: 'full' }],
    ['/@s%2fn', { kind: 'index', name: '@s/n', variant: 'full' }],
    ['/%40s%2Fn', { kind: 'index', name: '@s/n', variant: 'full' }],
    ['/left-pad/latest', { kind: 'index', name: 'left-pad', variant: 'manifest latest' }],
    ['/@s%2fn/1.0.0', { kind: 'index', name: '@s/n', variant: 'manifest 1.0.0' }],
    ['/left-pad/-/left-pad-1.3.0.tgz', { kind: 'artifact', name: 'left-pad', file: 'left-pad-1.3.0.tgz' }],
    ['/@s/n/-/n-1.0.0.tgz', { kind: 'artifact', name: '@s/n', file: 'n-1.0.0.tgz' }],
    ['/@s%2fn/-/n-1.0.0%2Bb.tgz', { kind: 'artifact', name: '@s/n', file: 'n-1.0.0+b.tgz' }],
    ['/@s/n/-/@s/n-1.0.0.tgz', { kind: 'artifact', name: '@s/n', file: '@s/n-1.0.0.tgz' }],
    ['/left-pad/download/left-pad-1.3.0.tgz', { kind: 'artifact', name: 'left-pad', file: 'download/left-pad-1.3.0.tgz' }],
    ['/', { kind: 'local', service: 'ping', name: null }],
    ['/-/ping', { kind: 'local', service: 'ping', name: null }],
    ['/-/whoami', { kind: 'local', service: 'whoami', name: null }],
    ['/-/package/@s%2fn/dist-tags', { kind: 'index', name: '@s/n', variant: 'tags' }],
    ['/-/npm/v1/keys', { kind: 'passthrough', path: '-/npm/v1/keys', name: null }],
    ['/-/npm/v1/attestations/@s%2fn@1.0.0', { kind: 'passthrough', path: '-/npm/v1/attestations/@s%2fn@1.0.0', name: '@s/n' }],
    ['/npm/-/npm/v1/attestations/a@1.0.0', { kind: 'passthrough', path: '-/npm/v1/attestations/a@1.0.0', name: 'a' }],
  ])('GET %s', (path, ask) => {
    expect(parse(path)).toMatchObject(ask)
  })

  it.each([
    ['/-/npm/v1/security/advisories/bulk', 'audit-bulk'],
    ['/-/npm/v1/security/audits/quick', 'audit-quick'],
    ['/-/npm/v1/security/audits', 'audit-quick'],
  ])('POST %s is answered here', (path, service) => {
    expect(parse(path, { method: 'POST' })).toEqual({ kind: 'local', service, name: null })
  })

  it.each([
    ['PUT', '/left-pad', 405, /publish to the registry itself/],
    ['DELETE', '/left-pad/-/left-pad-1.0.0.tgz/-rev/1', 405, /publish/],
    ['PUT', '/-/user/org.couchdb.user:x', 403, /no logins/],
    ['POST', '/-/v1/login', 403, /no logins/],
    ['GET', '/-/npm/v1/tokens', 403, /console/],
    ['PUT', '/-/package/a/dist-tags/beta', 403, /dist-tags/],
    ['GET', '/-/package/a/access', 403, /teams/],
    ['POST', '/-/npm/v1/oidc/token/exchange/package/a', 403, /publish/],
    ['PATCH', '/-/whatever', 405, /only reads/],
    ['GET', '/..%2f..%2fetc/passwd', 400, /path/],
    ['GET', '/a/../b', 400, /path/],
    ['GET', '/a/-/%2e%2e/x.tgz', 400, /path/],
    ['GET', '/@s%2f..', 400, /path/],
    ['GET', '/a/-/x%00.tgz', 400, /path/],
    ['GET', '/a%5cb', 400, /path/],
    ['GET', '/a/-/%zz', 400, /percent/],
    ['GET', '/%252e%252e', 400, /name/],
    ['GET', '/.hidden', 400, /name/],
    ['GET', '/__proto__', 400, /name/],
    ['GET', '/node_modules', 400, /name/],
    ['GET', '/@s', 400, /name/],
    ['GET', `/${'a'.repeat(215)}`, 400, /name/],
    ['GET', `/${'a/'.repeat(3000)}`, 414, /too long/],
    ['GET', '/-/npm/v1/attestations/a', 400, /name/],
    ['GET', `/a/${'1'.repeat(257)}`, 404, /as long/],
  ])('%s %s is refused with %i', (method, path, status, message) => {
    expect(parse(path, { method })).toMatchObject({ kind: 'refused', status, message: expect.stringMatching(message) as string })
  })

  it.each([
    [CORGI, 'corgi'],
    ['application/vnd.npm.install-v1+json', 'corgi'],
    ['application/json', 'full'],
    ['application/vnd.npm.install-v1+json; q=0.5, application/json', 'full'],
    ['application/vnd.npm.install-v1+json; q=0, */*', 'full'],
    ['', 'full'],
  ])('Accept %s negotiates %s', (accept, variant) => {
    expect(parse('/a', { accept })).toMatchObject({ variant })
  })

  it('gives pnpm the reasons for what is hidden', () => {
    expect(npm.parse({ method: 'GET', path: '/a', query: '', accept: CORGI, tool: 'pnpm' })).toMatchObject({ variant: 'corgi+reasons' })
    expect(npm.parse({ method: 'GET', path: '/a', query: '', accept: '', tool: 'pnpm' })).toMatchObject({ variant: 'full+reasons' })
  })

  it('gives everyone the same parts of a document, pnpm without reasons', () => {
    const pnpm = (path: string) => npm.parse({ method: 'GET', path, query: '', accept: CORGI, tool: 'pnpm' })
    expect([pnpm('/-/package/a/dist-tags'), pnpm('/a/1.0.0+reasons')]).toMatchObject([{ variant: 'tags' }, { variant: 'manifest 1.0.0+reasons' }])
    expect(['full', 'corgi+reasons', 'tags', 'manifest corgi', 'manifest x'].map(npm.needsComplete)).toEqual([true, false, false, true, true])
  })

  it.each([
    ['text=two+words&size=20&from=0&quality=0.65', 'text=two+words&size=20&from=0&quality=0.65', 'two words'],
    ['text=lodash&text=@acme/secret', 'text=lodash', 'lodash @acme/secret'],
    ['text=a&size=@acme/secret&from=1e9&x=@acme/secret&popularity=0.5', 'text=a&popularity=0.5', 'a'],
    ['', '', ''],
  ])('of a search for %s it sends %s on, when %s may leave', (query, sent, words) => {
    expect(parse('/-/v1/search', { query })).toMatchObject({ kind: 'passthrough', path: '-/v1/search', name: null, query: sent, words })
  })

  it('says null to what no client uses', () => {
    expect(parse('/-/all')).toBeNull()
  })

  it('never throws, and never lets a dotted part through', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'e', 'f', '@', 'a', '-', '\0', '\\', 'é') }), (path) => {
      const ask = parse(`/${path}`)
      if (ask?.kind === 'artifact') expect(`${ask.name}/${ask.file}`.split('/')).not.toContain('..')
    }))
  })
})
