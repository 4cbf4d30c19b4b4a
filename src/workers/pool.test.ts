import { afterEach, describe, expect, it } from 'vitest'
import type { SluiceError } from '../core/errors.ts'
import type { Job } from './jobs.ts'
import { createPool } from './pool.ts'
import type { Pool, PoolOptions } from './pool.ts'

/** A worker that does what its job says, so that every way to fail can be had. */
const SCRIPT = new URL(`data:text/javascript,${encodeURIComponent(`
  import { parentPort, threadId } from 'node:worker_threads'
  const acts = {
    echo: (job) => ({ echo: job.value, threadId }),
    loop: () => { for (;;) {} },
    heap: () => { const kept = []; for (;;) kept.push({ at: kept.length }) },
    numbers: () => { const kept = []; for (;;) kept.push(kept.length + 0.5) },
    bytes: () => { const kept = []; for (;;) kept.push(new Uint8Array(1e6).fill(1)) },
    throw: () => { throw new Error('broken\\nin two lines') },
    exit: () => process.exit(3),
    never: () => new Promise(() => {}),
    wait: async (job) => {
      await Atomics.waitAsync(new Int32Array(job.flag), 0, 0).value
      return { waited: job.value }
    },
    size: (job) => job.bytes.byteLength,
  }
  parentPort.on('message', async (job) => {
    if (job.act === 'known') return parentPort.postMessage({ ok: false, code: 'archive-limit', message: 'too deep', hint: 'less' })
    parentPort.postMessage({ ok: true, result: await acts[job.act](job) })
  })
`)}`)

interface Act {
  act: string
  value?: unknown
  flag?: SharedArrayBuffer
  bytes?: Uint8Array
}

/** The pool carries jobs and results without looking at them. */
const act = (what: Act): Job => what as unknown as Job

const pools: Pool[] = []
function pool(options: Partial<PoolOptions> = {}): Pool {
  const made = createPool({ size: 1, limits: { timeMs: 10_000, memoryMb: 128 }, script: SCRIPT, ...options })
  pools.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.close()))
})

const failure = (run: Promise<unknown>): Promise<SluiceError> =>
  run.then(() => Promise.reject(new Error('it succeeded')), (error: SluiceError) => error)

