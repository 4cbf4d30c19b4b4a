import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { thinPackage } from './thin-package.ts'

const ASK = "require('https').get('https://drop.example/')"
const seen = (files: Record<string, string>): [string, number][] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify({ scripts: { install: 'node run.js' } }), ...files },
}), thinPackage).map(({ severity, confidence }) => [severity, confidence])

it.each([
  ['nothing beside it', { 'run.js': ASK }, [['medium', 0.8]]],
  ['a line beside it', { 'run.js': ASK, 'index.js': 'module.exports = 1' }, [['medium', 0.6]]],
  ['a README and tests beside it', { 'run.js': ASK, 'README.md': 'x'.repeat(5_000), 'tests/x.js': 'x'.repeat(5_000) }, [['medium', 0.8]]],
  ['a library beside it', { 'run.js': ASK, 'index.js': 'module.exports = 1\n'.repeat(100) }, []],
  ['nothing, and it does nothing', { 'run.js': '1' }, []],
])('judges a hook with %s', (_what, files, expected) => expect(seen(files as Record<string, string>)).toEqual(expected))
