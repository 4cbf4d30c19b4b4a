import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { satisfies } from './specifiers.ts'

it.each<[string, string, boolean | null]>([
  ['1.2.3', '==1.2.3', true], ['1.2', '==1.2.0', true], ['1.2.3', '==1.2.*', true], ['1.3', '==1.2.*', false], ['1.3', '!=1.2.*', true], ['1.2.3', '!=1.2.3', false],
  ['2.2', '~=2.2', true], ['2.9', '~=2.2', true], ['3.0', '~=2.2', false], ['2.2.9', '~=2.2.0', true], ['2.3', '~=2.2.0', false],
  ['2.31', '>=2.0,<3', true], ['3.0', '>=2.0,<3', false], ['2.31', '(>=2.0,<3)', true], ['2.31', '*', true], ['2.31', '', true], ['1.0', '===1.0', true], ['1.0.0', '===1.0', false],
  ['3.0rc1', '>=2.0', false], ['3.0rc1', '>=3.0rc1', true], ['3.0rc1', '<3.0', false], ['1.7.post1', '>1.7', false], ['1.7.1', '>1.7', true], ['1.0+local.1', '==1.0', true],
  ['1.9', '^1.2', true], ['2.0', '^1.2', false], ['0.3.9', '^0.3', true], ['0.4', '^0.3', false], ['1.2.3', '1.2.3', true],
  ['1.0', 'latest', null], ['1.0', '>=x', null], ['not a version', '>=1', null],
])('%s fits %s: %s', (version, specifiers, expected) => {
  expect(satisfies(version, specifiers)).toBe(expected)
})

it('takes any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => { expect([true, false, null]).toContain(satisfies('1.2.3', text)) }))
})
