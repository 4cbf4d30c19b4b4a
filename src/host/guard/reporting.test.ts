import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readBatch } from '../events/batch.ts'
import type { Transport } from '../spool/sender.ts'
import type { GuardReport } from './report.ts'
import { openReporting } from './reporting.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-reporting-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('tells how many events had no room in the spool, to the gate and to who runs the command', async () => {
  const told: string[] = []
  const transport: Transport = { async post(body) {
    const { head, lines } = await readBatch(body, 'gzip')
    told.push(...lines.map((line) => ('problem' in line ? line.problem : line.event.says)))
    const upTo = Math.max(...lines.map((line) => ('problem' in line ? -1 : line.sequence ?? -1)))
    return { status: 200, retryAfter: null, text: JSON.stringify({ spool: head.spool, upTo, taken: lines.length, duplicates: 0, refused: [], refusedTotal: 0 }) }
  } }
  const said: string[] = []
  const { teller, finish, close } = openReporting({ folder, settings: { name: 'build-7', spool: { maxBytes: 64 * 1024, syncMs: 1_000 } }, transport, user: 'ann', command: ['npm', 'ci'], cwd: '/srv/app', say: (line) => void said.push(line) })
  for (let at = 0; at < 1_000; at++) teller.lost(1, `${at} ${'x'.repeat(300)}`)
  await finish({ exit: 0, signal: null, stopped: null, installed: [], removed: [], watched: { lost: {} } } as unknown as GuardReport)
  await close()
  expect(said).toHaveLength(1)
  const [, dropped = ''] = /^(\d+) events had no room in .*: the gate is told of them no more than that$/.exec(said[0] ?? '') ?? []
  expect(Number(dropped)).toBeGreaterThan(100)
  expect(told).toContain(`${dropped} events were lost: the spool was full`)
  expect(readdirSync(folder)).toEqual([])
})
