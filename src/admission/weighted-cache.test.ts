import { describe, expect, it } from 'vitest'
import { WeightedCache } from './weighted-cache.ts'

describe('WeightedCache', () => {
  it('drops what was used longest ago once the weight is over', () => {
    const cache = new WeightedCache<string>(80)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) cache.set(key, key, 10)
    cache.get('a')
    cache.set('i', 'i', 10)
    expect(cache.get('a')).toBe('a')
    expect(cache.get('b')).toBeUndefined()
    expect(cache.weight).toBe(80)
  })

  it('does not let one entry push everything else out', () => {
    const cache = new WeightedCache<string>(80)
    cache.set('small', 'small', 10)
    cache.set('huge', 'huge', 11)
    expect(cache.get('huge')).toBeUndefined()
    expect(cache.get('small')).toBe('small')
  })

  it('replaces an entry and its weight', () => {
    const cache = new WeightedCache<number>(80)
    cache.set('key', 1, 10)
    cache.set('key', 2, 4)
    expect([cache.get('key'), cache.weight, cache.size]).toEqual([2, 4, 1])
  })
})
