import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttp } from '../../test/fakes/http.ts'
import type { FakeServer } from '../../test/fakes/http.ts'
import { createUpstream } from '../adapters/upstream.ts'
import { wayOut } from '../adapters/upstream/testing.ts'
import { lookAtContent, settle } from './content.ts'
import type { Content, Seen } from './content.ts'

let server: FakeServer
let upstream: ReturnType<typeof createUpstream>
beforeAll(async () => {
  server = await startHttp(({ path }, response) => {
    if (path === '/there') return void response.end('payload')
    if (path === '/endless') return void response.writeHead(200).end(Buffer.alloc(20 * 1024 * 1024))
    if (path === '/inside') return void response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end()
    if (path === '/silent') return
    response.writeHead(Number(path.slice(1))).end()
  })
  upstream = createUpstream({ way: () => wayOut({ headTimeout: 20_000, stallTimeout: 20_000, origins: [{ base: server.url, authorization: null, alsoAllow: [] }] }) })
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

describe('a look at what stands at an address', () => {
  it.each<[string, object]>([
    ['there', { outcome: 'there', size: 7, cut: false, sha256: '239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5' }], ['404', { outcome: 'gone', status: 404 }], ['410', { outcome: 'gone' }], ['451', { outcome: 'gone' }],
    ['403', { outcome: 'unknown' }], ['500', { outcome: 'unknown' }], ['endless', { outcome: 'there', cut: true, size: 8 * 1024 * 1024 }], ['inside', { outcome: 'unknown' }], ['silent', { outcome: 'unknown' }],
  ])('%s', async (path, expected) => {
    expect(await lookAtContent(upstream, `${server.url}${path}`, path === 'silent' ? 300 : 20_000)).toMatchObject(expected)
  })

  it('never goes inside', async () => {
    expect(await lookAtContent(upstream, 'http://127.0.0.1:1/x')).toMatchObject({ outcome: 'unknown' })
    expect(await lookAtContent(upstream, 'no address')).toMatchObject({ outcome: 'unknown' })
  })
})

describe('what follows from looks', () => {
  const at = new Date(0)
  const there = (sha256: string): Content => ({ outcome: 'there', status: 200, sha256: sha256.repeat(64), size: 1, cut: false })
  const gone: Content = { outcome: 'gone', status: 404 }
  const unknown: Content = { outcome: 'unknown', why: 'x' }
  const told = (...looks: Content[]): string[] => {
    let seen: Seen | null = null
    return looks.map((look) => {
      const { seen: after, state, changed } = settle(seen, look, at)
      seen = after
      return `${state ?? '-'}${changed === null ? '' : ' changed'}`
    })
  }

  it.each<[string, Content[], string[]]>([
    ['gone is believed the second time, and told once', [there('a'), gone, gone, gone], ['-', '-', 'gone', '-']], ['a server in trouble says nothing', [there('a'), gone, unknown, gone], ['-', '-', '-', 'gone']],
    ['it comes back', [gone, gone, there('a')], ['-', 'gone', 'there']], ['once gone and there again is nothing', [there('a'), gone, there('a'), gone], ['-', '-', '-', '-']],
    ['other bytes are for a person to judge', [there('a'), there('b'), there('b')], ['-', '- changed', '-']], ['nobody ever answered', [unknown, unknown], ['-', '-']],
  ])('%s', (_, looks, says) => {
    expect(told(...looks)).toEqual(says)
  })
})
