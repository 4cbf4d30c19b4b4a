import { describe, expect, it } from 'vitest'
import { SingleFlight, within } from './single-flight.ts'

describe('SingleFlight', () => {
  it('runs one piece of work for a hundred who ask at once, and again for who asks later', async () => {
    const flights = new SingleFlight<number>()
    let runs = 0
    const work = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return ++runs
    }
    const answers = await Promise.all(Array.from({ length: 100 }, () => flights.do('key', work)))
    expect(new Set(answers)).toEqual(new Set([1]))
    expect(await flights.do('key', work)).toBe(2)
    expect(flights.size).toBe(0)
  })

  it('shares a failure and forgets it', async () => {
    const flights = new SingleFlight<number>()
    const failing = (): Promise<number> => Promise.reject(new Error('upstream is down'))
    const both = await Promise.allSettled([flights.do('key', failing), flights.do('key', failing)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await flights.do('key', () => Promise.resolve(7))).toBe(7)
  })
})

describe('within', () => {
  it('answers null when the work is late, and the work goes on', async () => {
    const work = Promise.withResolvers<string>()
    expect(await within(1, work.promise)).toBeNull()
    work.resolve('late')
    expect(await work.promise).toBe('late')
  })

  it('passes results and failures on', async () => {
    expect(await within(1_000, Promise.resolve('in time'))).toBe('in time')
    await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
