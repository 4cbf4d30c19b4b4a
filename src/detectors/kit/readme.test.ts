import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { packageOf } from '../../../test/samples.ts'
import { installsIn, placeIn, readmeOf } from './readme.ts'

const names = (text: string): string[] => installsIn(text).map(({ name }) => name)

it.each([
  ['pip install abc', ['abc']], ['pip3 install --user -U abc==1.0 def', ['abc']], ['npm i -D @scope/abc@1', ['@scope/abc']], ['npm install --save abc.', ['abc']], ['yarn add abc', ['abc']],
  ['go get code.example/abc/d', ['code.example/abc/d']], ['pip install abc[extra]', ['abc']], ['pip install -r requirements.txt', []], ['pip install -e .', []], ['pip install .', []], ['npm install', []],
  ['npm install\nthen', []], ['snip install abc', []], ['pip install setuptools', []], ['npm install a package', []],
])('reads %j', (text, expected) => expect(names(text)).toEqual(expected))

it('takes time in proportion to the text', () => {
  for (const text of [`npm i ${'-a '.repeat(60_000)}`, 'npm '.repeat(50_000), `npm${' '.repeat(200_000)}x`, `npm i${' '.repeat(200_000)}`, `npm i ${'-'.repeat(200_000)}`]) {
    const started = process.cpuUsage().user
    installsIn(text)
    expect(process.cpuUsage().user - started).toBeLessThan(1_000_000)
  }
})

it('never throws', () => fc.assert(fc.property(fc.string(), (text) => void installsIn(text))))

it.each<[string, Record<string, string>, string | null]>([
  ['a README', { 'README.md': 'x'.repeat(60), 'PKG-INFO': 'Name: a\n\nbody' }, 'README.md'],
  ['the metadata where the README only has a title', { 'README.md': '# a', 'PKG-INFO': 'Name: a\n\nbody' }, 'PKG-INFO'],
  ['nothing where metadata are only headers', { 'PKG-INFO': 'Name: a\nVersion: 1' }, null],
])('finds %s', (_what, files, expected) => {
  const { pkg } = packageOf({ says: '', ecosystem: 'pypi', files, manifest: { file: 'PKG-INFO' } })
  expect(readmeOf(pkg)?.file ?? null).toBe(expected)
})

it('takes the text of metadata without its headers, and finds its lines', () => {
  const { pkg } = packageOf({ says: '', ecosystem: 'pypi', files: { 'PKG-INFO': 'Name: hidden\nVersion: 1\n\nbody\npip install a' }, manifest: { file: 'PKG-INFO' } })
  const readme = readmeOf(pkg)
  expect(readme?.text).not.toContain('hidden')
  expect(readme && placeIn(pkg, readme, 'pip install a')).toEqual({ file: 'PKG-INFO', lines: [5, 5] })
})
