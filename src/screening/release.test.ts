import { expect, it } from 'vitest'
import type { EcosystemId } from '../core/types.ts'
import { fromGit, fromUrl, REGISTRY } from '../host/lockfiles/source.ts'
import { releasedAs } from './release.ts'

it.each<[string, EcosystemId, string, string | null, string | null, (string | null)[]]>([
  ['a release', 'npm', 'evil', '1.0.0', null, ['1.0.0']],
  ['a range', 'npm', 'evil', null, null, [null]],
  ['a release by its address', 'npm', 'evil', null, 'https://r.example/evil/-/evil-1.2.3.tgz', ['1.2.3']],
  ['in the layout of a mirror', 'npm', 'evil', '1.2.3', 'https://r.example/evil/download/evil-1.2.3.tgz?cache=0#abc', ['1.2.3']],
  ['of a scope', 'npm', '@s/evil', null, 'https://r.example/%40s/evil/-/evil-1.2.3-rc.1.tgz', ['1.2.3-rc.1']],
  ['an archive of a repository', 'npm', 'evil', null, 'https://code.example/x/evil/archive/main.tar.gz', []],
  ['the archive of another package', 'npm', 'evil', null, 'https://r.example/other-1.2.3.tgz', []],
  ['a version that is written otherwise', 'npm', 'evil', 'v1.2.3+build.7', null, ['1.2.3']],
  ['an archive of another version than the lockfile says', 'npm', 'evil', '1.0.0', 'https://r.example/evil/-/evil-1.2.3.tgz', ['1.0.0', '1.2.3']],
  ['an archive whose version the lockfile does not say', 'npm', 'evil', null, 'https://r.example/evil/-/evil-1.2.3.tgz', ['1.2.3']],
  ['a module', 'go', 'x.example/y', '1.0.0', null, ['v1.0.0']],
  ['a wheel', 'pypi', 'evil-py', null, 'https://f.example/packages/aa/Evil_Py-1.0.0-py3-none-any.whl', ['1.0.0']],
  ['an sdist', 'pypi', 'evil-py', null, 'https://f.example/evil.py-1.0.tar.gz#sha256=ab', ['1.0']],
  ['a wheel of another', 'pypi', 'evil-py', null, 'https://f.example/other-1.0.0-py3-none-any.whl', []],
  ['no file', 'pypi', 'evil-py', '1.0', 'https://f.example/%E0%A4%A/', []],
  ['a long one', 'pypi', 'evil-py', '1.0', `https://f.example/${'-a'.repeat(200)}.whl`, []],
])('%s', (_what, ecosystem, name, version, url, expected) => {
  expect(releasedAs({ ecosystem, name, version, source: url === null ? REGISTRY : fromUrl(url) })).toEqual(expected)
})

it('is nothing of a repository', () => {
  expect(releasedAs({ ecosystem: 'npm', name: 'evil', version: '1.0.0', source: fromGit('git+https://code.example/x/evil-1.0.0.tgz') })).toEqual([])
})
