import { describe, expect, it } from 'vitest'
import { access } from './access.ts'
import type { Anonymous } from './access.ts'
import type { Token, Tokens } from './tokens.ts'

const reader: Token = { id: 'r', name: 'reader', scopes: ['read'], createdAt: new Date(0), expiresAt: null, revokedAt: null }
const admin: Token = { ...reader, id: 'a', name: 'admin', scopes: ['admin'] }
const tokens = { verify: (secret: string) => Promise.resolve(secret === 'reader' ? reader : secret === 'admin' ? admin : null) } as Tokens
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const ask = async (scope: 'read' | 'admin', anonymous: Anonymous, headers: Record<string, string>, address = '127.0.0.1'): Promise<string | false> => {
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
  ])('asks %s for a token', async (_who, headers, address) => {
    expect(await ask('read', 'loopback', headers, address)).toBe(false)
    expect(await ask('read', 'loopback', { ...headers, authorization: 'Bearer reader' }, address)).toBe('reader')
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
