import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { recordOf, sampleAbout, samplesOf } from '../testing.ts'
import type { Sample } from '../testing.ts'
import { sceneOf } from '../scene.ts'
import { conductRules, rules } from './index.ts'

const judged = (rule: (typeof rules)[number], sample: Sample) => rule.judge(sceneOf(recordOf(sample), sampleAbout(sample)))
const MOST: readonly string[] = ['nothing', 'low', 'medium']
const GRAVE = new Set(['medium', 'high', 'critical'])

const HOSTILE: Record<string, Sample> = {
  empty: { says: 'nothing', acts: [] },
  prototype: { says: 'names of Object.prototype', acts: [{ kind: 'exec', target: '__proto__', argv: ['constructor', 'toString'] }, { kind: 'read', target: '__proto__', by: '__proto__:1' }, { kind: 'request', target: 'constructor' }, { kind: 'connect', target: 'toString' }, { kind: 'resolve', target: '' }] },
  long: { says: 'no end', acts: [{ kind: 'exec', target: '/'.repeat(100_000), argv: Array.from({ length: 5000 }, () => 'curl | sh '.repeat(20)) }, { kind: 'resolve', target: `${'a'.repeat(50_000)}.example` }, { kind: 'write', target: `/home/x/${'../'.repeat(20_000)}` }] },
  text: { says: 'text that turns around', acts: [{ kind: 'write', target: '/home/x/.bashrc\u202e\u001b[2J\ud800' }, { kind: 'request', target: 'https://[::1\u0000/', sample: '\u0000'.repeat(4000) }] },
  options: { says: 'a command with no end of options', acts: [{ kind: 'exec', target: '/opt/x/chrome', argv: ['/opt/x/chrome', ...Array.from({ length: 300 }, (_none, n) => `--disable-${n}`)] }] },
  circle: { says: 'a process that is its own ancestor', processes: [{ pid: 3, parent: 4, argv: ['node'] }, { pid: 4, parent: 3, argv: ['sh'] }], acts: [{ kind: 'read', target: '/home/x/.ssh/id_rsa', pid: 4, by: null }] },
}

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('has a reason, a version and samples of both kinds', () => {
    expect(rule.why.length).toBeGreaterThan(0)
    expect(rule.version).toBeGreaterThan(0)
    expect(samplesOf(id, 'bad')).not.toEqual([])
    expect(samplesOf(id, 'benign')).not.toEqual([])
  })

  it.each(samplesOf(id, 'bad').map(({ file, sample }) => [file, sample] as const))('finds %s, the same each time, in its own name', (_file, sample) => {
    const found = judged(rule, sample)
    expect(found.filter(({ severity }) => GRAVE.has(severity))).toHaveLength(1)
    expect(judged(rule, sample)).toEqual(found)
    for (const { detector, evidence, title } of found) {
      expect(detector).toBe(id)
      expect(title).not.toMatch(/undefined|null/)
      for (const { says, excerpt, lines } of evidence) {
        expect(says).not.toBe('')
        expect(`${says}${excerpt}`).not.toMatch(/undefined|https?:\/\/(?!registry)/)
        expect(lines[0]).toBeLessThanOrEqual(lines[1])
      }
    }
  })

  it.each(samplesOf(id, 'benign').map(({ file, sample }) => [file, sample] as const))('stays calm about %s', (_file, sample) => {
    const { most = 'medium' } = sample
    const borne = MOST.slice(0, MOST.indexOf(most) + 1)
    expect(judged(rule, sample).filter(({ severity }) => !borne.includes(severity))).toEqual([])
  })

  it.each(Object.entries(HOSTILE))('does not throw on %s', (_name, sample) => {
    expect(() => judged(rule, sample)).not.toThrow()
  })
})

describe('the list', () => {
  it('holds every file once, and names every version', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) => /^did-.*\.ts$/.test(file)).map((file) => file.replace('.ts', ''))
    expect(rules.map(({ id }) => id as string).sort()).toEqual(files.sort())
    for (const { id, version } of rules) expect(conductRules.split(' ')).toContain(`${id}@${version}`)
  })

  it('is told in docs/DETECTION.md, each with its first reason', () => {
    const text = readFileSync(new URL('../../../docs/DETECTION.md', import.meta.url), 'utf8')
    expect(rules.filter(({ id, why }) => !text.includes(`| \`${id}\` | ${why[0]} |`)).map(({ id }) => id)).toEqual([])
  })
})
