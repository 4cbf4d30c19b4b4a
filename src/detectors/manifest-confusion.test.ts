import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import type { RegistryManifest } from '../core/types.ts'
import { manifestConfusion } from './manifest-confusion.ts'

const seen = (archive: object, registryManifest: RegistryManifest): string[] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify(archive) }, outside: { registryManifest },
}), manifestConfusion).map((finding) => finding.severity)

it.each([
  ['the version as npm tidies it', { version: 'v1.0.0' }, { version: '1.0.0' }, []],
  ['another version', { version: '1.0.1' }, { version: '1.0.0' }, ['medium']],
  ['a name in other case', { name: 'Left' }, { name: 'left' }, []],
  ['another name', { name: 'right' }, { name: 'left' }, ['high']],
  ['ranges that differ', { dependencies: { a: '^1' } }, { dependencies: { a: '1.0.0' } }, []],
  ['a dependency nobody is shown', { dependencies: { a: '1' } }, { dependencies: {} }, ['medium']],
  ['an optional dependency npm copied', { optionalDependencies: { a: '1' } }, { dependencies: { a: '1' } }, []],
  ['nothing known of dependencies', { dependencies: { a: '1' } }, { name: 'sample' }, []],
  ['another script', { scripts: { install: 'x' } }, { scripts: { install: 'y' } }, ['high']],
  ['scripts that no install runs', { scripts: { test: 'x' } }, { scripts: {} }, []],
  ['a flag that says there is none', { scripts: { preinstall: 'x' } }, { hasInstallScript: false }, ['high']],
])('judges %s', (_what, archive, registry, expected) => expect(seen({ name: 'sample', version: '1.0.0', ...archive }, registry)).toEqual(expected))
