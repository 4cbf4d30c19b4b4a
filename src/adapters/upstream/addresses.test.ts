import { describe, expect, it } from 'vitest'
import { isPublic, strangers } from './addresses.ts'
import { bypasses } from './route.ts'

describe('isPublic', () => {
  it.each([
    ['8.8.8.8', true], ['172.15.0.1', true], ['172.32.0.1', true], ['2606:4700::1', true], ['64:ff9b::808:808', true],
    ['127.0.0.1', false], ['0.0.0.0', false], ['10.0.0.1', false], ['100.64.0.1', false], ['169.254.169.254', false],
    ['172.16.0.1', false], ['192.168.1.1', false], ['198.18.0.1', false], ['224.0.0.1', false], ['255.255.255.255', false],
    ['::', false], ['::1', false], ['fe80::1%eth0', false], ['fd00::1', false], ['ff02::1', false], ['2001:db8::1', false],
    ['2002:7f00:1::', false], ['::ffff:10.0.0.1', false], ['::ffff:a00:1', false], ['64:ff9b::a00:1', false],
    ['::ffff:8.8.8.8', true], ['::127.0.0.1', false], ['', false], ['registry.example', false],
  ])('%s: %s', (address, expected) => expect(isPublic(address)).toBe(expected))
})

describe('strangers', () => {
  it.each([true, false])('refuses a name that means this machine (all: %s)', async (all) => {
    const error = await new Promise((resolve) => strangers(null).lookup('localhost', { all }, resolve))
    expect(error).toMatchObject({ name: 'PrivateAddress' })
  })
})

describe('bypasses', () => {
  it.each([
    ['*', 'https://a.example/', true], ['a.example', 'https://a.example/', true], ['.example', 'https://a.example/', true],
    ['*.example', 'https://a.example/', true], ['example', 'https://a.example/', true], ['b.example', 'https://a.example/', false],
    ['a.example', 'https://aa.example/', false], ['a.example:443', 'https://a.example/', true], ['a.example:80', 'https://a.example/', false],
    ['203.0.113.0/24', 'https://203.0.113.9/', true], ['203.0.113.0/24', 'https://203.0.114.9/', false], ['203.0.113.0/99', 'https://203.0.113.9/', false],
    ['2001:db8::/32', 'https://[2001:db8::1]/', true], ['', 'https://a.example/', false], ['.', 'https://a.example/', false],
    ['x', 'http://127.9.9.9/', true], ['x', 'http://localhost:1/', true],
  ])('%s for %s: %s', (entry, url, expected) => expect(bypasses([entry], new URL(url))).toBe(expected))

  it('lets a name through that shares its inner address with the registry that named it, and no other', async () => {
    const { lookup, permits } = strangers('localhost')
    const found = await new Promise((resolve) => lookup('localhost', { all: false }, (error, address) => resolve(error ?? address)))
    expect(found).toMatch(/^(?:127\.0\.0\.1|::1)$/)
    expect([permits(found as string), permits('10.0.0.1'), permits('169.254.169.254')]).toEqual([true, false, false])
  })
})
