import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { hidesWindowOrLog } from './hides-window-or-log.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('hides-window-or-log', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('hides-window-or-log', () => {
  it.each([
    ['defender', 'critical'], ['deletes-itself', 'high'], ['event-log', 'high'], ['hidden-window', 'high'], ['history', 'high'],
    ['python-import', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), hidesWindowOrLog)[0]).toMatchObject({ behaviour: 'evasion', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('hides-window-or-log', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: hidesWindowOrLog.id, version: hidesWindowOrLog.version, status: 'ok', findings: findingsIn(sample('benign', name), hidesWindowOrLog) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([
    ['defender', 'switches off what protects the machine'], ['history', 'clears a history or a log'], ['hidden-window', 'starts a program without a window'], ['deletes-itself', 'deletes its own code'],
  ])('says what %s does', (name, says) => expect(findingsIn(sample('bad', name), hidesWindowOrLog)[0]?.title).toContain(says))
})
