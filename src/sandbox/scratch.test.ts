import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratchFolder } from './scratch.ts'

it.skipIf(process.platform !== 'linux')('takes away what the dead left, and nothing else', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'sluice-scratch-'))
  try {
    const dead = 'sluice-box-4194999-abcDEF'
    for (const name of [dead, `sluice-box-${process.pid}-abcDEF`, 'sluice-box-x-abcDEF', 'other']) await mkdir(join(temporary, name))
    await writeFile(join(temporary, dead, 'left'), '')
    const folder = await scratchFolder(temporary)
    expect((await readdir(temporary)).sort()).toEqual([`sluice-box-${process.pid}-abcDEF`, folder.slice(temporary.length + 1), 'sluice-box-x-abcDEF', 'other'].sort())
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  } finally {
    await rm(temporary, { recursive: true })
  }
})
