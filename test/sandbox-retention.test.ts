import { afterEach, expect, it } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import { startGate } from './harness/gate.ts'
import { seenIn } from '../src/sandbox/gate/runs.ts'

/** What was run is not kept for ever, and never less long than something rests on it. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const DAY = 86_400_000
const NAMES = ['calm', 'thief', 'left', 'ordered', 'in-case', 'case-closed', 'evidence']

it('deletes old runs with their records, but for what a verdict, a hold, an order, a recall or an open case rests on', async () => {
  const npm = await startFakeNpm(NAMES.map((name) => ({ name, version: '1.0.0', files: { 'index.js': `module.exports = '${name}'` } })))
  open.push(npm)
  let now = Date.now()
  const runner = fakeRunner()
  const gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null } }, sandbox: Object.assign(runner, { settings: { ...runner.settings, keep: 30 * DAY } }), clock: { now: () => new Date(now) },
    policy: { sandbox: { ...SANDBOX_POLICY, sample: { share: 1, runs: 'hold' } } },
  })
  open.push(gate)
  const { app: { context, operator, sandbox, incidents } } = gate
  runner.sees.set('thief', { does: 'critical' })
  runner.sees.set('left', { missing: ['laptop, import: out of time'] })
  for (const name of NAMES) await operator.scan(`npm:${name}@1.0.0`)
  await expect.poll(async () => (await sandbox.desk.list()).filter(({ status }) => status !== 'running').length).toBe(NAMES.length)
  await operator.order({ ecosystem: 'npm', name: 'ordered', version: '1.0.0', digest: null, action: 'hold', because: 'looked at', by: 'ann', expiresAt: null })
  const { cases } = incidents.response
  const told = { source: 'a person', by: 'ann', says: 'seen' }
  const opened = async (name: string): Promise<string> => (await cases.open({ title: name, severity: 'low', tlp: 'red', cause: 'person', ...told }, [{ ...told, fact: { kind: 'package', ecosystem: 'npm', name, version: null, digest: null } }])).id
  await opened('in-case')
  const closed = await opened('case-closed')
  await context.database.query.updateTable('cases').set({ closed_at: now }).where('id', '=', closed).execute()
  const record = (await sandbox.desk.list({ package: { ecosystem: 'npm', name: 'evidence', version: null } }))[0]?.record
  await context.database.query.insertInto('case_events').values({ case_id: closed, id: `evidence ${record}`, at: now, precision: 'second', told_at: now, source: 'x', by: 'ann', says: 'x', fact: '{}' }).execute()

  const left = async (): Promise<string[]> => (await sandbox.desk.list()).map(({ ref }) => ref.name).sort()
  now += 29 * DAY
  expect(await sandbox.prune(context)).toBe(0)
  now += 2 * DAY
  expect(await sandbox.prune(context)).toBe(3)
  expect(await left()).toEqual(['in-case', 'left', 'ordered', 'thief'])
  const kept = new Set(await Array.fromAsync(context.evidence.list()))
  expect(kept.size).toBe(5)
  expect(kept.has(record as never)).toBe(true)
  // What was decided stands: nothing is held or freed because a run is no longer there.
  expect((await context.database.query.selectFrom('verdicts').select(['name', 'level']).where('level', '!=', 'clean').execute()).map(({ name }) => name)).toEqual(['thief'])
})

it('what one run saw is not crowded out by any number that saw nothing', async () => {
  const gate = await startGate({ sources: { npm: { url: null, why: 'off' } } })
  open.push(gate)
  const { database: { query } } = gate.app.context
  const finding = { detector: 'd', behaviour: 'exfiltration', severity: 'critical', confidence: 1, title: 'it sends', evidence: [{ file: 'a.js', lines: [1, 1], excerpt: '', says: 'sends' }] }
  const run = { ecosystem: 'npm', name: 'x', version: '1', file: 'x', digest: 'sha256:x', reason: 'asked', status: 'completed', owner: '', lease_until: 0, backend: null, versions: '', started_at: 1, elapsed_ms: null, says: null, indicators: '[]', missing: '[]', phases: '[]', record: null, size: null, told: 1 }
  for (let at = 0; at < 25; at++) await query.insertInto('sandbox_runs').values({ ...run, id: `${at}`, runs: JSON.stringify([{ detector: 'd', version: 1, status: 'ok', findings: at === 0 ? [finding] : [] }]) }).execute()
  expect((await seenIn(query, 'sha256:x'))?.runs).toMatchObject([{ findings: [{ title: 'it sends' }] }])
})
