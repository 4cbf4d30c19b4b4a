import { randomBytes } from 'node:crypto'
import { readdir, readlink } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startFakeGo } from '../fakes/go.ts'
import type { FakeGo } from '../fakes/go.ts'
import { startFakeNpm } from '../fakes/npm.ts'
import type { FakeNpm } from '../fakes/npm.ts'
import { startFakePypi } from '../fakes/pypi.ts'
import type { FakePypi } from '../fakes/pypi.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate } from '../harness/gate.ts'
import { ask, eventually, isFinal } from './ask.ts'
import { open, parse, raw } from './raw.ts'
import type { RawSocket } from './raw.ts'

const BIG = 50 * 1024 * 1024
const PROTOTYPE = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf']

let npm: FakeNpm
let pypi: FakePypi
let go: FakeGo
let gate: Gate
/** Clients that send their request a byte at a time, from the first test to the last. */
let slow: RawSocket[]
let dribble: NodeJS.Timeout

beforeAll(async () => {
  npm = await startFakeNpm([
    { name: 'up', version: '1.0.0' },
    ...PROTOTYPE.map((name) => ({ name, version: '1.0.0' })),
    { name: 'big', version: '1.0.0', files: { 'data.bin': randomBytes(BIG) } },
  ])
  pypi = await startFakePypi(['up', ...PROTOTYPE].map((name) => ({ name, files: [{ version: '1.0.0' }] })))
  go = await startFakeGo(['up', ...PROTOTYPE.map((name) => name.toLowerCase())].map((name) => ({ name: `mod.example/${name}`, version: 'v1.0.0' })))
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: go.sumdb.name } },
    // Otherwise every made-up Host would be asked for a token first.
    origins: [pypi.files.url], anonymous: 'always',
  })
  slow = await Promise.all(Array.from({ length: 40 }, () => open(gate.origin)))
  for (const { socket } of slow) socket.write('GET /npm/up HTTP/1.1\r\nhost: a\r\nx-slow: ')
  dribble = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('a')
  }, 1_000)
})

afterAll(async () => {
  clearInterval(dribble)
  for (const { socket } of slow) socket.destroy()
  expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
  await gate.close()
  await Promise.all([npm.close(), pypi.close(), go.close()])
})

const install = async (): Promise<number[]> => [
  await ask(gate, '/npm/up'), await ask(gate, '/npm/up/-/up-1.0.0.tgz'), await ask(gate, '/pypi/simple/up/'), await ask(gate, '/go/mod.example/up/@v/v1.0.0.zip'),
].map(({ status }) => status)

afterEach(async () => {
  expect(await install()).toEqual([200, 200, 200, 200])
})

const STEPS = [
  '..', '../..', '../../../../../../etc/passwd', '..%2f..%2fetc%2fpasswd', '%2e%2e', '%2e%2e/%2e%2e/etc/passwd', '%2e%2e%2fetc%2fpasswd',
  '%252e%252e%252fetc%252fpasswd', '..\\..\\etc\\passwd', '..%5c..%5cetc%5cpasswd', '.%2e/.%2e/etc/passwd', 'x%00', '%00', '%c0%ae%c0%ae/etc/passwd',
  '..%c0%af..%c0%afetc', '%e0%80%ae%e0%80%ae', '%uff0e%uff0e', '%', '%zz', '//etc/passwd', '/etc/passwd', '%2fetc%2fpasswd', ';/../', '..;/..;/etc',
  'file:///etc/passwd', 'https://files.attacker.example/x', '@attacker.example/x', 'a%0d%0aX-Evil:%20yes', '%0aX-Evil:yes', '%1b[2J', '%e2%80%ae', '~root', '$HOME',
]
const PLACES: readonly ((step: string) => string)[] = [
  (step) => `/npm/${step}`, (step) => `/npm/@a/${step}`, (step) => `/npm/@${step}`, (step) => `/npm/up/-/${step}`, (step) => `/npm/up/${step}`, (step) => `/npm/-/${step}`,
  (step) => `/npm/-/npm/v1/attestations/${step}`, (step) => `/npm/-/package/${step}/dist-tags`,
  (step) => `/pypi/simple/${step}/`, (step) => `/pypi/simple/${step}`, (step) => `/pypi/files/up/${step}`, (step) => `/pypi/files/${step}/up-1.0.0.tar.gz`,
  (step) => `/pypi/${step}/json`, (step) => `/pypi/up/${step}/json`, (step) => `/pypi/integrity/up/1.0.0/${step}/provenance`,
  (step) => `/go/${step}/@v/list`, (step) => `/go/mod.example/${step}/@v/list`, (step) => `/go/mod.example/up/@v/${step}.zip`, (step) => `/go/mod.example/up/@v/${step}.info`,
  (step) => `/go/sumdb/${step}/latest`, (step) => `/go/sumdb/sum.example/${step}`, (step) => `/go/sumdb/sum.example/lookup/${step}@v1.0.0`,
  (step) => `/${step}`, (step) => `/npm${step}`,
]

