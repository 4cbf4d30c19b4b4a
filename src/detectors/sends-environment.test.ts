import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { sendsEnvironment } from './sends-environment.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('sends-environment', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('sends-environment', () => {
  it.each([
    ['command-env', 'high'], ['comprehension', 'critical'], ['go-environ', 'critical'], ['hook-drop', 'critical'], ['import-encoded', 'critical'], ['import-python', 'critical'],
    ['python-environ', 'critical'], ['shell-env', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), sendsEnvironment)[0]).toMatchObject({ behaviour: 'exfiltration', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('sends-environment', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: sendsEnvironment.id, version: sendsEnvironment.version, status: 'ok', findings: findingsIn(sample('benign', name), sendsEnvironment) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it('shows where it is read and where it goes', () => {
    expect(findingsIn(sample('bad', 'hook-drop'), sendsEnvironment)[0]?.evidence.map(({ role }) => role)).toEqual(['source', 'sink'])
  })
})
