import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../core/types.ts'
import type { Blobs } from './blobs.ts'

export interface BlobsUnderTest {
  blobs: Blobs
  /** Unfinished writes that the store keeps at this moment. */
  unfinished(): Promise<number>
  close(): Promise<void>
}

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')
const digestOf = (text: string): Digest => `sha256:${hex('sha256', text)}`

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** What every blob store must do. `open` gives an empty one. */
export function describeBlobs(label: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`${label}: the blobs port`, () => {
    let test: BlobsUnderTest
    let blobs: Blobs

    beforeEach(async () => {
      test = await open()
      blobs = test.blobs
    })

    afterEach(() => test.close())

    const put = (text: string) => blobs.put(chunks(text), { limit: 1000 })
    const listed = async (): Promise<Digest[]> => (await Array.fromAsync(blobs.list())).sort()
    const text = async (digest: Digest, range?: { start: number; end: number }): Promise<string> =>
      String(await buffer(await blobs.read(digest, range)))

    it('keeps bytes under their digest', async () => {
      const answer = await blobs.put(chunks('hello ', '', 'world'), { limit: 11, algorithms: ['sha512', 'sha1', 'md5'] })
      expect(answer).toEqual({
        digest: digestOf('hello world'), size: 11,
        hashes: Object.fromEntries(['sha256', 'sha512', 'sha1', 'md5'].map((each) => [each, hex(each, 'hello world')])),
      })
      expect(await text(answer.digest)).toBe('hello world')
      expect(String(Buffer.from(await blobs.bytes(answer.digest, 11)))).toBe('hello world')
      expect(await blobs.has(answer.digest)).toBe(true)
      expect(await blobs.size(answer.digest)).toBe(11)
      expect(await listed()).toEqual([answer.digest])
      expect(await test.unfinished()).toBe(0)
    })

    it('keeps the empty blob', async () => {
      const { digest } = await blobs.put(chunks(), { limit: 0 })
      expect(digest).toBe(digestOf(''))
      expect(await blobs.size(digest)).toBe(0)
      expect(await text(digest)).toBe('')
    })

    it.each([
      [{ start: 0, end: 0 }, '0'],
      [{ start: 2, end: 4 }, '234'],
      [{ start: 8, end: 99 }, '89'],
      [{ start: 10, end: 12 }, ''],
    ])('reads the range %j', async (range, expected) => {
      const { digest } = await put('0123456789')
      expect(await text(digest, range)).toBe(expected)
    })

    it.each([{ start: 3, end: 2 }, { start: -1, end: 2 }, { start: 0.5, end: 2 }])('refuses the range %j', async (range) => {
      const { digest } = await put('0123456789')
      await expect(blobs.read(digest, range)).rejects.toMatchObject({ code: 'storage' })
    })

    it('stops at the limit and keeps nothing', async () => {
      let asked = 0
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          asked += 1
          yield Buffer.alloc(10)
        }
      }
      await expect(blobs.put(endless(), { limit: 25 })).rejects.toMatchObject({ code: 'upstream-too-large' })
      expect(asked).toBe(3)
      expect(await listed()).toEqual([])
      expect(await test.unfinished()).toBe(0)
    })

    it('keeps nothing when the source breaks, and throws what it threw', async () => {
      const broken = new Error('connection reset')
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half')
        throw broken
      }
      await expect(blobs.put(breaking(), { limit: 100 })).rejects.toBe(broken)
      expect(await listed()).toEqual([])
      expect(await test.unfinished()).toBe(0)
    })

    it('shows nothing while a write goes on', async () => {
      const gate = Promise.withResolvers<void>()
      const started = Promise.withResolvers<void>()
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('first ')
        started.resolve()
        await gate.promise
        yield Buffer.from('second')
      }
      const writing = blobs.put(slow(), { limit: 100 })
      await started.promise
      expect(await listed()).toEqual([])
      expect(await blobs.has(digestOf('first second'))).toBe(false)
      gate.resolve()
      await writing
      expect(await listed()).toEqual([digestOf('first second')])
    })

    it('lets a check see hashes and size first, and keeps nothing when it throws', async () => {
      const seen: unknown[] = []
      const wrong = new Error('not what was promised')
      await expect(blobs.put(chunks('abc'), {
        limit: 100, algorithms: ['sha1'],
        check: (hashes, size) => {
          seen.push(hashes, size)
          throw wrong
        },
      })).rejects.toBe(wrong)
      expect(seen).toEqual([{ sha256: hex('sha256', 'abc'), sha1: hex('sha1', 'abc') }, 3])
      expect(await listed()).toEqual([])
      expect(await test.unfinished()).toBe(0)
    })

    it('takes the same content many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => put('same')))
      expect(new Set(answers.map((answer) => answer.digest))).toEqual(new Set([digestOf('same')]))
      expect(await listed()).toEqual([digestOf('same')])
      expect(await text(digestOf('same'))).toBe('same')
      expect(await test.unfinished()).toBe(0)
    })

    it('has no blob that was not put', async () => {
      const digest = digestOf('absent')
      expect(await blobs.has(digest)).toBe(false)
      expect(await blobs.size(digest)).toBeNull()
      await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'not-found' })
      await expect(blobs.bytes(digest, 10)).rejects.toMatchObject({ code: 'not-found' })
    })

    it('reads no more into memory than allowed', async () => {
      const { digest } = await put('0123456789')
      await expect(blobs.bytes(digest, 9)).rejects.toMatchObject({ code: 'storage' })
    })

    it('deletes, also what is not there', async () => {
      const { digest } = await put('gone')
      await blobs.delete(digest)
      await blobs.delete(digest)
      expect(await blobs.has(digest)).toBe(false)
      expect(await listed()).toEqual([])
    })

    it.each([
      'sha256:../../../../etc/passwd', 'sha256:', '', '../temp', `sha256:${'a'.repeat(63)}`, `sha256:${'A'.repeat(64)}`,
      `sha256:${'a'.repeat(62)}/.`, `sha256:../${'a'.repeat(61)}`, `sha256:${'a'.repeat(64)}\n`, `sha256:${'a'.repeat(64)}\0`,
      `sha512:${'a'.repeat(64)}`, '__proto__', 'x'.repeat(100_000),
    ])('takes %j for no blob', async (hostile) => {
      const digest = hostile as Digest
      expect(await blobs.has(digest)).toBe(false)
      expect(await blobs.size(digest)).toBeNull()
      expect(blobs.path(digest)).toBeNull()
      await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'not-found' })
      await expect(blobs.bytes(digest, 10)).rejects.toMatchObject({ code: 'not-found' })
      await expect(blobs.delete(digest)).resolves.toBeUndefined()
    })
  })
}
