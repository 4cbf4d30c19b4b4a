import { expect, it } from 'vitest'
import { Counted } from './counted.ts'

it('counts what changes, and nothing else', () => {
  const held = new Counted<{ is: number }>((a, b) => a.is === b.is)
  const counts = [
    () => held.set('a', { is: 1 }), () => held.set('a', { is: 1 }), () => held.set('a', { is: 2 }), () => held.set('__proto__', { is: 2 }), () => held.delete('b'), () => held.delete('a'), () => held.delete('a'),
  ].map((change) => {
    change()
    return held.changes
  })
  expect(counts).toEqual([1, 1, 2, 3, 3, 4, 4])
  expect([...held.keys()]).toEqual(['__proto__'])
})
