import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import type { Outside } from '../core/types.ts'
import { borrowsAReputation } from './borrows-a-reputation.ts'

const seen = (name: string, manifest: object, { readme = '', outside = {} }: { readme?: string; outside?: Partial<Outside> } = {}): string[] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', name, files: { 'package.json': JSON.stringify({ name, ...manifest }), 'README.md': readme.padEnd(60, '.') }, outside,
}), borrowsAReputation).map((finding) => finding.severity)

it.each([
  ['nothing in common', 'yoshades', { repository: 'famous/colorful' }, ['low']],
  ['no repository', 'yoshades', {}, []],
  ['a site of its own', 'yoshades', { homepage: 'https://yoshades.example/' }, []],
  ['the homepage as repository', 'yoshades', { homepage: 'https://github.com/famous/colorful#readme' }, ['low']],
  ['its own name', 'colorful', { repository: 'famous/colorful' }, []],
  ['a part of the name', 'colorful-cli', { repository: 'famous/colorful' }, []],
  ['the owner in the name', '@famous/shades', { repository: 'famous/everything' }, []],
  ['a folder of the repository', 'yoshades', { repository: { url: 'https://github.com/famous/colorful', directory: 'packages/shades' } }, []],
  ['a folder in the address', 'yoshades', { repository: 'https://github.com/famous/colorful/tree/main/packages/shades' }, []],
])('judges %s', (_what, name, manifest, expected) => expect(seen(name, manifest)).toEqual(expected))

it.each([
  ['a README that speaks of both', { readme: '# yoshades\ncolours' }, []],
  ['a fork that says so', { readme: 'A fork of colorful with more colours' }, []],
  ['a README about the repository', { readme: 'npm install colorful' }, ['medium']],
  ['the same account', { outside: { registryManifest: { publisher: 'famous' } } }, []],
])('judges %s', (_what, more, expected) => expect(seen('yoshades', { repository: 'famous/colorful' }, more)).toEqual(expected))

it.each([
  ['another publisher of the package the repository is called after', 'mallory', 'famous', ['medium']],
  ['the same publisher', 'famous', 'famous', []],
  ['a publisher nobody knows', undefined, 'famous', []],
])('weighs %s', (_what, publisher, other, expected) => {
  const outside = { registryManifest: publisher === undefined ? {} : { publisher }, claims: [{ name: 'colorful', publisher: other }] }
  expect(seen('colorfull', { repository: 'https://github.com/someone/colorful' }, { outside })).toEqual(expected)
})
