import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { environment } from '../config/environment.ts'

const MAIN = resolve(import.meta.dirname, '../main.ts')
let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-report-')) })
afterEach(() => rmSync(folder, { recursive: true }))

it.each([['new', false], ['there before, for everybody', true]])('a report is its user\'s alone: one that is %s', (_what, before) => {
  const file = join(folder, 'report.json')
  if (before) writeFileSync(file, 'old', { mode: 0o644 })
  const { status } = spawnSync(process.execPath, [MAIN, 'guard', '--fail', 'go-on', '--engine', 'strace', '--grace', '0', '--mask-files', 'keep', '--report', file, '--', 'true'], { cwd: folder, env: { PATH: environment()['PATH'], HOME: folder } })
  expect(status).toBe(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ command: ['true'] })
})
