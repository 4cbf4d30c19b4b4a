import { expect, it } from 'vitest'
import { packageOf, verdictOf } from '../../test/samples.ts'
import type { Advisory } from '../core/types.ts'

it.each<[string, Partial<Advisory>, string]>([
  ['a malicious one', {}, 'malicious'],
  ['a withdrawn one', { withdrawn: new Date(0) }, 'clean'],
  ['one about a vulnerability', { malicious: false }, 'clean'],
  ['one about another package', { name: 'other' }, 'clean'],
  ['one about another ecosystem', { ecosystem: 'pypi' }, 'clean'],
])('judges by an advisory: %s', (_what, advisory, level) => {
  expect(verdictOf(packageOf({ says: '', ecosystem: 'npm', files: {}, advisory })).level).toBe(level)
})
