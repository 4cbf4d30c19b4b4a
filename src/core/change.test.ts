import { expect, it } from 'vitest'
import { changeLines, diffOf, stepBetween } from './change.ts'
import type { Profile } from './types.ts'

const NONE: Profile = { triggers: [], abilities: [], hosts: [], marks: [], binaries: [], dependencies: [], repository: null, publisher: null, provenance: null, code: {}, cut: false }
const added = (before: Partial<Profile>, after: Partial<Profile>): string[] =>
  diffOf('1.0.0', { ...NONE, ...before }, { ...NONE, ...after }).added.map(({ of, what }) => `${of} ${what}`)

it.each([
  ['1.2.3', '1.2.4', 'patch'], ['1.2.3', '1.3.0', 'minor'], ['1.2.3', '2.0.0', 'major'], ['v0.1.0', 'v0.1.1', 'patch'], ['1.2', '1.2.1', 'patch'], ['1', '1.0.1', 'patch'], ['1!2.0', '1!2.0.post1', 'patch'],
  ['1.0.0-rc.1', '1.0.0', 'patch'], ['2019b', '2020a', 'major'], ['latest', '1.0.0', 'other'],
])('calls %s → %s a %s step', (before, after, step) => expect(stepBetween(before, after)).toBe(step))

it.each<[string, Partial<Profile>, Partial<Profile>, string[]]>([
  ['nothing', { triggers: ['a'] }, { triggers: ['a'] }, []],
  ['a hook', {}, { triggers: ['install-hook install: x'] }, ['trigger install-hook install: x']],
  ['an ability that takes less than it did', { abilities: ['fetch called'] }, { abilities: ['fetch loaded'] }, ['ability fetch loaded']],
  ['no ability that takes more than it did', { abilities: ['fetch unasked'] }, { abilities: ['fetch loaded', 'fetch unasked'] }, []],
  ['other data', { abilities: ['send<host> loaded'] }, { abilities: ['send<host> loaded', 'send<secret> loaded'] }, ['ability send<secret> loaded']],
  ['another publisher', { publisher: 'ann' }, { publisher: 'bob' }, ['publisher bob']],
  ['no publisher where none was known', {}, { publisher: 'bob' }, []],
  ['provenance', { provenance: false }, { provenance: true }, ['provenance a statement of where it was built']],
])('finds %s', (_what, before, after, expected) => expect(added(before, after)).toEqual(expected))

it('tells what is gone, too', () => {
  expect(diffOf('1.0.0', { ...NONE, provenance: true, hosts: ['a.example loaded'] }, { ...NONE, provenance: false })).toEqual({
    since: '1.0.0', added: [], removed: [{ of: 'host', what: 'a.example loaded' }, { of: 'provenance', what: 'a statement of where it was built' }],
  })
})

it('speaks in lines, and not too many', () => {
  const difference = diffOf('1.2.2', { ...NONE, dependencies: ['left'] }, {
    ...NONE, triggers: ['install-hook postinstall: node setup.js'], abilities: ['send<credentials> unasked'], hosts: ['drop.example unasked'],
  })
  expect(changeLines(difference)).toEqual([
    'new since 1.2.2:', '  + install-hook postinstall: node setup.js', '  + send (credentials) when it is installed or started', '  + speaks to drop.example when it is installed or started', '  - depends on left',
  ])
  const many = diffOf('1.2.2', NONE, { ...NONE, dependencies: Array.from({ length: 40 }, (_, at) => `d${at}`) })
  expect(changeLines(many).at(-1)).toBe('  and 28 more')
  expect(changeLines({ since: '1.0.0', added: [], removed: [] })).toEqual(['nothing new since 1.0.0'])
})
