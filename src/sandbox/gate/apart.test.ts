import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Apart } from './apart.ts'

it('leaves no file of a child, nor of one whose gate was killed', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'sluice-apart-'))
  try {
    const [dead, alive] = [join(temporary, 'sluice-sandbox-999999999-aaaaaa'), join(temporary, `sluice-sandbox-${process.ppid}-aaaaaa`)]
    for (const folder of [dead, alive]) await mkdir(folder)
    await writeFile(join(dead, 'mirror'), 'x')
    const apart = new Apart({ bases: { npm: null, pypi: null, go: null }, path: '/usr/bin:/bin', temporary, cache: null, backend: null })
    const target = { ref: { ecosystem: 'npm', name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz' }, digest: `sha256:${'0'.repeat(64)}`, path: join(temporary, 'nothing') } as const
    await expect(apart.run(target, { passes: ['laptop'], timeMs: 10_000, signal: new AbortController().signal }, { fetch: () => Promise.reject(new Error('a test asked for something')) })).rejects.toThrow('ENOENT')
    expect(await readdir(temporary)).toEqual([alive.slice(temporary.length + 1)])
  } finally {
    await rm(temporary, { recursive: true })
  }
})
