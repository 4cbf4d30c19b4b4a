import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import type { Queue } from './queue.ts'

export interface QueueUnderTest {
  /** Gives up after `attempts` tries and reads the time from `clock`. */
  queue: Queue
  close(): Promise<void>
}

/** What every queue must do. `open` gives an empty one that tries each job three times. */
export function describeQueue(label: string, open: (clock: Clock, attempts: number) => Promise<QueueUnderTest>): void {
  describe(`${label}: the queue port`, () => {
    let now = 0
    let test: QueueUnderTest
    let queue: Queue

    beforeEach(async () => {
      now = 1_700_000_000_000
      test = await open({ now: () => new Date(now) }, 3)
      queue = test.queue
    })

    afterEach(() => test.close())

    const add = (key: string, after?: number) =>
      queue.add({ topic: 'scan', key, payload: { of: key }, ...(after === undefined ? {} : { after: new Date(after) }) })

    it('gives each job to one taker', async () => {
      await add('a')
      await add('b')
      const taken = await Promise.all([1, 2, 3].map(() => queue.take('scan', 1000)))
      expect(taken.map((job) => job?.key ?? null).sort()).toEqual(['a', 'b', null])
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 2, dead: 0 })
    })

    it('gives the payload back as it was', async () => {
      await queue.add({ topic: 'scan', key: 'a', payload: { list: [1, null, 'x'], ['__proto__']: 1 } })
      const job = await queue.take('scan', 1000)
      expect(job).toMatchObject({ topic: 'scan', key: 'a', attempt: 1 })
      expect(JSON.stringify(job?.payload)).toBe('{"list":[1,null,"x"],"__proto__":1}')
    })

    it('takes what was due first, first', async () => {
      await add('later', now + 20)
      await add('sooner', now + 10)
      now += 30
      expect((await queue.take('scan', 1000))?.key).toBe('sooner')
      expect((await queue.take('scan', 1000))?.key).toBe('later')
    })

    it('keeps topics apart', async () => {
      await add('a')
      expect(await queue.take('other', 1000)).toBeNull()
      expect(await queue.counts('other')).toEqual({ waiting: 0, running: 0, dead: 0 })
    })

    it('waits until a job is due', async () => {
      await add('a', now + 10)
      expect(await queue.take('scan', 1000)).toBeNull()
      now += 10
      expect((await queue.take('scan', 1000))?.key).toBe('a')
    })

    it('adds a key once while it waits or runs, and again when it is done', async () => {
      await add('a')
      await add('a')
      const job = await queue.take('scan', 1000)
      await add('a')
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 1, dead: 0 })
      await queue.done(job?.id ?? '')
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 0, dead: 0 })
      await add('a')
      expect((await queue.take('scan', 1000))?.attempt).toBe(1)
    })

    it('gives a job again when its lease ran out', async () => {
      await add('a')
      await queue.take('scan', 1000)
      now += 999
      expect(await queue.take('scan', 1000)).toBeNull()
      now += 1
      expect(await queue.take('scan', 1000)).toMatchObject({ key: 'a', attempt: 2 })
    })

    it('tries a failed job again at the time given, and lists it as dead after the last try', async () => {
      await add('a')
      for (const attempt of [1, 2, 3]) {
        const job = await queue.take('scan', 1000)
        expect(job?.attempt).toBe(attempt)
        await queue.fail(job?.id ?? '', 'broken', new Date(now + 50))
        expect(await queue.take('scan', 1000)).toBeNull()
        now += 50
      }
      expect(await queue.take('scan', 1000)).toBeNull()
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 0, dead: 1 })
    })

    it('gives up on a job that kills whoever takes it', async () => {
      await add('a')
      for (const attempt of [1, 2, 3]) {
        expect((await queue.take('scan', 1000))?.attempt).toBe(attempt)
        now += 1000
      }
      expect(await queue.take('scan', 1000)).toBeNull()
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 0, dead: 1 })
    })

    it('starts a dead job anew when it is added again', async () => {
      await add('a')
      for (let turn = 0; turn < 4; turn += 1) {
        await queue.take('scan', 1000)
        now += 1000
      }
      await add('a')
      expect(await queue.take('scan', 1000)).toMatchObject({ key: 'a', attempt: 1 })
    })

    it('ignores word of jobs it does not know', async () => {
      await queue.done('unknown')
      await queue.fail('unknown', 'x', new Date(now))
      expect(await queue.counts('scan')).toEqual({ waiting: 0, running: 0, dead: 0 })
    })
  })
}
