import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeBlobs } from '../../ports/blobs.conformance.ts'
import { openBlobs } from './blobs.ts'

describeBlobs('embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-blobs-'))
  return {
    blobs: await openBlobs(folder),
    unfinished: async () => (await readdir(join(folder, 'temp'))).length,
    close: () => rm(folder, { recursive: true }),
  }
})

describe('leftovers in temp', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-blobs-'))
    await mkdir(join(folder, 'temp'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const left = (): Promise<string[]> => readdir(join(folder, 'temp'))

  /** The name of a temporary file of this process. */
  async function ownName(): Promise<string> {
    const blobs = await openBlobs(folder)
    const seen = Promise.withResolvers<string>()
    await blobs.put((async function* () {
      yield Buffer.from('x')
      seen.resolve((await left())[0] ?? '')
    })(), { limit: 10 })
    return seen.promise
  }

  it('removes those of a dead process at once', async () => {
    const [machine, , ...rest] = (await ownName()).split('.')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await writeFile(join(folder, 'temp', [machine, pid, ...rest].join('.')), 'half')
    await openBlobs(folder)
    expect(await left()).toEqual([])
  })

  it('removes those of an earlier process with the same number', async () => {
    const [machine, pid, , random] = (await ownName()).split('.')
    await writeFile(join(folder, 'temp', [machine, pid, '1', random].join('.')), 'half')
    await openBlobs(folder)
    expect(await left()).toEqual([])
  })

  it('leaves those of a living process alone, however old', async () => {
    const name = await ownName()
    await writeFile(join(folder, 'temp', name), 'half')
    await utimes(join(folder, 'temp', name), 0, 0)
    await openBlobs(folder)
    expect(await left()).toEqual([name])
  })

  it('leaves those of another machine alone until nothing was added for an hour', async () => {
    await writeFile(join(folder, 'temp', 'ffffffffffffffff.1.1.new'), 'half')
    await writeFile(join(folder, 'temp', 'ffffffffffffffff.1.1.old'), 'half')
    await utimes(join(folder, 'temp', 'ffffffffffffffff.1.1.old'), 0, 0)
    await openBlobs(folder)
    expect(await left()).toEqual(['ffffffffffffffff.1.1.new'])
  })

  it('lists only blobs', async () => {
    const blobs = await openBlobs(folder)
    await mkdir(join(folder, 'sha256', 'zz'))
    await writeFile(join(folder, 'sha256', 'zz', 'stranger'), 'x')
    expect(await Array.fromAsync(blobs.list())).toEqual([])
  })
})
