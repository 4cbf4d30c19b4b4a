import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostEvent } from '../events/testing.ts'
import { proc } from '../watch/proc.ts'
import { Spool } from './spool.ts'

let folder: string
beforeEach(() => { folder = join(mkdtempSync(join(tmpdir(), 'sluice-spool-')), 'spool') })
afterEach(() => { rmSync(join(folder, '..'), { recursive: true, force: true }) })

const says = (count: number, from = 0) => Array.from({ length: count }, (_, index) => hostEvent({ says: `event ${from + index}` }))
const ALL = { events: 10_000, bytes: 100_000_000 }
const last = (): string => join(folder, readdirSync(folder).filter((name) => name.endsWith('.log')).sort().at(-1) as string)

describe('a spool', () => {
  it('gives back what it was given, with numbers, until that is acknowledged', () => {
    const spool = Spool.open(folder)
    spool.append(says(5))
    expect(spool.read(ALL).map(({ sequence, event }) => `${sequence} ${event.says}`)).toEqual(['0 event 0', '1 event 1', '2 event 2', '3 event 3', '4 event 4'])
    expect(spool.read(ALL)[0]?.event.at).toBeInstanceOf(Date)
    expect(spool.acknowledge(2)).toBe(true)
    expect(spool.read(ALL).map(({ sequence }) => sequence)).toEqual([3, 4])
    expect(spool.acknowledge(5)).toBe(false)
    expect(spool.pending).toBe(2)
    spool.close()
  })

  it('goes on after a start where it was, under the same name', () => {
    const one = Spool.open(folder, { segmentBytes: 2_000 })
    one.append(says(50))
    one.acknowledge(19)
    one.close()
    const two = Spool.open(folder, { segmentBytes: 2_000 })
    two.append(says(3, 50))
    expect(two.id).toBe(one.id)
    expect(two.read(ALL).map(({ event }) => event.says)).toEqual(Array.from({ length: 33 }, (_, index) => `event ${20 + index}`))
    two.acknowledge(52)
    expect(readdirSync(folder).filter((name) => name.endsWith('.log'))).toHaveLength(1)
    two.close()
  })

  it('believes nothing after a torn write, and writes on where the last whole one ends', () => {
    const one = Spool.open(folder)
    one.append(says(3))
    one.close()
    truncateSync(last(), statSync(last()).size - 5)
    const two = Spool.open(folder)
    expect(two.read(ALL).map(({ event }) => event.says)).toEqual(['event 0', 'event 1'])
    two.append(says(1, 9))
    expect(two.read(ALL).map(({ sequence, event }) => `${sequence} ${event.says}`)).toEqual(['0 event 0', '1 event 1', '2 event 9'])
    two.close()
  })

  it.each([['rubbish at the end', Buffer.from('rubbish')], ['a length without its record', Buffer.from([255, 255, 0, 0, 1, 2, 3, 4])], ['zeros', Buffer.alloc(4_096)]])('reads past %s', (_what, bytes) => {
    const one = Spool.open(folder)
    one.append(says(2))
    one.close()
    appendFileSync(last(), bytes)
    const two = Spool.open(folder)
    two.append(says(1, 2))
    two.close()
    const three = Spool.open(folder)
    expect(three.read(ALL).map(({ event }) => event.says)).toEqual(['event 0', 'event 1', 'event 2'])
    three.close()
  })

  it('keeps to its room: the oldest goes, and is counted', () => {
    const spool = Spool.open(folder, { segmentBytes: 4_000, maxBytes: 20_000 })
    spool.append(says(500))
    const size = readdirSync(folder).filter((name) => name.endsWith('.log')).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    expect(size).toBeLessThanOrEqual(24_000)
    const dropped = spool.takeDropped()
    expect(dropped).toBeGreaterThan(0)
    expect(spool.pending).toBe(500 - dropped)
    expect(spool.read(ALL).at(-1)?.event.says).toBe('event 499')
    expect(spool.takeDropped()).toBe(0)
    spool.close()
  })

  it('is one process\'s: another is told so, a lock of one that is gone is nobody\'s', () => {
    const spool = Spool.open(folder)
    const holder = spawn('sleep', ['60'])
    writeFileSync(join(folder, 'lock'), `${holder.pid} ${proc.stat(holder.pid as number)?.started}`)
    expect(() => Spool.open(folder)).toThrow(new RegExp(`in use by process ${holder.pid}`))
    for (const gone of [`${holder.pid} 1`, `${holder.pid}`, '4194303 7', '']) {
      writeFileSync(join(folder, 'lock'), gone)
      Spool.open(folder).close()
    }
    holder.kill()
    spool.close()
  })

  it('gives no number again that the server knows, though what had it is gone from the disk', () => {
    const one = Spool.open(folder)
    one.append(says(5))
    one.acknowledge(4)
    one.close()
    truncateSync(last(), statSync(last()).size / 2)
    const two = Spool.open(folder)
    two.append(says(2, 5))
    expect(two.pending).toBe(2)
    expect(two.read(ALL).map(({ sequence, event }) => `${sequence} ${event.says}`)).toEqual(['5 event 5', '6 event 6'])
    two.close()
  })

  it('reads on after what has gone bad on the disk, and counts it once', () => {
    const spool = Spool.open(folder, { segmentBytes: 2_000 })
    spool.append(says(20))
    const file = openSync(join(folder, '0000000000000000.log'), 'r+')
    writeSync(file, Buffer.from('xxxx'), 0, 4, 20)
    closeSync(file)
    expect(spool.read(ALL).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1))
    spool.read(ALL)
    expect(spool.takeDropped()).toBe(1)
    spool.close()
  })

  it('goes on in the file it has where no other can be made', () => {
    const spool = Spool.open(folder, { segmentBytes: 1_000 })
    spool.append(says(2))
    const next = join(folder, `${String(spool.next).padStart(16, '0')}.log`)
    mkdirSync(next)
    spool.append(says(1, 2))
    expect(spool.takeDropped()).toBe(1)
    rmSync(next, { recursive: true })
    spool.append(says(1, 3))
    expect(spool.read(ALL).map(({ event }) => event.says)).toEqual(['event 0', 'event 1', 'event 3'])
    spool.close()
  })

  it('survives that its state is gone or nonsense: numbers go on, under another name', () => {
    const one = Spool.open(folder)
    one.append(says(2))
    one.close()
    writeFileSync(join(folder, 'state.json'), '{"id":7')
    const two = Spool.open(folder)
    expect(two.id).not.toBe(one.id)
    expect(two.read(ALL)).toHaveLength(2)
    two.close()
  })

  it('survives being killed at any moment', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../test/spool-kill.child.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    let written = 0
    await new Promise<void>((resolve) => child.stdout.on('data', (text: Buffer) => {
      written = Number(text.toString().trim().split('\n').at(-1))
      if (written >= 300) resolve()
    }))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(existsSync(join(folder, 'lock'))).toBe(true)
    const spool = Spool.open(folder)
    const lines = spool.read(ALL)
    expect(lines.length).toBeGreaterThanOrEqual(written)
    expect(lines.map(({ event }) => event.says)).toEqual(Array.from({ length: lines.length }, (_, index) => `event ${index}`))
    spool.close()
  })

  it('is a queue, whatever is done to it in whatever order', () => {
    let runs = 0
    fc.assert(fc.property(fc.array(fc.oneof(fc.record({ add: fc.integer({ min: 1, max: 20 }) }), fc.record({ ack: fc.integer({ min: 1, max: 15 }) }), fc.constant({ again: true as const })), { maxLength: 25 }), (steps) => {
      const own = join(folder, '..', `p${runs++}`)
      let spool = Spool.open(own, { segmentBytes: 1_500 })
      const expected: number[] = []
      let next = 0
      for (const step of steps) {
        if ('add' in step) {
          spool.append(says(step.add, next))
          for (let index = 0; index < step.add; index++) expected.push(next++)
        } else if ('ack' in step) {
          const some = expected.splice(0, step.ack)
          if (some.length > 0) spool.acknowledge(some.at(-1) as number)
        } else {
          spool.close()
          spool = Spool.open(own, { segmentBytes: 1_500 })
        }
        expect(spool.read(ALL).map(({ sequence }) => sequence)).toEqual(expected)
        expect(spool.pending).toBe(expected.length)
      }
      spool.close()
    }), { numRuns: 25 })
  })
})
