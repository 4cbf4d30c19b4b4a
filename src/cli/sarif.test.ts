import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Answer } from '../api/schemas.ts'
import { sarif } from './sarif.ts'
import type { Scanned } from './scanning.ts'

type Report = Answer<'scan'>
type Finding = Report['findings'][number]

const CHAIN: Finding['evidence'] = [
  { file: 'a.js', lines: [3, 3], excerpt: 'process.env', says: 'reads the environment', role: 'source' },
  { file: 'b.js', lines: [9, 10], excerpt: 'fetch(u)', says: 'sends it', role: 'sink', decodedFrom: { file: 'b.js', lines: [2, 2], excerpt: 'atob("Zm")', says: 'hidden by base64' } },
]

const finding = (changes: Partial<Finding> = {}): Finding =>
  ({ detector: 'sends-environment', behaviour: 'exfiltration', severity: 'critical', confidence: 1, title: 'sends the environment', evidence: CHAIN, ...changes })

const scanned = (path: string | null, findings: Finding[], changes: Partial<Report> = {}): Scanned => ({
  path, report: { target: path ?? 'npm:left-pad@1.3.0', level: 'malicious', score: 95, parts: [], learned: null, change: null, findings, indicators: [], missing: [], elapsedMs: 1, ...changes },
})

/** What SARIF 2.1.0 (sections 3.13 to 3.58) and GitHub's code scanning require of the members that are used, and no other members. */
const text = z.strictObject({ text: z.string().min(1).max(4_000) })
const uri = z.string().regex(/^(?![/\\])(?!\w+:)(?:[\w.~!$&'()*+,;=@-]|%[0-9A-F]{2}|\/(?!\.{0,2}(?:\/|$)))+$/, 'a relative reference')
const location = z.strictObject({
  id: z.int().min(0).optional(), message: text.optional(), logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() })).optional(),
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri }),
    region: z.strictObject({ startLine: z.int().min(1), endLine: z.int().min(1).optional(), snippet: text.optional() }),
  }),
})
const severityLevel = z.enum(['error', 'warning', 'note'])
const SARIF = z.strictObject({
  $schema: z.url(), version: z.literal('2.1.0'),
  runs: z.tuple([z.strictObject({
    tool: z.strictObject({ driver: z.strictObject({
      name: z.string().min(1),
      rules: z.array(z.strictObject({
        id: z.string().min(1), name: z.string().min(1).max(255), shortDescription: text, fullDescription: text, help: text,
        defaultConfiguration: z.strictObject({ level: severityLevel }),
        properties: z.strictObject({ tags: z.array(z.string()).max(10), precision: z.enum(['very-high', 'high', 'medium', 'low']), 'security-severity': z.string().regex(/^\d\.\d$/) }),
      })),
    }) }),
    invocations: z.array(z.strictObject({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(z.strictObject({ level: severityLevel, message: text })) })),
    results: z.array(z.strictObject({
      ruleId: z.string(), ruleIndex: z.int().min(0), level: severityLevel, message: text, locations: z.array(location).length(1), relatedLocations: z.array(location).optional(),
      codeFlows: z.array(z.strictObject({ threadFlows: z.array(z.strictObject({
        locations: z.array(z.strictObject({ location, importance: z.enum(['important', 'essential', 'unimportant']) })).min(1),
      })).min(1) })).min(1).optional(),
      partialFingerprints: z.strictObject({ primaryLocationLineHash: z.string().regex(/^[0-9a-f]{16}:\d+$/) }),
      properties: z.record(z.string(), z.unknown()),
    })).max(5_000),
  })]),
})

