import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Tools } from './tools.ts'

it('is asked without a home that could be made or read, and without what the gate is told by its environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tools-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const told = join(folder, 'told')
  writeFileSync(join(folder, 'go'), `#!/bin/sh\nmkdir -p "$HOME/made" 2>/dev/null\nenv > '${told}'\nprintf '${folder}\\ngo1.26.0\\n'\n`)
  chmodSync(join(folder, 'go'), 0o755)
  await new Tools(folder).go().catch(() => undefined)
  const home = /^HOME=(.*)$/m.exec(readFileSync(told, 'utf8'))?.[1] as string
  expect(existsSync(join(home, 'made'))).toBe(false)
  expect(readFileSync(told, 'utf8')).not.toMatch(/^(?:SLUICE|NPM_TOKEN|GOFLAGS)/m)
})
