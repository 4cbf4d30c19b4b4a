import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { weigh } from '../core/weigh.ts'
import { takesCommands } from './takes-commands.ts'

const sample = (kind: 'bad' | 'benign', name: string): ReturnType<typeof packageOf> => {
  const found = samplesOf('takes-commands', kind).find(({ file }) => file === `${name}.json`)
  if (!found) throw new Error(`no sample ${name}`)
  return packageOf(found.sample)
}

describe('takes-commands', () => {
  it.each([
    ['bot-decorated', 'critical'], ['chat-bot', 'critical'], ['go-dial', 'critical'], ['hook-websocket', 'critical'], ['import-socket', 'critical'], ['polling', 'critical'],
    ['python-socket', 'critical'],
  ] as const)('weighs %s as %s', (name, severity) => {
    expect(findingsIn(sample('bad', name), takesCommands)[0]).toMatchObject({ behaviour: 'remote-control', severity })
    if (severity === 'critical') expect(verdictOf(sample('bad', name)).level).toBe('malicious')
  })

  it.each(samplesOf('takes-commands', 'benign').map(({ file }) => file.replace('.json', '')))('holds nothing against %s', (name) => {
    const alone = { detector: takesCommands.id, version: takesCommands.version, status: 'ok', findings: findingsIn(sample('benign', name), takesCommands) } as const
    expect(weigh('sha256:00', [alone], [], '').level).toBe('clean')
  })

  it.each([['polling', 'by asking again and again'], ['import-socket', 'over a connection'], ['chat-bot', 'by way of a chat bot']])('says how %s hears', (name, how) => {
    expect(findingsIn(sample('bad', name), takesCommands)[0]?.title).toContain(how)
  })
})
