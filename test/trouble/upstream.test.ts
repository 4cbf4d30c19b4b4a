import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawServer } from '../../src/adapters/upstream/testing.ts'
import type { Running } from '../../src/adapters/upstream/testing.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import type { Misbehaviour } from '../fakes/misbehave.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate } from '../harness/gate.ts'
import { ask, eventually, halfWritten, isFinal, lines } from './ask.ts'
import { rigs } from './rigs.ts'
import type { Rig } from './rigs.ts'

/** What no proper HTTP server does, by path. */
const RUDE: Readonly<Record<string, (socket: Socket, origin: string) => void>> = {
  '/cut': (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"nam\r\n'),
  '/stall': (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{"name":'),
  '/half-a-head': (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-le'),
  '/garbage': (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n'),
  '/loop': (socket, origin) => void socket.write(`HTTP/1.1 302 Found\r\nlocation: ${origin}/loop\r\ncontent-length: 0\r\n\r\n`),
}

const SMALL = 2 * 1024 * 1024
const DEEP = '['.repeat(500_000)

/** Troubles that an index document and an artifact may have alike. `ROUGH` stands for the rude server's origin. */
const EITHER: readonly [string, Misbehaviour][] = [
  // First, as they take longest and all go on at once.
  ['a head that never ends', { redirect: 'ROUGH/half-a-head' }],
  ['an answer that stalls', { redirect: 'ROUGH/stall' }],
  ['502', { status: 502, body: 'bad gateway' }],
  ['429', { status: 429, body: 'slow down' }],
  ['401', { status: 401, body: 'who are you' }],
  ['a dropped connection', { drop: true }],
  ['a truncated answer', { truncate: 3 }],
  ['a cut chunked answer', { redirect: 'ROUGH/cut' }],
  ['something that is not HTTP', { redirect: 'ROUGH/garbage' }],
  ['redirects in a circle', { redirect: 'ROUGH/loop' }],
  ['a redirect to a private address', { redirect: 'https://10.1.2.3/x' }],
  ['a redirect to this machine', { redirect: 'https://127.0.0.1:1/x' }],
  ['a redirect to a stranger over plain http', { redirect: 'http://files.example/x' }],
  ['a redirect to a file', { redirect: 'file:///etc/hostname' }],
  ['endless bytes', { endless: true }],
]

const INDEX_ONLY: readonly [string, Misbehaviour][] = [
  ['a web page', { body: '<!doctype html><html><body><h1>Please log in</h1></body></html>', contentType: 'text/html' }],
  ['a web page said to be JSON', { body: '<html>maintenance</html>' }],
  ['broken JSON', { body: '{"name":"x","versions":{"1.0.0":{' }],
  ['bytes that are no text', { body: Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x0a]) }],
  ['JSON nested without end', { body: DEEP }],
  ['bytes that are not the gzip they are said to be', { body: 'plain', headers: { 'content-encoding': 'gzip' } }],
  ['a coding nobody asked for', { body: 'plain', headers: { 'content-encoding': 'compress' } }],
]

describe.each(['npm', 'pypi', 'go'] as const)('%s upstream in trouble', (ecosystem: EcosystemId) => {
  let rig: Rig
  let rude: Running
  let gate: Gate
  let ahead = 0
  beforeAll(async () => {
    rude = await rawServer((socket, path) => RUDE[path]?.(socket, rude.url))
    rig = await rigs[ecosystem]()
    gate = await startGate({
      sources: { [ecosystem]: rig.source }, origins: [...rig.origins, rude.url], timeouts: { head: 3_000, strangers: 500 }, clock: { now: () => new Date(Date.now() + ahead) },
      // Every request asks upstream again, so that nothing depends on the clock.
      limits: { fresh: 0, stale: 0, revalidation: 8_000, indexSize: SMALL, artifactSize: SMALL },
    })
  })
  afterAll(async () => {
    expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
    expect(await halfWritten(gate)).toEqual([])
    await gate.close()
    await rig.close()
    await rude.close()
  })
  const real = (bad: Misbehaviour): Misbehaviour => (bad.redirect ? { ...bad, redirect: bad.redirect.replace('ROUGH', rude.url) } : bad)
  let counter = 0
  const fresh = (): string => `p${counter++}`

  it.concurrent.each([...EITHER, ...INDEX_ONLY])('index: %s', async (_what, bad) => {
    const [known, unknown] = [fresh(), fresh()]
    await rig.publish(known, '1.0.0')
    await rig.publish(unknown, '1.0.0')
    const good = await ask(gate, rig.indexPath(known))
    const bytes = await ask(gate, rig.bytesPath(known, '1.0.0'))
    expect([good.status, good.stale, bytes.status]).toEqual([200, null, 200])

    // Otherwise an honest answer would be 304, which has no body to spoil.
    await rig.publish(known, '1.1.0')
    rig.spoilIndex(known, real(bad))
    rig.spoilIndex(unknown, real(bad))
    const stale = await ask(gate, rig.indexPath(known))
    expect(stale).toMatchObject({ status: 200, body: good.body, stale: expect.stringMatching(/\w/) })
    expect(stale.headers.get('warning')).toMatch(/^110 /)
    const still = await ask(gate, rig.bytesPath(known, '1.0.0'))
    expect([still.status, still.body.equals(rig.bytes(known, '1.0.0'))]).toEqual([200, true])
    // Bytes that are ready go at once and the index is looked at behind them. Go's files are found without one.
    if (ecosystem !== 'go') await eventually(async () => (await ask(gate, rig.bytesPath(known, '1.0.0'))).stale !== null)

    const refused = await ask(gate, rig.indexPath(unknown))
    expect(refused.status).toSatisfy(isFinal)
    const denied = await lines(gate, ecosystem, rig.canonical(unknown), 'denied')
    if (bad.status !== 401) expect(denied).toMatchObject([{ reason: 'upstream-down', because: expect.stringMatching(/\w{3}/) }])

    rig.heal(known)
    rig.heal(unknown)
    const again = await ask(gate, rig.indexPath(known))
    expect([again.status, again.stale, rig.versions(again.body.toString())]).toEqual([200, null, ['1.0.0', '1.1.0']])
    expect(rig.versions((await ask(gate, rig.indexPath(unknown))).body.toString())).toEqual(['1.0.0'])
  })

  const bytesOnly: readonly [string, Misbehaviour, string?][] = [
    ...EITHER.map(([what, bad]): [string, Misbehaviour, string] => [what, bad, bad.endless ? 'undetermined' : 'upstream-down']),
    ['a web page', { body: '<!doctype html><h1>Please log in</h1>', headers: { 'content-type': 'text/html' } }, 'undetermined'],
    ['404', { status: 404, body: 'not found' }],
  ]
  it.concurrent.each(bytesOnly)('bytes: %s', async (_what, bad, reason) => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    rig.spoilBytes(name, '1.0.0', real(bad))
    const path = rig.bytesPath(name, '1.0.0')
    const refused = await ask(gate, path)
    expect(refused.status).toSatisfy(isFinal)
    expect(refused.status === 404).toBe(bad.status === 404)
    const denied = await lines(gate, ecosystem, rig.canonical(name), 'denied')
    if (reason) expect(denied).toMatchObject([{ reason, file: expect.stringMatching(/1\.0\.0/) }])
    expect(await lines(gate, ecosystem, rig.canonical(name), 'decided')).toEqual([])
    expect(await gate.app.operator.package(ecosystem, rig.canonical(name))).toBe(null)

    rig.heal(name)
    ahead += 6_000
    const served = await ask(gate, path)
    expect([served.status, served.body.equals(rig.bytes(name, '1.0.0'))]).toEqual([200, true])
  })

  it.skipIf(ecosystem === 'pypi')('a redirect to another host that is allowed is followed', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    const mirror = await rawServer((socket) => {
      const body = rig.bytes(name, '1.0.0')
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.byteLength}\r\n\r\n`)
      socket.write(body)
    })
    const other = await startGate({ sources: { [ecosystem]: rig.source }, origins: [...rig.origins, mirror.url] })
    rig.spoilBytes(name, '1.0.0', { redirect: `${mirror.url}/x` })
    const served = await ask(other, rig.bytesPath(name, '1.0.0'))
    expect([served.status, served.body.equals(rig.bytes(name, '1.0.0'))]).toEqual([200, true])
    await other.close()
    await mirror.close()
  })

  it('other bytes than were promised are held and not kept', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    await rig.publish(name, '1.1.0')
    rig.spoilBytes(name, '1.0.0', { body: rig.bytes(name, '1.1.0') })
    const path = rig.bytesPath(name, '1.0.0')
    expect((await ask(gate, path)).status).toBe(403)
    expect(await lines(gate, ecosystem, rig.canonical(name), 'denied')).toMatchObject([{ reason: 'changed' }])
    expect(await gate.app.operator.package(ecosystem, rig.canonical(name))).toBe(null)
    rig.heal(name)
    ahead += 6_000
    expect((await ask(gate, path)).body.equals(rig.bytes(name, '1.0.0'))).toBe(true)
  })

  it('a 304 after a policy change is decided anew, bytes alike', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    await rig.publish(name, '1.1.0')
    const wanted = async () => [
      rig.versions((await ask(gate, rig.indexPath(name))).body.toString()), (await ask(gate, rig.bytesPath(name, '1.1.0'))).status,
    ]
    expect(await wanted()).toEqual([['1.0.0', '1.1.0'], 200])
    const policy = gate.app.context.policy()
    const deny = [{ ecosystem, name: rig.canonical(name), versions: [ecosystem === 'go' ? 'v1.1.0' : '1.1.0'], lifts: [], because: 'not here', expires: null }]
    await gate.app.setPolicy({ ...policy, id: 'stricter', deny })
    expect(await wanted()).toEqual([['1.0.0'], 403])
    await gate.app.setPolicy(policy)
    expect(await wanted()).toEqual([['1.0.0', '1.1.0'], 200])
  })

  it('a version that is gone upstream is gone from the index, its bytes wait for a review, others stay', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    await rig.publish(name, '1.1.0')
    for (const version of ['1.0.0', '1.1.0']) expect((await ask(gate, rig.bytesPath(name, version))).status).toBe(200)
    rig.remove(name, '1.1.0')
    expect(rig.versions((await ask(gate, rig.indexPath(name))).body.toString())).toEqual(['1.0.0'])
    expect((await ask(gate, rig.bytesPath(name, '1.0.0'))).status).toBe(200)
    const gone = await ask(gate, rig.bytesPath(name, '1.1.0'))
    // What the checksum database holds of a module cannot change or go, so Go's proxies keep serving it and so does the gate.
    if (ecosystem === 'go') expect(gone.status).toBe(200)
    else {
      expect(gone.status).toBe(403)
      expect(await lines(gate, ecosystem, name, 'denied')).toMatchObject([{ reason: 'removed', version: '1.1.0' }])
    }
  })

  it.skipIf(ecosystem === 'go')('clients that ask for bytes only are told of a removal, too', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    await rig.publish(name, '1.1.0')
    const path = rig.bytesPath(name, '1.1.0')
    expect((await ask(gate, path)).status).toBe(200)
    rig.remove(name, '1.1.0')
    await eventually(async () => (await ask(gate, path)).status === 403)
    expect((await lines(gate, ecosystem, name, 'denied'))[0]).toMatchObject({ reason: 'removed' })
  })

  it.skipIf(ecosystem === 'go')('a package that is gone upstream is unknown, its bytes wait for a review', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    expect((await ask(gate, rig.bytesPath(name, '1.0.0'))).status).toBe(200)
    rig.spoilIndex(name, { status: 404, body: 'not found' })
    expect((await ask(gate, rig.indexPath(name))).status).toBe(404)
    expect((await ask(gate, rig.bytesPath(name, '1.0.0'))).status).toBe(403)
    expect(await lines(gate, ecosystem, name, 'denied')).toMatchObject([{ reason: 'removed' }])
    rig.heal(name)
    expect((await ask(gate, rig.indexPath(name))).status).toBe(200)
    expect((await ask(gate, rig.bytesPath(name, '1.0.0'))).status).toBe(200)
  })

  it.skipIf(ecosystem === 'go')('an index that promises other bytes under a known name has them held', async () => {
    const name = fresh()
    await rig.publish(name, '1.0.0')
    const path = rig.bytesPath(name, '1.0.0')
    const before = rig.bytes(name, '1.0.0')
    expect((await ask(gate, path)).status).toBe(200)
    await rig.publish(`${name}-other`, '1.0.0')
    rig.remove(name, '1.0.0')
    await rig.publish(name, '1.0.0', rig.bytes(`${name}-other`, '1.0.0'))
    expect(rig.bytes(name, '1.0.0').equals(before)).toBe(false)
    await eventually(async () => (await ask(gate, path)).status === 403)
    expect((await lines(gate, ecosystem, name, 'denied'))[0]).toMatchObject({ reason: 'changed', because: expect.stringMatching(/promise/) })
  })
})
