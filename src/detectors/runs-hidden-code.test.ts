import { describe, expect, it } from 'vitest'
import type { Trigger } from '../core/types.ts'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { runsHiddenCode } from './runs-hidden-code.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('runs-hidden-code', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

const severity = (code: string, kind: Trigger['kind']): string | undefined => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': '{}', 'i.js': code }, triggers: [{ kind, name: 'i', file: 'i.js' }],
}), runsHiddenCode)[0]?.severity
const hidden = (text: string): string => `eval(atob('${Buffer.from(text).toString('base64')}'))`

describe('runs-hidden-code', () => {
  it.each([
    ['aliased-function', 'critical'], ['behind-a-picture', 'critical'], ['function-type', 'medium'], ['called-eval', 'high'], ['char-codes', 'critical'], ['encoded-command', 'critical'],
    ['go-init-decodes', 'critical'], ['import-eval', 'critical'], ['import-zlib', 'critical'], ['node-eval-base64', 'critical'],
    ['pth-hex', 'critical'], ['python-exec-b64', 'critical'], ['python-hidden-import', 'critical'], ['python-marshal', 'critical'],
    ['shell-base64', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), runsHiddenCode)[0]).toMatchObject({ behaviour: 'hidden-code', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('runs-hidden-code', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: runsHiddenCode.id, version: runsHiddenCode.version, status: 'ok', findings: findingsIn(sample('benign', name), runsHiddenCode) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([
    ['code that acts', hidden(`require('child_process').exec('id')`), 'critical', 'high'],
    ['code that only computes', hidden('answer(42)'), 'high', 'medium'],
    ['a value', hidden('{"answer": 42}'), undefined, undefined],
    ['nobody knows what', `eval(atob(text))`, 'medium', 'info'],
  ])('weighs %s by what it does', (_what, code, loaded, asked) => {
    expect(severity(code, 'import')).toBe(loaded)
    expect(severity(code, 'command')).toBe(asked)
  })

  it('shows what was hidden, and by what', () => {
    const [finding] = findingsIn(sample('bad', 'import-eval'), runsHiddenCode)
    expect(finding?.evidence.map(({ role, says, decodedFrom }) => [role, says, decodedFrom?.lines[0]])).toEqual([
      ['transform', expect.stringContaining('Buffer.from decodes'), undefined], ['sink', expect.stringContaining('eval runs what was decoded'), undefined],
      [undefined, 'what was hidden: fs.writeFileSync inert.txt', expect.any(Number)],
    ])
  })
})