const run = (all: readonly Scanned[]) => {
  const log = JSON.parse(JSON.stringify(sarif(all))) as unknown
  const [only] = SARIF.parse(log).runs
  for (const { ruleId, ruleIndex } of only.results) expect(only.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  return only
}
const uriOf = (one: ReturnType<typeof run>['results'][number] | undefined): string | undefined => one?.locations[0]?.physicalLocation.artifactLocation.uri

describe('SARIF', () => {
  it('stands where the chain ends, with the chain as flow', () => {
    const { results: [only], tool } = run([scanned('bad.tgz', [finding()])])
    expect(only?.locations[0]?.physicalLocation).toEqual({ artifactLocation: { uri: 'bad.tgz/b.js' }, region: { startLine: 2, endLine: 2, snippet: { text: 'atob("Zm")' } } })
    expect(only?.codeFlows?.[0]?.threadFlows[0]?.locations.map(({ location: { message } }) => message?.text))
      .toEqual(['source: reads the environment', 'sink: sends it; hidden by base64, decoded: fetch(u)'])
    expect(tool.driver.rules[0]?.properties).toMatchObject({ 'security-severity': '9.5', tags: ['security', 'supply-chain', 'exfiltration'] })
  })

  it.each<[string | null, string, string]>([
    ['folder', 'src/a.js', 'folder/src/a.js'],
    ['./folder/', 'a b#?.js', 'folder/a%20b%23%3F.js'],
    ['.', 'a.js', 'a.js'],
    ['.', '', 'package'],
    [resolve('inside'), 'a.js', 'inside/a.js'],
    [join(resolve('/'), 'far', 'away', 'bad.tgz'), 'package.json', 'bad.tgz/package.json'],
    ['../beside', '../../etc/passwd', 'beside/etc/passwd'],
    ['x', 'C:\\y', 'x/C%3A%5Cy'],
    [null, 'package.json', 'npm/left-pad@1.3.0/package.json'],
  ])('%j and %j: %s', (path, file, expected) => {
    expect(uriOf(run([scanned(path, [finding({ evidence: [{ file, lines: [1, 1], excerpt: '', says: '' }] })])]).results[0])).toBe(expected)
  })

  it('tells nobody where the folders of this machine are', () => {
    const far = join(resolve('/'), 'home', 'somebody', 'node_modules')
    const installed = scanned(`${far}/a`, [finding()], { target: `${far}/a (npm:a@1.0.0)`, missing: ['b.js: cut'] })
    expect(JSON.stringify(sarif([installed]))).not.toContain('somebody')
  })

  it('keeps its fingerprints when lines move, and tells alike findings apart', () => {
    const prints = (shift: number) => run([scanned('x', [0, 1].map(() => finding({ evidence: CHAIN.map((one) => ({ ...one, lines: [one.lines[0] + shift, one.lines[1] + shift] })) })))])
      .results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)
    expect(prints(0)).toEqual(prints(40))
    expect(new Set(prints(0)).size).toBe(2)
  })

  it('has a line for everything, and no link that a package wrote', () => {
    const says = '[click](https://evil.example)'
    const { results: [only] } = run([scanned('x', [finding({ title: says, evidence: [{ file: 'x.so', lines: [0, 0], excerpt: says, says }] })])])
    expect(only?.locations[0]?.physicalLocation.region.startLine).toBe(1)
    expect(only?.message.text).not.toContain('](')
  })

  it('says what was not examined', () => {
    const { invocations, results } = run([scanned('x', [], { level: 'undetermined', missing: ['a.js: cut at 50 MB'] })])
    expect(results).toEqual([])
    expect(invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [{ level: 'error', message: { text: 'x: not examined: a.js: cut at 50 MB' } }] }])
  })

  it('holds what code scanning takes, the gravest first, and says how much it leaves out', () => {
    const many = scanned('x', [...Array.from({ length: 6_000 }, () => finding({ severity: 'low' })), finding({ severity: 'high', detector: 'late' })])
    const { results, invocations } = run([many])
    expect(results[0]).toMatchObject({ ruleId: 'late', level: 'error' })
    expect(results).toHaveLength(5_000)
    expect(invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain('1001 of the least grave')
    const large = scanned('x', Array.from({ length: 5_000 }, () => finding({ evidence: Array.from({ length: 8 }, () => ({ file: 'x'.repeat(300), lines: [1, 1], excerpt: 'y'.repeat(300), says: 'z'.repeat(300) })) })))
    expect(JSON.stringify(sarif([large])).length).toBeLessThan(10_000_000)
  })
})
