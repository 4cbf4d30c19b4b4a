import { describe, expect, it } from 'vitest'
import { Rounds } from './rounds.ts'

describe('rounds of reading', () => {
  it('are over three signs of life later, each made after the one before was heard', () => {
    let now = 1_000
    const rounds = new Rounds(() => now)
    const heard = (at: number, wait = 1): number => {
      now = 1_000 + at + wait
      rounds.heard(at)
      return rounds.read
    }
    expect(heard(10)).toBe(Number.NEGATIVE_INFINITY)
    // What was asked at 10 is known with the third of those that follow.
    expect([heard(20), heard(30), heard(40)]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 10])
    expect(heard(50)).toBe(20)
  })

  it('do not pass while signs of life come late and all at once', () => {
    let now = 0
    const rounds = new Rounds(() => now)
    for (const at of [0, 10, 20, 30]) {
      now = at
      rounds.heard(at)
    }
    const { read } = rounds
    now = 500
    for (const at of [40, 50, 60, 70, 80, 90, 100]) rounds.heard(at)
    expect(rounds.read).toBeLessThanOrEqual(30)
    expect(rounds.read).toBeGreaterThanOrEqual(read)
    for (let at = 510; at < 1_000; at += 10) {
      now = at
      rounds.heard(at)
    }
    expect(rounds.read).toBeGreaterThan(500)
  })
})
