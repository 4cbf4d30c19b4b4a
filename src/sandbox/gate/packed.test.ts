import { expect, it } from 'vitest'
import { recordOf } from '../../../test/fakes/runner.ts'
import type { Act } from '../../tracing/act.ts'
import { packRecord, unpackRecord } from './packed.ts'
import { together } from './runs-packages.ts'

const plain = recordOf({ ref: { ecosystem: 'npm', name: 'pkg', version: '1.0.0', file: 'pkg-1.0.0.tgz' }, digest: `sha256:${'a'.repeat(64)}` })
const [phase] = plain.phases

it('comes back as it was: bytes, times, and text that means something to objects', async () => {
  const record = { ...plain, phases: plain.phases.map((one) => ({ ...one, acts: [...one.acts, { ...one.acts[0] as Act, target: '__proto__', name: '\u202e"\u0000' }] })) }
  expect(await unpackRecord(await packRecord(record))).toEqual(record)
})

it('loses what takes most room where it is too long, keeps what tells most, and counts the rest', async () => {
  const many = (kind: Act['kind'], count: number): Act[] => Array.from({ length: count }, (_, at) => ({ kind, at, pid: 2, target: `/work/${'x'.repeat(300)}${at}`, done: true, seen: ['call'], by: null, sample: new Uint8Array(200) }))
  const record = { ...plain, phases: [{ ...phase as NonNullable<typeof phase>, acts: [...many('read', 60_000), ...(phase?.acts ?? [])] }] }
  const back = await unpackRecord(await packRecord(record))
  const acts = back.phases[0]?.acts ?? []
  expect(acts.length).toBeLessThan(2_010)
  expect(acts.some(({ honey }) => honey !== undefined)).toBe(true)
  expect(acts.every(({ sample }) => sample === undefined)).toBe(true)
  expect(back.phases[0]?.dropped['read']).toBeGreaterThan(57_000)
  expect(back.missing).toContain('the record was too long to be kept whole')
  const judges = together({} as never, { version: '1', judge: () => [], indicators: () => [] })
  await expect(judges.judge(await packRecord(record))).rejects.toMatchObject({ code: 'storage' })
  expect(await judges.judge(await packRecord(plain))).toEqual({ runs: [], indicators: [] })
})

it('says so where it is none', async () => {
  await expect(unpackRecord(new TextEncoder().encode('hello'))).rejects.toMatchObject({ code: 'storage' })
})
