import { expect, it } from 'vitest'
import { findingsIn, packageOf, verdictOf } from '../../test/samples.ts'
import type { Sample } from '../../test/samples.ts'
import { imitatesAName } from './imitates-a-name.ts'

const near = { target: 'redis', why: 'popular', says: '`reids` swaps two letters of `redis`' } as const
const sample = (script: string, outside: Sample['outside'] = { near }): Sample => ({
  says: '', ecosystem: 'npm', name: 'reids', files: { 'package.json': JSON.stringify({ name: 'reids', version: '1.0.0', scripts: { install: script } }) }, outside,
})

it.each([['node-gyp rebuild', 'low'], ['curl https://drop.example/', 'medium']])('weighs by what the package does unasked: %s', (script, severity) => {
  expect(findingsIn(packageOf(sample(script)), imitatesAName)).toMatchObject([{ severity, title: expect.stringContaining('swaps two letters of `redis`') }])
})

it('says nothing of a name that resembles none', () => {
  expect(findingsIn(packageOf(sample('curl https://drop.example/', {})), imitatesAName)).toEqual([])
})

it('holds nothing by itself', () => {
  expect(verdictOf(packageOf({ ...sample('node-gyp rebuild'), files: { 'package.json': '{"name":"reids","version":"1.0.0"}', 'index.js': 'exports.one = 1\n' } })).level).toBe('clean')
})
