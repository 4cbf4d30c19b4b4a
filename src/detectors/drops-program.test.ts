import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { dropsProgram } from './drops-program.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('drops-program', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('drops-program', () => {
  it.each([
    ['base64-program', 'critical'], ['disguised', 'critical'], ['go-embedded', 'critical'], ['go-temporary', 'high'], ['out-of-a-picture', 'critical'], ['import-dotted', 'critical'], ['import-windowless', 'critical'],
    ['python-script', 'critical'], ['shell-decode', 'critical'], ['startup-folder', 'critical'], ['setup-temporary', 'high'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), dropsProgram)[0]).toMatchObject({ behaviour: 'dropper', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('drops-program', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: dropsProgram.id, version: dropsProgram.version, status: 'ok', findings: findingsIn(sample('benign', name), dropsProgram) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it('shows what is written before what is started', () => {
    const [finding] = findingsIn(sample('bad', 'base64-program'), dropsProgram)
    expect(finding?.evidence.map(({ role, lines }) => [role, lines[0]])).toEqual([['transform', 3], ['transform', 3], ['sink', 4]])
  })
})
