import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf } from '../../test/samples.ts'
import { gatherFacts } from '../analysis/gather.ts'
import { factsOf } from '../hunt/facts.ts'
import { detectors, rules } from './index.ts'
import { profileOf } from './kit/profile.ts'

const HOSTILE = {
  empty: packageOf({ says: 'nothing in it', ecosystem: 'npm', files: {} }),
  prototype: packageOf({ says: 'names of Object.prototype', ecosystem: 'npm', name: '__proto__', files: {
    'package.json': '{"name":"__proto__","version":"constructor","scripts":{"postinstall":"constructor toString","__proto__":"x"},"dependencies":{"__proto__":"hasOwnProperty","toString":"valueOf"}}',
    __proto__: 'x', 'constructor.js': 'x' } }),
  deep: packageOf({ says: 'nested a hundred thousand times', ecosystem: 'npm', files: {
    'package.json': '{"scripts":{"install":"node deep.js"}}', 'deep.js': '('.repeat(100_000) + '1' + ')'.repeat(100_000) } }),
  deepPython: packageOf({ says: 'nested a hundred thousand times', ecosystem: 'pypi', files: { 'setup.py': 'x = ' + '['.repeat(100_000) } }),
  quotes: packageOf({ says: 'quotes that never close', ecosystem: 'npm', files: {
    'package.json': JSON.stringify({ scripts: { install: '$('.repeat(5_000) + '"\'`<(' } }) } }),
}

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (id, detector) => {
  const bad = samplesOf(id, 'bad')
  const benign = samplesOf(id, 'benign')

  it('has samples of both kinds, a reason and a version', () => {
    expect(bad.length).toBeGreaterThan(0)
    expect(benign.length).toBeGreaterThan(0)
    expect(detector.why.length).toBeGreaterThan(0)
    expect(detector.version).toBeGreaterThan(0)
  })

  it.each(bad.map(({ file, sample }) => [file, sample] as const))('finds %s, the same each time, with lines inside the file', (_file, sample) => {
    const examined = packageOf(sample)
    const found = findingsIn(examined, detector)
    expect(found.filter((finding) => finding.severity === 'medium' || finding.severity === 'high' || finding.severity === 'critical')).not.toEqual([])
    expect(findingsIn(packageOf(sample), detector)).toEqual(found)
    for (const { file, lines, says } of found.flatMap((finding) => finding.evidence)) {
      expect(says).not.toBe('')
      const text = examined.pkg.files.get(file)
      if (!text) expect(lines).toEqual([0, 0])
      else expect(lines[1]).toBeLessThanOrEqual(new TextDecoder().decode(text.bytes).split('\n').length)
      expect(lines[0]).toBeLessThanOrEqual(lines[1])
    }
  })

  it.each(bad.filter(() => detector.needs !== undefined).map(({ file, sample }) => [file, sample] as const))('has what it says it needs in %s', (_file, sample) => {
    const { pkg, outside } = packageOf(sample)
    const profile = profileOf(pkg, gatherFacts(pkg), outside)
    const facts = factsOf({ ecosystem: pkg.artifact.ref.ecosystem, findings: [], indicators: [], profile, sketch: null, hashes: {} })
    expect(detector.needs?.filter((key) => facts.has(key))).not.toEqual([])
  })

  it.each(benign.map(({ file, sample }) => [file, sample] as const))('stays calm about %s', (_file, sample) => {
    expect(findingsIn(packageOf(sample), detector).filter((finding) => finding.severity === 'high' || finding.severity === 'critical')).toEqual([])
  })

  it.each(Object.entries(HOSTILE))('does not throw on %s', (_name, examined) => {
    expect(() => findingsIn(examined, detector)).not.toThrow()
  })

  it('imports nothing but contracts and the kit', () => {
    const text = readFileSync(new URL(`${id}.ts`, import.meta.url), 'utf8')
    const imports = [...text.matchAll(/from '([^']+)'/g)].map((match) => match[1] as string)
    expect(imports.filter((path) => !/^\.\/(?:kit\/|detector\.ts)|^\.\.\/(?:core|analysis\/facts)/.test(path))).toEqual([])
    expect(text).not.toMatch(/Date\.now|new Date|Math\.random|performance\./)
  })
})

describe('the list', () => {
  it('holds every detector file once', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.samples')).map((file) => file.replace('.samples', ''))
    expect(detectors.map((detector) => detector.id).sort()).toEqual(files.sort())
  })

  it('names every rule and its version', () => {
    for (const { id, version } of detectors) expect(rules.split(' ')).toContain(`${id}@${version}`)
  })

  it('is told in docs/DETECTION.md, each with its first reason', () => {
    const text = readFileSync(new URL('../../docs/DETECTION.md', import.meta.url), 'utf8')
    expect(detectors.filter(({ id, why }) => !text.includes(`| \`${id}\` | ${why[0]} |`)).map(({ id }) => id)).toEqual([])
  })
})
