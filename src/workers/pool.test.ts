import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { SluiceError } from '../core/errors.ts'
import type { Job } from './jobs.ts'
import { createPool } from './pool.ts'
import type { Pool, PoolOptions } from './pool.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-pool-'))
const SCRIPT = pathToFileURL(join(folder, 'worker.mjs'))

/** A worker that does what its job says, so that every way to fail can be had. */
writeFileSync(SCRIPT, `
  import { pbkdf2Sync } from 'node:crypto'
  import { existsSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  const acts = {
    echo: (job) => ({ echo: job.value, pid: process.pid }),
    loop: () => { for (;;) {} },
    heap: () => { const kept = []; for (;;) kept.push({ at: kept.length }) },
    numbers: () => { const kept = []; for (;;) kept.push(kept.length + 0.5) },
    keep: () => {
      globalThis.kept ??= []
      for (let at = 0; at < 10; at++) kept.push(new Array(1e6).fill(at + 0.5))
      return { pid: process.pid }
    },
    bytes: () => { const kept = []; for (;;) kept.push(new Uint8Array(1e6).fill(1)) },
    stuck: () => pbkdf2Sync('a', 'b', 2 ** 31 - 1, 64, 'sha512'),
    throw: () => { throw new Error('broken\\nin two lines') },
    exit: () => process.exit(3),
    never: () => new Promise(() => {}),
    wait: async (job) => {
      while (!existsSync(job.until)) await setTimeout(5)
      return { waited: job.value }
    },
    several: (job) => ({ body: new Uint8Array(job.value).fill(1), releases: Buffer.alloc(job.value, 2) }),
    environment: () => ({ names: Object.keys(process.env) }),
  }
  process.on('message', async (job) => {
    if (job.act === 'known') return process.send({ ok: false, code: 'archive-limit', message: 'too deep', hint: 'less' })
    process.send({ ok: true, result: await acts[job.act](job) })
  })
  process.on('disconnect', () => process.exit())
`)

interface Act {
  act: string
  value?: unknown
  /** A file whose being there ends a wait. */
  until?: string
}

let doors = 0
/** What a job waits for, and the function that lets it go on. */
function door(): { until: string; open: () => void } {
  const until = join(folder, `open-${doors++}`)
  return { until, open: () => writeFileSync(until, '') }
}

/** The pool carries jobs and results without looking at them. */
const act = (what: Act): Job => what as unknown as Job

