import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Finding, PackageFile, Run } from '../core/types.ts'
import { inspect } from '../workers/examine.ts'
import { readRules } from './rules.ts'
import { endUserRules, runUserRules } from './run.ts'
import { spent } from '../../test/harness/spent.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-yara-'))
afterAll(async () => {
  await endUserRules()
  rmSync(folder, { recursive: true, force: true })
})

function filesOf(contents: Record<string, string | Uint8Array>): Map<string, PackageFile> {
  return new Map(Object.entries(contents).map(([path, content]) => {
    const bytes = Buffer.from(content)
    return [path, { path, size: bytes.length, mode: 0o644, bytes, truncated: false, sha256: '' }]
  }))
}

let count = 0
async function run(rules: Record<string, string>, contents: Record<string, string | Uint8Array>, timeMs = 60_000): Promise<Run> {
  const own = join(folder, String(count++))
  for (const [name, text] of Object.entries(rules)) {
    mkdirSync(join(own, name, '..'), { recursive: true })
    writeFileSync(join(own, name), text)
  }
  return runUserRules(await readRules(own, timeMs), filesOf(contents))
}
const found = (result: Run): Finding[] => {
  if (result.status !== 'ok') throw new Error(result.reason)
  return result.findings
}
const reason = (result: Run): string => (result.status === 'ok' ? '' : result.reason)

const MARKER = `rule marker {
  meta: description = "holds the marker of our exercise" severity = "critical" behaviour = "exfiltration"
  strings: $text = "exercise-marker" $bytes = { 00 e5 ?? c1 5e }
  condition: any of them
}`

