import { describe, expect, it } from 'vitest'
import type { Act, HoneyHit } from '../../tracing/act.ts'
import { asksForPackages, readsAsClient } from './registry-client.ts'

const hit: HoneyHit = { token: 'npm-project-token', encodings: [], where: 'authorization' }
const asked = (target: string, method = 'GET', honey: readonly HoneyHit[] = [hit], bytes?: number) =>
  readsAsClient({ kind: 'request', target, method, honey, ...(bytes === undefined ? {} : { bytes }) })

it.each([
  'https://registry.example/left-pad', 'https://registry.example/left-pad/1.3.0', 'https://registry.example/@own%2fservice', 'https://registry.example/@own/service',
  'https://registry.example/hello%20world', 'https://registry.example/left-pad/-/left-pad-1.3.0.tgz', 'https://registry.example/@own/service/-/service-2.0.0.tgz', 'https://gate.example/npm/left-pad',
])('reads a package: %s', (target) => {
  expect(asked(target)).toBe(true)
  expect(asked(target, 'HEAD')).toBe(true)
  for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'get', '']) expect(asked(target, method)).toBe(false)
})

it.each([
  'https://registry.example/-/whoami', 'https://gate.example/npm/-/whoami', 'https://registry.example/-/npm/v1/tokens', 'https://registry.example/-/npm/v1/user', 'https://registry.example/-/user/org.couchdb.user:x',
  'https://registry.example/-/v1/search?text=maintainer:x', 'https://registry.example/-/org/own/package', 'https://registry.example/-/package/left-pad/dist-tags', 'https://registry.example/-/user/x.tgz', 'https://registry.example/a/-/b/x.tgz',
  'https://registry.example/%2d/whoami', 'https://registry.example/%2D%2Fwhoami', 'https://registry.example/@a%2f-%2fwhoami', 'https://registry.example/x%2f..%2f-%2fwhoami', 'https://registry.example/%ff', 'https://registry.example/-%2fwhoami', 'https://registry.example/x/../-/whoami', 'https://registry.example/left-pad?t=1', 'https://registry.example/', 'https://registry.example//left-pad',
  'http://registry.example/left-pad', 'https://user@registry.example/left-pad', 'left-pad', '', `https://registry.example${'/a'.repeat(50_000)}`, `https://registry.example/${'a'.repeat(50_000)}`,
])('does something else: %s', (target) => {
  expect(asked(target)).toBe(false)
})

it('sends the token where clients do, one that is for reading, and nothing besides', () => {
  const target = 'https://registry.example/left-pad'
  for (const where of ['header', 'url', 'body', 'name', 'argument'] as const) expect(asked(target, 'GET', [{ ...hit, where }])).toBe(false)
  for (const token of ['npm-new-token', 'pypi-token', 'github-token', 'aws-secret-key']) expect(asked(target, 'GET', [{ ...hit, token }])).toBe(false)
  expect(asked(target, 'GET', [hit, { ...hit, where: 'url' }])).toBe(false)
  expect(asked(target, 'GET', [{ ...hit, encodings: ['base64'] }])).toBe(false)
  expect(asked(target, 'GET', [hit], 12)).toBe(false)
  expect(asked(target, 'GET', [])).toBe(false)
})

describe('asking a registry for nothing but the archives of one package', () => {
  const get = (target: string, more: Partial<Act> = {}) => ({ kind: 'request' as const, target, method: 'GET', ...more })
  const own = get('https://registry.example/sample/-/sample-1.0.0.tgz')
  const connect = { kind: 'connect' as const, target: '198.18.0.9:443' }
  it.each([
    ['an archive', [own], true], ['with its connections', [own, connect, connect], true], ['of a scope', [get('https://registry.example/@a/sample/-/sample-1.0.0.tgz')], false],
    ['nothing', [], false], ['only a connection', [connect], false], ['more connections than requests', [own, connect, connect, connect], false],
    ['another package', [own, get('https://registry.example/c2VjcmV0/-/c2VjcmV0-1.0.0.tgz')], false], ['a version with a word in it', [get('https://registry.example/sample/-/sample-1.0.0-c2VjcmV0.tgz')], false],
    ['a question', [get('https://registry.example/sample/-/sample-1.0.0.tgz?d=c2VjcmV0')], false], ['something sent', [get(own.target, { method: 'PUT' })], false], ['a body', [get(own.target, { bytes: 9 })], false],
    ['raw bytes', [own, { kind: 'send' as const, target: '198.18.0.9:443' }], false], ['a secret', [get(own.target, { honey: [{ token: 'npm-token', encodings: [], where: 'header' }] })], false],
    ['without TLS', [get('http://registry.example/sample/-/sample-1.0.0.tgz')], false], ['no address', [get('%')], false],
  ] as const)('%s', (_says, acts, expected) => {
    expect(asksForPackages(acts, 'sample')).toBe(expected)
  })

  it('knows archives of scoped packages', () => {
    expect(asksForPackages([get('https://registry.example/@a/sample/-/sample-1.0.0.tgz')], '@a/sample')).toBe(true)
  })
})
