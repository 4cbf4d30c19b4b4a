import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseTurns } from './turns.ts'
import type { Crowd } from './turns.ts'
import type { WorkClass } from './work.ts'

const crowd = (name: string, left: number, more: Partial<Crowd> = {}): Crowd => ({ class: 2, crowd: name, left, since: 0, served: 0, ...more })
const named = (crowds: readonly Crowd[], count: number, from = 0): string[] => chooseTurns(crowds, count, from).turns.map((one) => one.crowd)

describe('turns', () => {
  it('go round the crowds, whoever had none for longest first', () => {
    expect(named([crowd('a', 3, { served: 2 }), crowd('b', 3, { served: 1 })], 4)).toEqual(['b', 'a', 'b', 'a'])
    expect(named([crowd('a', 1), crowd('b', 5)], 10)).toEqual(['a', 'b', 'b', 'b', 'b', 'b'])
  })

  it('come soon to one that is alone, behind a thousand crowds that are older, and to the oldest', () => {
    const flood = Array.from({ length: 1_000 }, (_, at) => crowd(`flood-${at}`, 25, { since: at }))
    expect(named([...flood, crowd('alone', 1, { since: 5_000 })], 2)).toEqual(expect.arrayContaining(['alone', 'flood-0']))
  })

  it('are shared by the classes, and go on where they ended', () => {
    const all = ([0, 1, 2, 3] as const).map((urgency) => crowd(`${urgency}`, 100, { class: urgency }))
    const { turns, next } = chooseTurns(all, 12, 0)
    expect([turns.map((one) => one.crowd).join(''), next]).toEqual(['010210230102', 4])
    expect(named(all, 4, next).join('')).toBe('1023')
  })

  it('are as many as wait or are asked for, and no crowd has more than it has waiting', () => {
    fc.assert(fc.property(
      fc.array(fc.record({ class: fc.constantFrom<WorkClass>(0, 1, 2, 3), left: fc.integer({ min: 1, max: 6 }), since: fc.nat(9), served: fc.nat(3) }), { maxLength: 30 }), fc.nat(80), fc.nat(7),
      (some, count, from) => {
        const crowds = some.map((one, at) => crowd(`${at}`, one.left, one))
        const { turns } = chooseTurns(crowds, count, from)
        expect(turns.length).toBe(Math.min(count, crowds.reduce((sum, { left }) => sum + left, 0)))
        for (const one of crowds) expect(turns.filter((turn) => turn.crowd === one.crowd).length).toBeLessThanOrEqual(one.left)
      }))
  })
})
