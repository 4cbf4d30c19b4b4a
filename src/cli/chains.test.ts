import { describe, expect, it } from 'vitest'
import { chains } from './chains.ts'

describe('chains', () => {
  it.each([
    ['', ''],
    ['source transform sink', 'source+transform+sink'],
    ['source sink source sink', 'source+sink source+sink'],
    ['source sink - -', 'source+sink - -'],
    ['- source sink', '- source+sink'],
    ['source - sink', 'source - sink'],
    ['transform transform', 'transform transform'],
    ['sink', 'sink'],
    ['trigger source sink transform', 'trigger+source+sink transform'],
  ])('%j: %j', (roles, groups) => {
    const evidence = roles.split(' ').filter(Boolean).map((role) => (role === '-' ? {} : { role }))
    expect(chains(evidence).map((group) => group.map(({ role = '-' }) => role).join('+')).join(' ')).toBe(groups)
  })
})