/** Whether a path that upstream was asked for is another one once decoded. */
const isStrange = (url: string): boolean => {
  try {
    return /\.\.[/\\]|[/\\]\.\.|\\|\p{Cc}/u.test(decodeURIComponent(url))
  } catch {
    return true
  }
}

describe('paths', () => {
  it.each(STEPS)('%s leads nowhere, wherever it stands', async (step) => {
    const answers = await Promise.all(PLACES.map(async (place) => ({ path: place(step), ...(await raw(gate.origin, place(step))) })))
    for (const { path, status, head, body } of answers) {
      expect([path, isFinal(status) || (status >= 301 && status <= 308)]).toEqual([path, true])
      expect([path, /^x-evil/im.test(head), /root:.*:0:0/.test(body)]).toEqual([path, false, false])
      const location = /^location: (.*)$/im.exec(head)?.[1]
      if (location !== undefined) expect(new URL(location, `${gate.origin}${path.split('?')[0]}`).origin).toBe(gate.origin)
    }
    const asked = [npm, pypi.pages, pypi.files, go].flatMap(({ requests }) => requests.map(({ url }) => url))
    expect(asked.filter(isStrange)).toEqual([])
  })

  it.each([
    ['a path of 16 kB', `/npm/${'a'.repeat(16_000)}`, []],
    ['a thousand parts', `/npm/${'a/'.repeat(1_000)}`, []],
    ['a module of 16 kB', `/go/${'a'.repeat(16_000)}/@v/list`, []],
    ['a project of 3 kB', `/pypi/simple/${'a'.repeat(3_000)}/`, []],
    ['a query of 16 kB', `/npm/-/v1/search?text=${'a'.repeat(16_000)}`, []],
    ['a path of 40 kB', `/npm/${'a'.repeat(40_000)}`, []],
    ['headers of 64 kB', '/npm/up', [`x-long: ${'a'.repeat(65_536)}`]],
    ['three thousand headers', '/npm/up', Array.from({ length: 3_000 }, (_, at) => `x-${at}: ${'a'.repeat(10)}`)],
  ])('%s gets a clear status', async (_what, path, headers) => {
    const { status } = await raw(gate.origin, path, { headers })
    expect(path.includes('search') ? [200, 414] : [400, 404, 414, 431]).toContain(status)
  })
})

