import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HostWatch } from './service.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-watch-'))
  writeFileSync(join(folder, 'auditctl'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n`)
  chmodSync(join(folder, 'auditctl'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

async function startAndStop(root: boolean): Promise<string> {
  const watch = new HostWatch({ host: 'build-7', engine: 'poll', programs: [], acts: false, path: folder, root, judges: () => [], out: null, onAlarm: () => undefined, say: () => undefined })
  await watch.start()
  await watch.stop()
  return readFileSync(join(folder, 'asked'), { encoding: 'utf8', flag: 'a+' })
}

it('takes out the audit rules of a watch that was killed, by whatever engine it goes on', async () => {
  expect(await startAndStop(true)).toBe('-D -k sluice-host\n')
})

it('asks for nothing that only root may', async () => {
  expect(await startAndStop(false)).toBe('')
})