describe('runUserRules', () => {
  it('says where a rule matches, in text and in binary files', async () => {
    const binary = new Uint8Array([0x7f, 0x45, 0, 0xe5, 7, 0xc1, 0x5e, 0])
    const [finding, ...others] = found(await run({ 'marker.yar': MARKER }, { 'a.js': 'one\ntwo\n  send("exercise-marker") // three\nfour', 'b.js': 'nothing', 'c.bin': binary }))
    expect(others).toEqual([])
    expect(finding).toEqual({
      detector: 'yara', behaviour: 'exfiltration', severity: 'critical', confidence: 1, title: 'holds the marker of our exercise',
      evidence: [
        { file: 'a.js', lines: [3, 3], excerpt: 'send("exercise-marker") // three', says: 'rule marker of marker.yar matches $text' },
        { file: 'c.bin', lines: [0, 0], excerpt: '00 e5 07 c1 5e', says: 'rule marker of marker.yar matches $bytes' },
      ],
    })
  })

  it.each([
    ['', 'medium', 'user-rule', 'matches the rule r of r.yara'],
    ['meta: severity = "HIGH" behaviour = "something else"', 'high', 'user-rule', 'matches the rule r of r.yara'],
    ['meta: severity = "info" description = "x" behaviour = "obfuscation"', 'info', 'obfuscation', 'x'],
    ['meta: severity = 3', 'medium', 'user-rule', 'matches the rule r of r.yara'],
  ])('reads what a rule says of itself: %s', async (meta, severity, behaviour, title) => {
    expect(found(await run({ 'r.yara': `rule r { ${meta} strings: $a = "x" condition: $a }` }, { a: 'x' }))).toMatchObject([{ severity, behaviour, title }])
  })

  it('says that a severity is none', async () => {
    const [finding] = found(await run({ 'r.yar': 'rule r { meta: severity = "critcal" strings: $a = "x" condition: $a }' }, { a: 'x' }))
    expect(finding?.evidence[0].says).toBe('rule r of r.yar matches $a; its severity "critcal" is none, so it counts as medium')
  })

  it('sees each file alone: sizes, offsets, ends and absent patterns are those of the file', async () => {
    const rules = {
      'small.yar': 'rule small { strings: $a = "word" fullword condition: $a at 0 and filesize < 10 }',
      'ends.yar': 'rule ends { strings: $a = /word$/ condition: $a }',
      'absent.yar': 'rule absent { strings: $a = "word" $b = "other" condition: $a and not $b }',
    }
    const contents = { one: 'word', two: 'a word', three: 'word and other', four: `word${' '.repeat(20)}` }
    const places = async (of: Partial<typeof rules>): Promise<unknown[]> =>
      found(await run(of as Record<string, string>, contents)).map(({ title, evidence }) => [title.split(' ')[3], ...evidence.map(({ file }) => file)])
    const small = ['small', 'one']
    const absent = ['absent', 'one', 'two', 'four']
    const sieved = { 'small.yar': rules['small.yar'], 'absent.yar': rules['absent.yar'] }
    expect((await places(sieved)).sort()).toEqual([absent, small])
    expect((await places(rules)).sort()).toEqual([absent, ['ends', 'one', 'two'], small])
  })

  it('takes rules that are true without a pattern, private ones, and two of one name', async () => {
    const rules = {
      'a.yar': 'private rule helper { condition: filesize > 3 } rule big { condition: helper }',
      'b/c.yar': 'rule big { strings: $a = "long" condition: $a }', 'notes.txt': 'not a rule',
    }
    const findings = found(await run(rules, { short: 'x', long: 'longer' }))
    expect(findings.map(({ title, evidence }) => [title, evidence[0].says, evidence.length]).sort()).toEqual([
      ['matches the rule big of a.yar', 'rule big of a.yar is true for this file', 1], ['matches the rule big of b/c.yar', 'rule big of b/c.yar matches $a', 1],
    ])
  })

  it('finds in the last of thousands of files, and where everything matches', async () => {
    const contents = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`f${index}`, index === 2_999 ? 'exercise-marker' : 'x'.repeat(4_000)]))
    expect(found(await run({ 'marker.yar': MARKER }, contents))[0]?.evidence.map(({ file }) => file)).toEqual(['f2999'])
    const common = found(await run({ 'r.yar': 'rule r { strings: $a = "x" condition: $a and filesize == 3 }' }, { a: 'x'.repeat(5_000), b: 'y', c: 'xyz' }))
    expect(common[0]?.evidence.map(({ file }) => file)).toEqual(['c'])
  })

  it('goes on with a fresh engine where every file is scanned alone', async () => {
    const contents = Object.fromEntries(Array.from({ length: 520 }, (_, index) => [`f${index}`, index % 519 === 0 ? '' : 'x']))
    const [finding] = found(await run({ 'r.yar': 'rule empty { condition: filesize == 0 }' }, contents))
    expect(finding?.evidence.map(({ file }) => file)).toEqual(['f0', 'f519'])
  })

  it('leaves a broken file out, and keeps the others', async () => {
    const result = await run({ 'bad.yar': 'rule bad {\n  condition: $nothing\n}', 'marker.yar': MARKER }, { a: 'exercise-marker' })
    expect(found(result)).toHaveLength(1)
  })

  it.each([
    ['a folder that is not there', {}, /^no rules could be loaded from .*: ENOENT/],
    ['a folder without rules', { 'readme.md': '' }, /there is no \.yar or \.yara file in it$/],
    ['only broken rules', { 'bad.yar': 'rule bad {\n  condition: $nothing\n}' }, /bad\.yar:2:14: unknown pattern `\$nothing`: this pattern is not declared in the `strings` section$/],
  ])('is skipped, never silently off, for %s', async (_what, rules, expected) => {
    const result = await run(rules, { a: 'x' })
    expect([result.status, reason(result)]).toEqual(['skipped', expect.stringMatching(expected)])
  })

  it('fails in time and says which file of rules is too slow', async () => {
    const slow = 'rule slow { condition: for all i in (0..filesize) : ( for all j in (0..filesize) : ( uint8(i) + uint8(j) != 1000 ) ) }'
    const started = spent()
    const result = await run({ 'a.yar': MARKER, 'slow.yar': slow, 'z.yar': MARKER }, { 'small.js': 'x', 'large.js': 'abc'.repeat(1_000_000) }, 5_000)
    expect([result.status, reason(result)]).toEqual(['failed', 'the rules took longer than 5000 ms, the last of it for large.js: slow.yar is too slow'])
    expect(spent() - started).toBeLessThan(15_000)
    expect(found(await run({ 'a.yar': MARKER }, { a: 'exercise-marker' }))).toHaveLength(1)
  })
})

describe('without rules', () => {
  const examined = { ref: { ecosystem: 'npm', name: 'x', version: '1.0.0', file: 'x-1.0.0.tgz' }, digest: 'sha256:0', size: 0, publishedAt: null, firstSeenAt: new Date(0), upstream: 'file:x' } as const
  const outside = { registryManifest: null, advisories: [], ownHosts: [] }
  const unpacked = { files: filesOf({ 'package.json': '{"name":"x","version":"1.0.0"}' }), oddities: [], missing: [], bytes: 0 }
  /** Of this process. */
  const threads = (): number => (process.report.getReport() as unknown as { workers: unknown[] }).workers.length

  it('an examination loads nothing of YARA-X', async () => {
    await endUserRules()
    const before = threads()
    const { runs } = await inspect({ ...examined, outside }, unpacked)
    expect([threads() - before, runs.some(({ detector }) => detector === 'yara')]).toEqual([0, false])
    const userRules = await readRules(join(folder, '0'), 1_000)
    expect((await inspect({ ...examined, outside, userRules }, unpacked)).runs.at(-1)).toMatchObject({ detector: 'yara', status: 'ok' })
    expect(threads() - before).toBe(1)
  })
})