describe('names of an object\'s prototype', () => {
  it.each(PROTOTYPE)('%s is a package like any other', async (name) => {
    const lower = name.toLowerCase()
    const paths = [
      `/npm/${name}`, `/npm/${name}/-/${name}-1.0.0.tgz`, `/npm/${name}/1.0.0`, `/npm/-/package/${name}/dist-tags`,
      `/pypi/simple/${lower}/`, `/pypi/files/${lower}/${lower}-1.0.0-py3-none-any.whl`, `/pypi/${lower}/json`,
      `/go/mod.example/${lower}/@v/list`, `/go/mod.example/${lower}/@v/v1.0.0.zip`, `/go/mod.example/${lower}/@v/v1.0.0.info`, `/go/mod.example/${lower}/@latest`,
    ]
    for (const path of paths) expect([path, (await ask(gate, path)).status]).toEqual([path, 200])
  })

  it.each(['__proto__', 'constructor', 'toString', 'prototype', '__defineGetter__'])('%s is no version, tag, file or service of anything', async (word) => {
    const paths = [
      `/npm/up/${word}`, `/npm/up/-/${word}`, `/npm/up/-/${word}.tgz`, `/npm/-/${word}`, `/npm/@${word}/${word}`, `/npm/-/package/${word}x/dist-tags`,
      `/pypi/${word}`, `/pypi/simple/${word}x/`, `/pypi/files/up/${word}`, `/pypi/files/up/${word}-1.0.tar.gz`, `/pypi/pypi/up/${word}/json`,
      `/go/mod.example/up/@v/${word}.zip`, `/go/mod.example/up/@v/${word}.info`, `/go/${word}/@v/list`, `/go/sumdb/${word}/latest`, `/${word}/x`, `/${word}`,
    ]
    for (const path of paths) expect([path, (await ask(gate, path)).status]).toEqual([path, expect.toSatisfy(isFinal)])
  })

  it('are looked up in audits as plain names', async () => {
    const body = '{"__proto__":["1.0.0"],"constructor":["1.0.0"],"toString":["1.0.0"],"up":{"__proto__":1}}'
    for (const service of ['advisories/bulk', 'audits/quick']) {
      const response = await fetch(`${gate.npm}-/npm/v1/security/${service}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      expect([200, 400]).toContain(response.status)
      expect(JSON.stringify(await response.json())).not.toContain('GHSA')
    }
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('bodies', () => {
  const audit = async (body: Uint8Array, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${gate.npm}-/npm/v1/security/advisories/bulk`, { method: 'POST', body: Buffer.from(body), headers: { 'content-type': 'application/json', ...headers } })
    return { status: response.status, text: await response.text() }
  }

  it.each([
    ['a gzip bomb', () => gzipSync(Buffer.alloc(200e6)), { 'content-encoding': 'gzip' }, /too large/],
    ['20 MB', () => Buffer.alloc(20e6, ' '), {}, /larger than/],
    ['a coding nobody reads', () => Buffer.from('x'), { 'content-encoding': 'compress' }, /compress/],
    ['no gzip at all', () => Buffer.from('x'), { 'content-encoding': 'gzip' }, /gzip/],
  ])('of %s is refused with a sentence', async (_what, body, headers, says) => {
    const { status, text } = await audit(body(), headers)
    expect(status).toBe(400)
    expect(text).toMatch(says)
  })

  it.each([
    ['no JSON', 'nonsense'], ['JSON nested without end', '['.repeat(1e6)], ['no object', '3'], ['another shape', '{"up":3,"b":[{}],"c":[null,["x"]]}'],
  ])('of %s breaks nothing', async (_what, body) => {
    expect([200, 400]).toContain((await audit(Buffer.from(body))).status)
  })

  it('without end cost a bounded amount', async () => {
    const { socket, closed } = await open(gate.origin)
    socket.write('POST /npm/-/npm/v1/security/advisories/bulk HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, ' '), Buffer.from('\r\n')])
    let sent = 0
    while (socket.writable && sent < 2_000e6) {
      sent += chunk.byteLength
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
    }
    await closed
    expect(sent).toBeLessThan(200e6)
  })
})

describe('text that a client or an upstream has a hand in', () => {
  const EVIL = 'no\r\nX-Evil: yes\r\n\r\n<script> \u202e \u0000 ende'

  it.each([
    ['npm', '/npm/up', '/npm/up/-/up-1.0.0.tgz'], ['pypi', '/pypi/simple/up/', '/pypi/files/up/up-1.0.0-py3-none-any.whl'],
    ['go', '/go/mod.example/up/@v/list', '/go/mod.example/up/@v/v1.0.0.zip'],
  ] as const)('stays inside its header: a reason, %s', async (ecosystem, ...paths) => {
    const policy = gate.app.context.policy()
    const name = ecosystem === 'go' ? 'mod.example/up' : 'up'
    await gate.app.setPolicy({ ...policy, id: 'evil', deny: [{ ecosystem, name, versions: [], lifts: [], because: EVIL, expires: null }] })
    for (const agent of ['npm/11.0.0 node/v24.0.0', 'pip/25.0', 'uv/0.9', 'Go-http-client/1.1', 'curl/8']) {
      for (const path of paths) {
        const { status, head } = await raw(gate.origin, path, { headers: [`user-agent: ${agent}`] })
        expect(status).toBeGreaterThanOrEqual(200)
        expect(head.split('\r\n').slice(1).every((line) => /^[\w-]+: /.test(line) && !/^x-evil/i.test(line))).toBe(true)
      }
    }
    await gate.app.setPolicy(policy)
  })

  it('stays inside its header: what upstream says', async () => {
    npm.behaviour.set('/angry', { status: 403, body: EVIL, contentType: 'text/plain' })
    npm.behaviour.set('/away', { redirect: 'http://files.example/%0d%0aX-Evil:%20yes' })
    for (const path of ['/npm/angry', '/npm/away']) {
      const { status, head } = await raw(gate.origin, path)
      expect(status).toSatisfy(isFinal)
      expect(head).not.toMatch(/^x-evil/im)
    }
  })

  it.each(['evil.example/x?y', 'evil.example\\@x', '"><script>', 'a b', '%0d%0aX-Evil:yes', `${'a'.repeat(300)}.example`, '[::1', 'evil.example:99999999'])('stays out of links: Host %s', async (host) => {
    const { socket, closed } = await open(gate.origin)
    socket.write(`GET /npm/up HTTP/1.1\r\nhost: ${host}\r\naccept: application/vnd.npm.install-v1+json\r\nconnection: close\r\n\r\n`)
    const { status, body } = parse(await closed)
    if (status === 200) expect(body).toContain(`"tarball":"${gate.npm}up/-/up-1.0.0.tgz"`)
    else expect(status).toBe(400)
  })

  it('in a redirect leads to the gate itself', async () => {
    for (const path of ['/pypi/simple/up?a=%0d%0aX-Evil:yes', '/pypi/simple/up?//evil.example', '/pypi/simple/Up_']) {
      const { head } = await raw(gate.origin, path)
      const location = /^location: (.*)$/im.exec(head)?.[1] ?? '/'
      expect(new URL(location, `${gate.origin}${path.split('?')[0]}`).origin).toBe(gate.origin)
      expect(head).not.toMatch(/^x-evil/im)
    }
  })

  it('in headers is kept as the claim it is', async () => {
    const long = 'a'.repeat(5_000)
    const { status } = await raw(gate.origin, '/npm/up', { headers: [`user-agent: npm/\x01\xff ${long}`, `sluice-host: \xe4${long}`, 'sluice-user: a,b', 'if-none-match: "', `range: bytes=${'9'.repeat(400)}-`] })
    expect([200, 400]).toContain(status)
  })
})

describe('connections', () => {
  it('half-closed after the request are ended, not kept', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => open(gate.origin)))
    for (const { socket } of all) socket.end('GET /npm/up HTTP/1.1\r\nhost: a\r\n\r\n')
    await Promise.all(all.map(({ closed }) => closed))
  })

  it('half-closed within the request are ended', async () => {
    const { socket, closed } = await open(gate.origin)
    socket.end('POST /npm/-/npm/v1/security/advisories/bulk HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"up"')
    await closed
  })

  it.each([
    ['garbage after a request', 'GET /npm/up HTTP/1.1\r\nhost: a\r\n\r\n\x00\x01\x02 garbage\r\n\r\n'],
    ['garbage alone', '\x16\x03\x01\x02\x00\x01\x00'],
    ['two lengths', 'POST /npm/-/ping HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
    ['a length and chunks', 'POST /npm/-/ping HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /npm/x HTTP/1.1\r\n\r\n'],
    ['a bare line feed in a header', 'GET /npm/up HTTP/1.1\r\nhost: a\r\nx: y\nx-evil: z\r\rz\r\n\r\n'],
    ['a method nobody knows', 'FROB /npm/up HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['a tunnel', 'CONNECT files.example:443 HTTP/1.1\r\nhost: files.example:443\r\n\r\n'],
    ['no host', 'GET /npm/up HTTP/1.1\r\n\r\n'],
  ])('with %s are closed', async (_what, bytes) => {
    const { socket, closed } = await open(gate.origin)
    socket.write(bytes, 'latin1')
    const text = await closed
    expect(text === '' || /HTTP\/1\.1 4\d\d/.test(text)).toBe(true)
  })

  it('that hang up in the middle of 50 MB leave no file open', async () => {
    expect((await fetch(`${gate.npm}big/-/big-1.0.0.tgz`).then(async (answer) => Buffer.from(await answer.arrayBuffer()))).equals(npm.tarball('big', '1.0.0'))).toBe(true)
    const hangUp = async (after: number): Promise<void> => {
      const { socket, text, closed } = await open(gate.origin)
      socket.write('GET /npm/big/-/big-1.0.0.tgz HTTP/1.1\r\nhost: a\r\n\r\n')
      if (after > 0) await eventually(() => text().length > after)
      socket.destroy()
      await closed
    }
    for (const after of [0, 1, 100_000, 2_000_000]) await Promise.all(Array.from({ length: 8 }, () => hangUp(after)))
    await eventually(async () => (await openBlobs()).length === 0)
    expect((await ask(gate, '/npm/big/-/big-1.0.0.tgz')).body.byteLength).toBe(npm.tarball('big', '1.0.0').byteLength)
  })

  it('that send their request a byte at a time are ended while others are served', async () => {
    const ends = await Promise.all(slow.map(({ closed }) => closed))
    expect(ends.every((text) => text.startsWith('HTTP/1.1 408'))).toBe(true)
  })
})

async function openBlobs(): Promise<string[]> {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return links.filter((path) => path.includes(`${gate.data}/blobs/`))
}
