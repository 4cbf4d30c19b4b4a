import { expect, it } from 'vitest'
import { changeSays, diffOf, stepBetween } from './change.ts'
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

it.each([
  [{ of: 'ability', what: 'send<credentials> unasked' }, 'send (credentials) when it is installed or started'],
  [{ of: 'ability', what: 'write@autostart loaded' }, 'write (autostart) when it is loaded'],
  [{ of: 'ability', what: 'spawn called' }, 'spawn when it is called'],
  [{ of: 'host', what: 'drop.example loose' }, 'drop.example in a file that nothing loads'],
  [{ of: 'trigger', what: 'install-hook postinstall: node setup.js unasked' }, 'install-hook postinstall: node setup.js unasked'],
  [{ of: 'host', what: 'drop.example' }, 'drop.example'],
] as const)('says %j', (change, expected) => expect(changeSays(change)).toBe(expected))
