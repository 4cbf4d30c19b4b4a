import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { reverseShell } from './reverse-shell.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('reverse-shell', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('reverse-shell', () => {
  it.each([
    ['go-listens', 'critical'], ['go-shell', 'critical'], ['hook-dev-tcp', 'critical'], ['hook-netcat', 'critical'], ['node-pipe', 'critical'], ['python-dup2', 'critical'],
    ['python-pty', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), reverseShell)[0]).toMatchObject({ behaviour: 'reverse-shell', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('reverse-shell', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: reverseShell.id, version: reverseShell.version, status: 'ok', findings: findingsIn(sample('benign', name), reverseShell) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it('says who gets it', () => {
    expect(findingsIn(sample('bad', 'python-dup2'), reverseShell)[0]?.title).toBe('building it (setup.py) gives a shell to 203.0.113.12')
  })
})
