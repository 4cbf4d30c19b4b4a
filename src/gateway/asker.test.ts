import { BlockList } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { callerAddress } from './asker.ts'

const trusted = new BlockList()
trusted.addSubnet('10.0.0.0', 8, 'ipv4')
const asked = (remoteAddress: string, forwarded?: string) => ({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('the address of who asks', () => {
  it.each([
    ['a peer', '192.0.2.1', undefined, '192.0.2.1'], ['a peer that claims another', '192.0.2.1', '198.51.100.9', '192.0.2.1'], ['behind a proxy', '10.0.0.1', '198.51.100.9', '198.51.100.9'], ['IPv4 in IPv6', '::ffff:10.0.0.1', '198.51.100.9', '198.51.100.9'],
    ['who claims one behind a proxy', '10.0.0.1', '192.0.2.66, 198.51.100.9', '198.51.100.9'], ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'], ['a proxy that says what is none', '10.0.0.1', 'unknown', '10.0.0.1'],
  ])('%s', (_, peer, forwarded, expected) => {
    expect(callerAddress(asked(peer, forwarded), { publicUrl: null, trusted, tls: false })).toBe(expected)
  })
})
