import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH, readBatch, writeBatch } from './batch.ts'
import { hostEvent } from './testing.ts'

const head = { host: 'laptop-7', spool: '22222222-2222-4222-8222-222222222222' }
const line = (sequence: number) => ({ sequence, event: hostEvent({ id: `11111111-1111-4111-8111-${String(sequence).padStart(12, '0')}` }) })
const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const whole = JSON.stringify({ sluice: 'host-events', version: 1, ...head })

describe('a batch', () => {
  it.each(['identity', 'gzip', 'zstd'] as const)('comes back as it was: %s', async (coding) => {
    const read = await readBatch(writeBatch(head, [line(4), line(5)], coding), coding === 'identity' ? null : coding)
    expect(read).toEqual({ head: { sluice: 'host-events', version: 1, ...head }, lines: [line(4), line(5)] })
  })

  it('has what can be read beside what cannot', async () => {
    const text = `${whole}\n{"broken\n\n${Buffer.from(writeBatch(head, [line(1)], 'identity')).toString().split('\n')[1]}\n[1]\n`
    const { lines } = await readBatch(bytes(text), null)
    expect(lines.map((one) => ('problem' in one ? 'problem' : one.sequence))).toEqual(['problem', 1, 'problem'])
  })

  it.each<[string, Uint8Array, string | null, RegExp]>([
    ['nothing', bytes(''), null, /not the head/], ['text', bytes('hello\nworld'), null, /not the head/], ['a later version', bytes(whole.replace(':1', ':2')), null, /version 2/],
    ['no host', bytes(whole.replace('laptop-7', '')), null, /which host/], ['no spool', bytes(whole.replace('2222-', 'x')), null, /which spool/],
    ['what is no gzip', bytes('hello'), 'gzip', /cannot be unpacked/], ['what is no zstd', bytes('hello'), 'zstd', /cannot be unpacked/], ['another coding', bytes(whole), 'br', /the content encoding br/],
    ['what is no UTF-8', new Uint8Array([0xff, 0xfe]), null, /cannot be unpacked/], ['a bomb in gzip', gzipSync(Buffer.alloc(BATCH.unpacked + 1)), 'gzip', /unpacked it is more/],
    ['a bomb in zstd', zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)), 'zstd', /unpacked it is more/], ['too much', new Uint8Array(BATCH.sent + 1), null, /were sent at once/],
    ['too many lines', bytes(`${whole}\n${'{}\n'.repeat(BATCH.events + 1)}`), null, /events were sent at once/], ['blank lines without end', bytes('\n'.repeat(900_000)), null, /events were sent at once/],
  ])('is refused as a whole: %s', async (_what, body, coding, says) => {
    await expect(readBatch(body, coding)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(says) as string })
  })

  it('takes as many as it may have, and is not written with more', async () => {
    const most = Array.from({ length: BATCH.events }, (_, at) => line(at))
    expect((await readBatch(writeBatch(head, most, 'zstd'), 'zstd')).lines).toHaveLength(BATCH.events)
    expect(() => writeBatch(head, [...most, line(BATCH.events)], 'zstd')).toThrow(/at most/)
  })

  it('is an answer or an error of ours, whatever the bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(null, 'gzip', 'zstd'), async (body, coding) => {
      await readBatch(body, coding).catch((thrown: { code: string }) => expect(thrown.code).toBe('usage'))
      const { lines } = await readBatch(bytes(`${whole}\n${Buffer.from(body).toString('latin1')}`), null)
      expect(lines.every((one) => 'problem' in one)).toBe(true)
    }))
  })
})
