import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runFlood } from './pipeline-flood.ts'
import { runMixed } from './pipeline-mixed.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-pipeline-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('events of three registries are read to the end, each package looked into once, squats told of', async () => {
  const mixed = await runMixed(folder, 1_000)
  expect(mixed).toMatchObject({ cursorRight: true, alarms: { imitation: expect.any(Number) } })
  expect(mixed.packages).toBeGreaterThan(500)
  expect(Object.values(mixed.alarms).reduce((sum, count) => sum + count, 0)).toBeLessThan(45)
})

it('a flood is a few alarms, nothing is lost, and others are seen meanwhile', { timeout: 120_000 }, async () => {
  const flood = await runFlood(folder, { count: 1_500, delay: 0 })
  expect(flood).toMatchObject({ cursorRight: true, unseen: 0 })
  expect(flood.alarms.length).toBeLessThan(50)
  expect(flood.alarms.find(({ kind }) => kind === 'campaign')?.size).toBeGreaterThan(400)
  expect(flood.waits.other.length).toBeGreaterThan(0)
})
