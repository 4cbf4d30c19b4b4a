import { describe, expect, it } from 'vitest'
import { access } from './access.ts'
import type { Anonymous } from './access.ts'
import type { Scope, Token, Tokens } from './tokens.ts'

const known = new Map<string, Token>((['read', 'host', 'audit', 'admin'] as const).map((scope) => {
  const name = scope === 'read' ? 'reader' : scope
  return [name, { id: name, name, scopes: [scope], createdAt: new Date(0), expiresAt: null, revokedAt: null, host: null }]
}))
const tokens = { verify: (secret: string) => Promise.resolve(known.get(secret) ?? null) } as Tokens
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const ask = async (scope: Scope, anonymous: Anonymous, headers: Record<string, string>, address = '127.0.0.1'): Promise<string | false> => {
  const answer = await access({ headers: { host: '127.0.0.1:4880', ...headers }, address }, scope, { tokens, anonymous })
  return answer.granted ? answer.token?.name ?? 'anonymous' : false
}

describe('access', () => {
  it('lets this machine read without a token, and nobody administer', async () => {
    expect(await ask('read', 'loopback', {})).toBe('anonymous')
    expect(await ask('admin', 'loopback', {})).toBe(false)
    expect(await ask('admin', 'always', {})).toBe(false)
  })

  it.each([
    ['another machine', {}, '192.0.2.7'],
    ['a proxy on this machine', { 'x-forwarded-for': '192.0.2.7' }, '127.0.0.1'],
    ['a browser whose name was rebound', { host: 'attacker.example' }, '127.0.0.1'],
    ['a name that begins like an address', { host: '127.evil.example:4880' }, '127.0.0.1'],
    ['an address and more', { host: '127.0.0.1.evil.example' }, '127.0.0.1'],
    ['a name that ends like ours', { host: 'evil-localhost' }, '127.0.0.1'],
    ['no name', { host: '' }, '127.0.0.1'],
  ])('asks %s for a token', async (_who, headers, address) => {
    expect(await ask('read', 'loopback', headers, address)).toBe(false)
    expect(await ask('read', 'loopback', { ...headers, authorization: 'Bearer reader' }, address)).toBe('reader')
  })

  it.each(['127.0.0.1:4880', '127.1.2.3', 'localhost', 'LocalHost:4880', 'gate.localhost:4880', '[::1]:4880'])('knows itself as %s', async (host) => {
    expect(await ask('read', 'loopback', { host })).toBe('anonymous')
  })

  it.each<[string, Record<Scope, boolean>]>([
    ['reader', { read: true, inventory: false, host: false, audit: false, admin: false }], ['audit', { read: true, inventory: false, host: false, audit: true, admin: false }],
    ['host', { read: true, inventory: false, host: true, audit: false, admin: false }], ['admin', { read: true, inventory: true, host: false, audit: true, admin: true }],
  ])('a token of %s may %j', async (name, may) => {
    for (const scope of ['read', 'inventory', 'host', 'audit', 'admin'] as const) {
      expect(await ask(scope, 'always', { authorization: `Bearer ${name}` })).toBe(may[scope] ? name : false)
    }
  })

  it('tells nobody without a token who received what', async () => {
    expect(await ask('audit', 'always', {})).toBe(false)
  })

  it('takes no password where only Bearer counts, nor falls back to anonymous', async () => {
    const strict = (authorization: string) => access(
      { headers: { host: '127.0.0.1:4880', authorization }, address: '127.0.0.1' }, 'read', { tokens, anonymous: 'always', bearerOnly: true })
    expect((await strict(basic('anyone', 'admin'))).granted).toBe(false)
    expect((await strict('Digest x')).granted).toBe(false)
    expect((await strict('bearer admin')).granted).toBe(true)
  })

  it('reads the secret from Bearer and from either half of Basic', async () => {
    expect(await ask('read', 'never', { authorization: 'Bearer reader' })).toBe('reader')
    expect(await ask('read', 'never', { authorization: basic('anyone', 'reader') })).toBe('reader')
    expect(await ask('read', 'never', { authorization: basic('reader', '') })).toBe('reader')
  })

  it('does not fall back to anonymous when a token is wrong', async () => {
    expect(await ask('read', 'always', { authorization: 'Bearer wrong' })).toBe(false)
    expect(await ask('admin', 'always', { authorization: 'Bearer reader' })).toBe(false)
    expect(await ask('admin', 'never', { authorization: 'Bearer admin' })).toBe('admin')
  })
})