describe('pool', () => {
  it('starts no worker before there is a job, and keeps one for the next', async () => {
    const one = pool()
    expect(one.stats().workers).toBe(0)
    const first = await one.run(act({ act: 'echo', value: 1 }))
    const second = await one.run(act({ act: 'echo', value: 2 }))
    expect(first).toMatchObject({ echo: 1 })
    expect((second as unknown as { threadId: number }).threadId).toBe((first as unknown as { threadId: number }).threadId)
    expect(one.stats()).toMatchObject({ workers: 1, busy: 0, done: 2, failed: 0, lost: 0 })
  })

  it.each([
    { what: 'a loop without end', job: { act: 'loop' }, code: 'worker-timeout', timeMs: 150 },
    { what: 'a promise nobody keeps', job: { act: 'never' }, code: 'worker-timeout', timeMs: 150 },
    { what: 'too many objects', job: { act: 'heap' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'an array that outgrows the heap', job: { act: 'numbers' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'too many bytes outside the heap', job: { act: 'bytes' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'an exception', job: { act: 'throw' }, code: 'worker-crashed', timeMs: 10_000 },
    { what: 'an exit', job: { act: 'exit' }, code: 'worker-crashed', timeMs: 10_000 },
  ])('fails the job and nothing else: $what', { timeout: 90_000 }, async ({ job, code, timeMs }) => {
    const one = pool({ size: 2 })
    const flag = new SharedArrayBuffer(4)
    const beside = one.run(act({ act: 'wait', value: 'beside', flag }))
    const error = await failure(one.run(act(job), { timeMs }))
    expect(error).toMatchObject({ name: 'SluiceError', code })
    expect(error.message).not.toContain('\n')
    Atomics.store(new Int32Array(flag), 0, 1)
    Atomics.notify(new Int32Array(flag), 0)
    expect(await beside).toEqual({ waited: 'beside' })
    expect(await one.run(act({ act: 'echo', value: 'after' }))).toMatchObject({ echo: 'after' })
    await expect.poll(() => one.stats()).toMatchObject({ failed: 1, lost: 1, done: 2 })
  })

  it('carries an error\'s code and hint over', async () => {
    const one = pool()
    expect(await failure(one.run(act({ act: 'known' })))).toMatchObject({ code: 'archive-limit', message: 'too deep', hint: 'less' })
    expect(one.stats()).toMatchObject({ failed: 1, lost: 0 })
  })

  it('refuses a job that cannot be sent, and goes on', async () => {
    const one = pool()
    expect(await failure(one.run(act({ act: 'echo', value: () => 1 })))).toMatchObject({ code: 'worker-crashed' })
    expect(await one.run(act({ act: 'echo', value: 1 }))).toMatchObject({ echo: 1 })
  })

  it('serves demand before work ahead, and bounds what waits', async () => {
    const one = pool({ queue: 2 })
    const flag = new SharedArrayBuffer(4)
    const order: string[] = []
    const note = (name: string) => (): void => void order.push(name)
    const runs = [
      one.run(act({ act: 'wait', flag })).then(note('running')),
      one.run(act({ act: 'echo' }), { priority: 'ahead' }).then(note('ahead 1')),
      one.run(act({ act: 'echo' }), { priority: 'ahead' }).then(note('ahead 2')),
      one.run(act({ act: 'echo' })).then(note('demand')),
    ]
    expect(await failure(one.run(act({ act: 'echo' }), { priority: 'ahead' }))).toMatchObject({ code: 'worker-busy' })
    expect(one.stats().waiting).toEqual({ demand: 1, ahead: 2 })
    Atomics.store(new Int32Array(flag), 0, 1)
    Atomics.notify(new Int32Array(flag), 0)
    await Promise.all(runs)
    expect(order).toEqual(['running', 'demand', 'ahead 1', 'ahead 2'])
  })

  it('keeps a worker free of work ahead', async () => {
    const one = pool({ size: 2 })
    const flag = new SharedArrayBuffer(4)
    const ahead = [1, 2].map((value) => one.run(act({ act: 'wait', value, flag }), { priority: 'ahead' }))
    expect(one.stats()).toMatchObject({ busy: 1, waiting: { demand: 0, ahead: 1 } })
    expect(await one.run(act({ act: 'echo', value: 'now' }))).toMatchObject({ echo: 'now' })
    Atomics.store(new Int32Array(flag), 0, 1)
    Atomics.notify(new Int32Array(flag), 0)
    expect(await Promise.all(ahead)).toEqual([{ waited: 1 }, { waited: 2 }])
  })

  it('moves transferred buffers instead of copying them', async () => {
    const bytes = new Uint8Array(1000)
    expect(await pool().run(act({ act: 'size', bytes }), { transfer: [bytes.buffer] })).toBe(1000)
    expect(bytes.byteLength).toBe(0)
  })

  it('ends idle workers, which do not count as lost', async () => {
    const one = pool({ idleMs: 1 })
    await one.run(act({ act: 'echo' }))
    await expect.poll(() => one.stats().workers).toBe(0)
    expect(one.stats().lost).toBe(0)
    expect(await one.run(act({ act: 'echo', value: 'again' }))).toMatchObject({ echo: 'again' })
  })

  it('fails running and waiting jobs when it is closed', async () => {
    const one = pool()
    const runs = [failure(one.run(act({ act: 'loop' }))), failure(one.run(act({ act: 'echo' })))]
    await one.close()
    expect((await Promise.all(runs)).map((error) => error.code)).toEqual(['worker-crashed', 'worker-crashed'])
    expect(await failure(one.run(act({ act: 'echo' })))).toMatchObject({ code: 'worker-crashed' })
    expect(one.stats().workers).toBe(0)
  })
})
