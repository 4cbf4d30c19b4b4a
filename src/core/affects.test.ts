import { describe, expect, it } from 'vitest'
import { affects, listed } from './affects.ts'

/** Numbers between dots; missing ones are zero. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (let at = 0; at < 3; at++) if ((left[at] ?? 0) !== (right[at] ?? 0)) return (left[at] ?? 0) - (right[at] ?? 0)
  return 0
}

describe('affects', () => {
  const range = (...ranges: { introduced: string; fixed?: string; lastAffected?: string }[]) => ({ versions: [], ranges })
  it.each([
    [range({ introduced: '0' }), '0.0.0', true], [range({ introduced: '1.0.0', fixed: '2.0.0' }), '1.0.0', true],
    [range({ introduced: '1.0.0', fixed: '2.0.0' }), '2.0.0', false], [range({ introduced: '1.0.0', fixed: '2.0.0' }), '0.9.0', false],
    [range({ introduced: '1.0.0', lastAffected: '2.0.0' }), '2.0.0', true], [range({ introduced: '1.0.0', lastAffected: '2.0.0' }), '2.0.1', false],
    [range({ introduced: '1.0.0', fixed: '1.1.0' }, { introduced: '3.0.0' }), '3.5.0', true], [range({ introduced: '1.0.0', fixed: '1.1.0' }, { introduced: '3.0.0' }), '2.0.0', false],
    [{ versions: ['1.0'], ranges: [] }, '1.0.0', true], [{ versions: ['1.0'], ranges: [] }, '1.0.1', false],
    [{ versions: ['1.0.1'], ranges: [{ introduced: '5' }] }, '1.0.1', true], [{ versions: [], ranges: [] }, '7', true],
  ])('%j and %s: %s', (advisory, version, expected) => expect(affects(advisory, version, compare)).toBe(expected))
})

describe('listed', () => {
  it.each([
    [[], '1.0', false], [['1.0'], '1.0', true], [['2.0', '1.0.0'], '1.0', true], [['1.1'], '1.0', false],
  ])('%j holds %s: %s', (versions, version, expected) => expect(listed(versions, version, compare)).toBe(expected))
})
