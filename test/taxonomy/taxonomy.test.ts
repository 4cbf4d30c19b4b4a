import { describe, expect, it } from 'vitest'
import { bare, behaviours } from './behaviours/index.ts'
import { BUILDS, verdictOf } from './honest.ts'
import { bareCell, matrix } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { transforms } from './transforms/index.ts'
import { twins } from './twins.ts'

const cells: readonly Cell[] = [...bare.map(bareCell), ...matrix(behaviours, transforms)]
const named = [...new Set(cells.map(({ transform }) => transform))]
const missed = (of: readonly Cell[]): string[] => of.filter(({ found }) => !found).map(({ behaviour, start, transform, says }) => `${behaviour} (${start}), ${transform}: ${says}`)
const share = (of: readonly Cell[], test: (cell: Cell) => boolean): number => of.filter(test).length / of.length

const plain = cells.filter(({ group }) => group === 'none')
const PLAIN = 0.98
/** Points that a disguise may cost. */
const LOST = 0.02

describe('behaviours of the taxonomy', () => {
  it('are many, and so are the ways to hide them', () => {
    expect(behaviours.length + bare.length).toBeGreaterThanOrEqual(90)
    expect(transforms.length).toBeGreaterThanOrEqual(100)
    expect(new Set(behaviours.map(({ id }) => id)).size).toBe(behaviours.length)
    expect(named).toHaveLength(transforms.length)
  })

  it('are found as they are, under the right name and at the right place', () => {
    expect(share(plain, ({ found }) => found), missed(plain).join('\n')).toBeGreaterThanOrEqual(PLAIN)
  })

  it.each(named.filter((name) => name !== 'none: none'))('are found under %s', (name) => {
    const disguised = cells.filter(({ transform }) => transform === name)
    // The same behaviours without the disguise: a sparse column is compared with itself.
    const same = new Set(disguised.map(({ behaviour, start }) => `${behaviour} ${start}`))
    const before = share(plain.filter(({ behaviour, start }) => same.has(`${behaviour} ${start}`)), ({ found }) => found)
    expect(share(disguised, ({ found }) => found), missed(disguised).join('\n')).toBeGreaterThanOrEqual(before - LOST)
  })

  it('are named for what they do, not only for their disguise', () => {
    const hidden = cells.filter(({ group }) => group !== 'none')
    expect(share(hidden, ({ seenThrough }) => seenThrough), missed(hidden).join('\n')).toBeGreaterThanOrEqual(0.97)
  })
})

describe('honest twins', () => {
  it.each(twins.map((twin) => [twin.id, twin] as const))('%s', (_id, twin) => {
    for (const transform of BUILDS) {
      const verdict = verdictOf(twin, transform)
      expect(`${transform.id}: ${verdict.level}`, verdict.findings.map(({ title }) => title).join('; ')).toBe(`${transform.id}: clean`)
    }
  })

  it('are many', () => expect(twins.length).toBeGreaterThanOrEqual(40))
})
