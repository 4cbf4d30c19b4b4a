import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorsIn, Questions } from './questions.ts'

describe('questions', () => {
  it('are settled by as many lines as were told before', () => {
    const questions = new Questions(() => undefined)
    questions.line(1)
    const first = questions.ask()
    questions.answer(first, 10, 3, 0)
    expect([questions.known, questions.missing, questions.open]).toEqual([0, 2, true])
    questions.line(12)
    questions.line(5)
    expect([questions.known, questions.missing]).toEqual([0, 1])
    questions.line(9)
    expect([questions.known, questions.read, questions.open]).toEqual([first, 10, false])
  })

  it('do not count what was read and is younger than the answer', () => {
    const questions = new Questions(() => undefined)
    for (const at of [11, 12]) questions.line(at)
    questions.answer(questions.ask(), 10, 2, 2)
    expect([questions.known, questions.missing]).toEqual([0, 2])
  })

  it('are settled by what is known to be lost, too', () => {
    const questions = new Questions(() => undefined)
    questions.answer(questions.ask(), 10, 5, 0)
    questions.lost(4)
    expect(questions.missing).toBe(1)
    questions.lost(1)
    expect([questions.known, questions.read]).toEqual([1, 10])
  })

  it('that stayed open are asked again; a late answer is as true, but settles only its own', () => {
    let put = 0
    const questions = new Questions(() => { put++ })
    questions.ask()
    questions.ask()
    questions.answer(1, 10, 0, 0)
    expect([questions.open, questions.known, questions.read]).toEqual([true, 1, 10])
    questions.answer(2, 20, 0, 0)
    questions.answer(2, 30, 0, 0)
    expect([questions.open, questions.known, questions.read, put]).toEqual([false, 2, 20, 2])
  })

  it('never say that all is known while a processor\'s buffer holds something older, in whatever turns buffers are read', () => {
    const event = fc.record({ processor: fc.nat(2), is: fc.constantFrom('line', 'ask') })
    fc.assert(fc.property(fc.array(event, { maxLength: 60 }), fc.infiniteStream(fc.nat(2)), (events, turns) => {
      const buffers: { at: number; question?: number; told?: number }[][] = [[], [], []]
      const unread = new Set<number>()
      const read: number[] = []
      let [told, now] = [0, 0]
      let by = 0
      const questions = new Questions(() => { buffers[by]?.push({ at: now, question: ++asked, told }) })
      let asked = 0
      const turn = (): void => {
        const processor = turns.next().value as number
        const next = buffers[processor]?.shift()
        if (next === undefined) return
        if (next.question === undefined) {
          unread.delete(next.at)
          read.push(next.at)
          questions.line(next.at)
        } else questions.answer(next.question, next.at, next.told as number, read.filter((at) => at >= next.at).length)
        for (const at of unread) expect(at).toBeGreaterThanOrEqual(questions.read)
      }
      for (const { processor, is } of events) {
        now++
        if (is === 'line') {
          told++
          unread.add(now)
          buffers[processor]?.push({ at: now })
        } else {
          by = processor
          questions.ask()
        }
        turn()
      }
      for (let left = 0; left < 2_000 && buffers.some(({ length }) => length > 0); left++) turn()
    }))
  })
})

it.each([['0-1\n', 2], ['0', 1], ['0-2,5,7-8', 9], ['', 1_024], ['x', 1_024], ['0-99999', 1_024]])('processors of %j', (listed, expected) => {
  expect(processorsIn(listed)).toBe(expected)
})
