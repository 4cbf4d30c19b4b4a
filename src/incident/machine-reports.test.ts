import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startGate } from '../../test/harness/gate.ts'
import { reportByMachine } from './machine-reports.ts'

it('tells what the scanner and feeds say of what was had here, once, and holds nothing for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-machine-'))
  const gate = await startGate({ data: join(folder, 'data') })
  try {
    const { database } = gate.app.context
    const { response } = gate.app.incidents
    const now = new Date()
    const turn = () => reportByMachine({ database, response, now })
    expect(await turn()).toBe(0)
    const artifact = { ecosystem: 'npm', name: 'thing', file: 'thing-1.0.0.tgz', version: '1.0.0', digest: `sha256:${'ab'.repeat(32)}` }
    await database.query.insertInto('artifacts').values({ ...artifact, size: 1, upstream: 'https://files.example/', source: 'public', published_at: now.getTime(), first_seen_at: now.getTime(), hashes: '{}', purged: 0 }).execute()
    const finding = { detector: 'x', behaviour: 'exfiltration', severity: 'critical', confidence: 1, title: 'sends the environment', evidence: [{ file: 'index.js', lines: [3, 3], excerpt: 'x', says: 'y' }] }
    await database.query.insertInto('verdicts').values({ ...artifact, level: 'malicious', score: 90, findings: JSON.stringify([finding]), missing: '[]', runs: '[]', rules: 'r', learned: null, profile: null, difference: null, repository: null, sketch: null, judged_at: now.getTime(), elapsed_ms: 1 } as never).execute()
    const advisory = { ecosystem: 'npm', malicious: 1, versions: '["1.0.0"]', ranges: '[]', severity: null, url: null, source: 'ossf', modified: 1, withdrawn: null }
    await database.query.insertInto('advisories').values([{ ...advisory, id: 'MAL-1', name: 'thing', summary: 'bad', seq: 1 }, { ...advisory, id: 'MAL-2', name: 'never-had', summary: 'bad', seq: 2 }] as never).execute()
    expect(await turn()).toBe(2)
    expect(await turn()).toBe(0)
    expect((await response.reports.list()).map(({ observer, isMachine, summary }) => [observer, isMachine, summary]).sort()).toEqual([
      ['feed ossf', true, 'MAL-1: bad'], ['scanner', true, 'thing-1.0.0.tgz: sends the environment (index.js, line 3)'],
    ])
    expect(await gate.app.operator.orders()).toEqual([])
  } finally {
    await gate.close()
    await rm(folder, { recursive: true })
  }
})
