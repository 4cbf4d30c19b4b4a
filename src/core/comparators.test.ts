import { expect, it } from 'vitest'
import { readComparators } from './comparators.ts'

const compare = (a: string, b: string): number => Number(a.replace(/^v/, '')) - Number(b.replace(/^v/, ''))
const VERSIONS = ['v1', 'v2', 'v3', 'v4']

it.each([
  ['>=v2 <v4', ['v2', 'v3']], ['>v1, <=v3', ['v2', 'v3']], ['>= v2 , != v3', ['v2', 'v4']], ['v2', ['v2']], ['==v2', ['v2']], ['=2', ['v2']], ['>v1 <v1', []],
])('%s', (text, expected) => {
  const holds = readComparators(text, compare)
  expect(VERSIONS.filter((version) => holds?.(version))).toEqual(expected)
})

it.each(['', ' ', '>=', '^v1', 'latest', '>=v1 ||', '>=v1 || <v3', '<>v1', `>=${'1'.repeat(300)}`, ', '.repeat(50_000)])('does not take %j for comparisons', (text) => {
  expect(readComparators(text, compare)).toBeNull()
})