const pools: Pool[] = []
function pool(options: Partial<PoolOptions> = {}): Pool {
  const made = createPool({ size: 1, limits: { timeMs: 60_000, memoryMb: 128 }, script: SCRIPT, ...options })
  pools.push(made)
  return made
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
    expect((second as unknown as { pid: number }).pid).toBe((first as unknown as { pid: number }).pid)
    expect(one.stats()).toMatchObject({ workers: 1, busy: 0, done: 2, failed: 0, lost: 0 })
  })

  it.each([
    { what: 'a loop without end', job: { act: 'loop' }, code: 'worker-timeout', timeMs: 150 },
    { what: 'a promise nobody keeps', job: { act: 'never' }, code: 'worker-timeout', timeMs: 150 },
    { what: 'a built-in call that never ends', job: { act: 'stuck' }, code: 'worker-timeout', timeMs: 500 },
    { what: 'too many objects', job: { act: 'heap' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'an array that outgrows the heap', job: { act: 'numbers' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'too many bytes outside the heap', job: { act: 'bytes' }, code: 'worker-memory', timeMs: 60_000 },
    { what: 'an exception', job: { act: 'throw' }, code: 'worker-crashed', timeMs: 60_000 },
    { what: 'an exit', job: { act: 'exit' }, code: 'worker-crashed', timeMs: 60_000 },
  ])('fails the job and nothing else: $what', async ({ job, code, timeMs }) => {
    const one = pool({ size: 2 })
    const { until, open } = door()
    const beside = one.run(act({ act: 'wait', value: 'beside', until }))
    const error = await failure(one.run(act(job), { timeMs }))
    expect(error).toMatchObject({ name: 'SluiceError', code })
    expect(error.message).not.toContain('\n')
    open()
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
    const { until, open } = door()
    const order: string[] = []
    const note = (name: string) => (): void => void order.push(name)
    const runs = [
      one.run(act({ act: 'wait', until })).then(note('running')),
      one.run(act({ act: 'echo' }), { priority: 'ahead' }).then(note('ahead 1')),
      one.run(act({ act: 'echo' }), { priority: 'ahead' }).then(note('ahead 2')),
      one.run(act({ act: 'echo' })).then(note('demand')),
    ]
    expect(await failure(one.run(act({ act: 'echo' }), { priority: 'ahead' }))).toMatchObject({ code: 'worker-busy' })
    expect(one.stats().waiting).toEqual({ demand: 1, ahead: 2 })
    open()
    await Promise.all(runs)
    expect(order).toEqual(['running', 'demand', 'ahead 1', 'ahead 2'])
  })

  it('keeps a worker free of work ahead', async () => {
    const one = pool({ size: 2 })
    const { until, open } = door()
    const ahead = [1, 2].map((value) => one.run(act({ act: 'wait', value, until }), { priority: 'ahead' }))
    expect(one.stats()).toMatchObject({ busy: 1, waiting: { demand: 0, ahead: 1 } })
    expect(await one.run(act({ act: 'echo', value: 'now' }))).toMatchObject({ echo: 'now' })
    open()
    expect(await Promise.all(ahead)).toEqual([{ waited: 1 }, { waited: 2 }])
  })

  it('tries what met the limit for what others had left in memory once more in a new one', async () => {
    const one = pool()
    const first = await one.run(act({ act: 'keep' })) as unknown as { pid: number }
    const again = one.run(act({ act: 'keep' }), { priority: 'ahead' })
    // Has the first new worker, so that another is needed.
    const other = await one.run(act({ act: 'echo' })) as unknown as { pid: number }
    const { pid } = await again as unknown as { pid: number }
    expect(new Set([first.pid, other.pid, pid]).size).toBe(3)
    expect(one.stats()).toMatchObject({ workers: 1, done: 3, failed: 0, lost: 1 })
  })

  it('hands over byte arrays that own their memory', async () => {
    const result = await pool().run(act({ act: 'several', value: 3_000_000 }))
    const { body, releases } = result as unknown as Record<string, Uint8Array>
    expect([body?.byteLength, body?.buffer.byteLength, body?.at(-1)]).toEqual([3_000_000, 3_000_000, 1])
    expect([releases?.byteLength, releases?.buffer.byteLength, releases?.at(-1)]).toEqual([3_000_000, 3_000_000, 2])
  })

  it('carries hostile keys, dates and maps as they are', async () => {
    const value = { at: new Date(0), map: new Map([['__proto__', 1]]), parsed: JSON.parse('{"__proto__":{"polluted":1}}') as object }
    const { echo } = await pool().run(act({ act: 'echo', value })) as unknown as { echo: typeof value }
    expect(echo).toEqual(value)
    expect(Object.hasOwn(echo.parsed, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(echo.parsed)).toBe(Object.prototype)
  })

  it('shows workers nothing of the environment', async () => {
    const { names } = await pool().run(act({ act: 'environment' })) as unknown as { names: string[] }
    expect(names.filter((name) => !name.startsWith('NODE_'))).toEqual([])
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
    expect((await Promise.all(runs)).map((error) => error.code)).toEqual(['worker-closed', 'worker-closed'])
    expect(await failure(one.run(act({ act: 'echo' })))).toMatchObject({ code: 'worker-closed' })
    expect(one.stats().workers).toBe(0)
  })

  it('leaves no worker behind when the gate is killed', async () => {
    const gate = `
      import { createPool } from ${JSON.stringify(new URL('./pool.ts', import.meta.url).href)}
      const pool = createPool({ size: 3, limits: { timeMs: 600_000, memoryMb: 64 }, script: new URL(${JSON.stringify(SCRIPT.href)}) })
      const started = await Promise.all([1, 2, 3].map(() => pool.run({ act: 'echo' })))
      void pool.run({ act: 'loop' })
      void pool.run({ act: 'stuck' })
      console.log(started.map(({ pid }) => pid).join(' '))
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', gate], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pids = await new Promise<string[]>((resolve) => createInterface(parent.stdout).once('line', (line) => resolve(line.split(' '))))
    expect(pids.filter(runs)).toHaveLength(3)
    parent.kill('SIGKILL')
    await expect.poll(() => pids.filter(runs)).toEqual([])
  })
})

/** Still there, and not merely waiting for its end to be read. */
function runs(pid: string): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim()
  return state !== '' && !state.startsWith('Z')
}
