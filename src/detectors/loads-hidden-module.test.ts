import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { loadsHiddenModule } from './loads-hidden-module.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('loads-hidden-module', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('loads-hidden-module', () => {
  it.each([
    ['base64-child-process', 'high'], ['called-fs', 'medium'], ['char-codes', 'high'], ['hook-hex', 'critical'], ['import-apart', 'high'], ['python-import', 'high'],
    ['setup-importlib', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), loadsHiddenModule)[0]).toMatchObject({ behaviour: 'hidden-code', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('loads-hidden-module', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: loadsHiddenModule.id, version: loadsHiddenModule.version, status: 'ok', findings: findingsIn(sample('benign', name), loadsHiddenModule) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it('names the module', () => {
    expect(findingsIn(sample('bad', 'base64-child-process'), loadsHiddenModule)[0]?.title).toBe('loading it (index.js) loads child_process, its name hidden behind an encoding')
  })
})
