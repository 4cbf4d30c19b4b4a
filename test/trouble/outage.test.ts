import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PublicSource } from '../../src/admission/sources.ts'
import { startGate } from '../harness/gate.ts'
import { ask, eventually, isFinal, lines } from './ask.ts'
import { rigs } from './rigs.ts'

describe.each(['npm', 'pypi', 'go'] as const)('%s upstream that is not there', (ecosystem) => {
  it('serves what is known and judged for as long as it takes, says so, and follows upstream again without a restart', async () => {
    const rig = await rigs[ecosystem]()
    let now = Date.now()
    const data = await mkdtemp(join(tmpdir(), 'sluice-trouble-'))
    const options = { sources: { [ecosystem]: rig.source }, origins: rig.origins, clock: { now: () => new Date(now) }, data }
    let gate = await startGate(options)
    await rig.publish('up', '1.0.0')
    const good = await ask(gate, rig.indexPath('up'))
    expect((await ask(gate, rig.bytesPath('up', '1.0.0'))).status).toBe(200)
    rig.spoilIndex('up', { drop: true })
    rig.spoilBytes('up', '1.0.0', { drop: true })

    now += 61_000
    expect(await ask(gate, rig.indexPath('up'))).toMatchObject({ status: 200, body: good.body })
    await eventually(async () => (await ask(gate, rig.indexPath('up'))).stale !== null)
    now += 30 * 86_400_000
    await gate.close()
    gate = await startGate(options)
    const stale = await ask(gate, rig.indexPath('up'))
    expect([rig.versions(stale.body.toString()), stale.stale]).toEqual([['1.0.0'], expect.stringMatching(/cannot reach/)])
    const bytes = await ask(gate, rig.bytesPath('up', '1.0.0'))
    expect([bytes.status, bytes.body.equals(rig.bytes('up', '1.0.0'))]).toEqual([200, true])
    if (ecosystem !== 'go') expect(bytes.stale).toMatch(/cannot reach/)

    rig.heal('up')
    await rig.publish('up', '1.1.0')
    now += 31_000
    await eventually(async () => rig.versions((await ask(gate, rig.indexPath('up'))).body.toString()).includes('1.1.0'))
    expect((await ask(gate, rig.indexPath('up'))).stale).toBe(null)
    expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
    await gate.close()
    await rig.close()
    await rm(data, { recursive: true })
  })

  it('keeps the last good document across a restart when the newest cannot be read', async () => {
    const rig = await rigs[ecosystem]()
    const data = await mkdtemp(join(tmpdir(), 'sluice-trouble-'))
    const options = { sources: { [ecosystem]: rig.source }, origins: rig.origins, limits: { fresh: 0, stale: 0 }, data }
    let gate = await startGate(options)
    await rig.publish('up', '1.0.0')
    const good = await ask(gate, rig.indexPath('up'))
    await rig.publish('up', '1.1.0')
    rig.spoilIndex('up', { body: '{"versions' })
    expect(await ask(gate, rig.indexPath('up'))).toMatchObject({ status: 200, body: good.body, stale: expect.stringMatching(/JSON|no versions/) })
    await gate.close()
    gate = await startGate(options)
    const stale = await ask(gate, rig.indexPath('up'))
    expect([rig.versions(stale.body.toString()), stale.stale]).toEqual([['1.0.0'], expect.stringMatching(/JSON|no versions/)])
    await gate.close()
    await rig.close()
    await rm(data, { recursive: true })
  })

  it.each([
    ['nobody listens', 'http://127.0.0.1:9/'],
    ['the name does not resolve', 'http://nowhere.localhost:9/'],
  ])('says so when nothing is known: %s', async (_what, url) => {
    const rig = await rigs[ecosystem]()
    const gate = await startGate({ sources: { [ecosystem]: { ...rig.source, url } as PublicSource } })
    for (const path of [rig.indexPath('up'), rig.bytesPath('up', '1.0.0')]) {
      const refused = await ask(gate, path)
      expect(refused.status).toSatisfy(isFinal)
      expect(`${refused.phrase} ${refused.body.toString()}`).toMatch(/cannot reach/)
    }
    expect((await lines(gate, ecosystem, rig.canonical('up'), 'denied')).map(({ reason }) => reason)).toEqual(['upstream-down', 'upstream-down'])
    await gate.close()
    await rig.close()
  })

  it('says that a slow upstream has not answered yet, and takes its answer when it comes', async () => {
    const rig = await rigs[ecosystem]()
    const gate = await startGate({ sources: { [ecosystem]: rig.source }, origins: rig.origins, limits: { fresh: 0, stale: 0, revalidation: 50 } })
    await rig.publish('up', '1.0.0')
    const good = await ask(gate, rig.indexPath('up'))
    await rig.publish('up', '1.1.0')
    rig.spoilIndex('up', { delay: 1_000 })
    expect(await ask(gate, rig.indexPath('up'))).toMatchObject({ status: 200, body: good.body, stale: expect.stringMatching(/not answered/) })
    rig.heal('up')
    await eventually(async () => {
      const { stale, body } = await ask(gate, rig.indexPath('up'))
      return stale === null && rig.versions(body.toString()).length === 2
    })
    await gate.close()
    await rig.close()
  })
})
