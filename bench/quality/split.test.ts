import { expect, it } from 'vitest'
import { parts } from './split.ts'

it('puts whole clusters on the side of their oldest archive', () => {
  const at = (cluster: string, month: string) => ({ cluster, at: `2024-${month}-01T00:00:00.000Z` })
  const sides = parts([at('e', '12'), at('a', '11'), at('a', '01'), at('b', '02'), at('c', '03'), at('d', '04'), at('d', '12')])
  expect(Object.fromEntries(sides)).toEqual({ a: 'tuning', b: 'tuning', c: 'tuning', d: 'report', e: 'report' })
})
