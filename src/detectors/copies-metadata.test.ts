import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { copiesMetadata } from './copies-metadata.ts'

const seen = (name: string, readme: string): string[] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', name, files: { 'package.json': JSON.stringify({ name }), 'README.md': readme.padEnd(60, '.') },
}), copiesMetadata).map((finding) => finding.severity)

it.each([
  ['another package', 'shadier', 'npm install --save colorful', ['medium']],
  ['another package, and this one', 'shadier', 'npm install colorful, as shadier does', []],
  ['this one in other letters', 'left-filler', 'npm i left_filler', []],
  ['what a fork is called after', 'colorful-fork', 'npm i colorful', ['low']],
  ['the same name under a scope', '@someone/colorful', 'npm i colorful', []],
  ['tools', 'shadier', 'npm install typescript, pip install tox, pip install -r requirements.txt, pip install .', []],
  ['nothing', 'shadier', 'shades, more or less', []],
])('judges a README that tells people to install %s', (_what, name, readme, expected) => expect(seen(name, readme)).toEqual(expected))

it('points at the line', () => {
  const examined = packageOf({ says: '', ecosystem: 'npm', name: 'shadier', files: { 'package.json': '{}', 'README.md': ['# Colorful', '', 'Colours for terminals of all kinds.', '', '    yarn add colorful'] } })
  expect(findingsIn(examined, copiesMetadata)).toMatchObject([{ title: 'its README is that of colorful', evidence: [{ file: 'README.md', lines: [5, 5], excerpt: 'yarn add colorful' }] }])
})

it.each([
  ['Example Author', ['low']], ['Your Name <you@example.com>', ['low']], ['Ann <ann@people.example>', []], ['Ann Example <ann@example.org>', []],
])('knows templates by their author: %s', (author, expected) => {
  const examined = packageOf({ says: '', ecosystem: 'pypi', files: {}, manifest: { authors: [author] } })
  expect(findingsIn(examined, copiesMetadata).map(({ severity }) => severity)).toEqual(expected)
})
