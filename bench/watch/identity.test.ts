import { describe, expect, it } from 'vitest'
import { VARIANTS } from './identity-case-b.ts'
import { lookAt } from './identity-look.ts'
import { STRANGERS, TWINS } from './identity-pairs.ts'
import type { Pair } from './identity-pairs.ts'

const named = (all: readonly Pair[]): [string, Pair][] => all.map((pair) => [`${pair.younger}:${pair[pair.younger].name}`, pair])

describe('the same name at another registry', () => {
  it.each(VARIANTS.map((variant) => [variant.says, variant] as const))('%s', async (_, { younger, here, there, expected }) => {
    const { level, holds } = await lookAt(younger, younger === 'npm' ? { npm: here, pypi: there } : { npm: there, pypi: here }, '2021-07-28')
    expect([level, holds]).toEqual([expected, expected === 'alarm'])
  })

  it.each([...named(TWINS), ...named(STRANGERS)])('of two honest projects is no alarm: %s', async (_, pair) => {
    const { level, holds, relation } = await lookAt(pair.younger, pair, pair.at)
    expect([level === 'alarm', holds]).toEqual([false, false])
    expect(relation).not.toBe('not asked')
  })
})
