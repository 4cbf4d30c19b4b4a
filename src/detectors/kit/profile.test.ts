import { expect, it } from 'vitest'
import { packageOf } from '../../../test/samples.ts'
import { gatherFacts } from '../../analysis/gather.ts'
import type { Outside, Profile } from '../../core/types.ts'
import { profileOf } from './profile.ts'

function profiled(files: Record<string, string>, outside: Partial<Outside> = {}): Profile {
  const examined = packageOf({ says: '', ecosystem: 'npm', files, outside })
  return profileOf(examined.pkg, gatherFacts(examined.pkg), examined.outside)
}

const HOOKED = {
  'package.json': JSON.stringify({ name: 'sample', scripts: { postinstall: 'node setup.js' }, dependencies: { right: '1', left: '1' }, repository: 'Owner/Sample' }),
  'setup.js': "const https = require('https')\nhttps.get('https://cdn.project.example/a?b')\nhttps.get('https://cdn.project.example/c')",
}

it('says what runs, what it does and to whom it speaks', () => {
  const profile = profiled(HOOKED, { registryManifest: { publisher: 'ann', provenance: true } })
  expect(profile).toMatchObject({
    triggers: ['install-hook postinstall: node setup.js'], hosts: ['cdn.project.example unasked'], dependencies: ['left', 'right'],
    repository: 'github.com/owner/sample', publisher: 'ann', provenance: true, cut: false,
  })
  expect(profile.abilities).toContain('fetch unasked')
  expect(Object.keys(profile.code)).toEqual(['package.json', 'setup.js'])
  expect(profile.code['setup.js']).toMatch(/^[0-9a-f]{16}$/)
})

it('knows no publisher and no statement where nobody said so', () => expect(profiled(HOOKED)).toMatchObject({ publisher: null, provenance: null }))

it('is the same each time, and survives being kept', () => {
  const profile = profiled(HOOKED)
  expect(profiled(HOOKED)).toEqual(profile)
  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile)
})

it('stays small however much there is, and says that it was cut', () => {
  const dependencies = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`d${at}`, '1']))
  const files = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`lib/${at}.json`, `${at}`]))
  const profile = profiled({ 'package.json': JSON.stringify({ dependencies }), ...files })
  expect(profile.cut).toBe(true)
  expect([profile.dependencies.length, Object.keys(profile.code).length]).toEqual([500, 2_000])
  expect(JSON.stringify(profile).length).toBeLessThan(100_000)
})

it('keeps names of files as they are, whatever they are called', () => {
  const profile = profiled({ 'package.json': '{"dependencies":{"__proto__":"1"}}', '__proto__.js': '1', 'constructor.js': '1' })
  expect(Object.keys(profile.code).sort()).toEqual(['__proto__.js', 'constructor.js', 'package.json'])
})
