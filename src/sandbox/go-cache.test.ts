import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { builtStandardLibrary, fastGo } from './go-cache.ts'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-go-cache-')) })
afterEach(() => rm(folder, { recursive: true }))

/** Stands for a Go that takes its time: a second build goes on where the first ended. */
async function go(script: string) {
  const program = join(folder, 'go')
  await writeFile(program, `#!/bin/sh\n${script}\n`)
  await chmod(program, 0o755)
  return { program, root: folder, version: 'go1.99 custom/x', mounts: [] }
}
const build = async (script: string, timeMs = 60_000) => builtStandardLibrary(await go(script), join(folder, 'cache'), { timeMs, signal: new AbortController().signal })

it('is built once', async () => {
  const place = await build('echo built >>"$GOCACHE/log"')
  expect(place).toBe(join(folder, 'cache', 'go-build-go1.99_custom_x'))
  expect(await build('exit 1')).toBe(place)
  expect(await readdir(place as string)).toEqual(['log', 'whole'])
})

it('is of use in part, and gone on with', async () => {
  const place = await build('echo part >>"$GOCACHE/log"; exec sleep 600', 3_000) as string
  expect(await readdir(place)).toEqual(['log'])
  await build('cat "$GOCACHE/log" >"$GOCACHE/seen"')
  expect(await readdir(place)).toEqual(['log', 'seen', 'whole'])
})

it('is done without where nothing can be kept', async () => {
  await writeFile(join(folder, 'cache'), 'a file')
  expect(await build('true')).toBeNull()
})

it('is changed only where that Go is known, so that time runs fast', async () => {
  await expect(fastGo(await go('true'), join(folder, 'cache'), { timeMs: 60_000, signal: new AbortController().signal })).rejects.toThrow('runtime/time_nofake.go of this Go is not as it is known')
})

it('takes no room for a Go that nobody has had for a month', async () => {
  const cache = join(folder, 'cache')
  const old = new Date(Date.now() - 31 * 24 * 3_600_000)
  for (const name of ['go-build-go1.20', 'go-build-go1.20.text', 'go-build-go1.21-half', 'go-build-go1.98', 'else']) {
    await mkdir(join(cache, name), { recursive: true })
    if (name === 'go-build-go1.20' || name === 'go-build-go1.98') await writeFile(join(cache, name, 'whole'), '')
    if (name === 'go-build-go1.20') await utimes(join(cache, name, 'whole'), old, old)
    if (name !== 'go-build-go1.98') await utimes(join(cache, name), old, old)
  }
  const place = await build('true') as string
  expect((await readdir(cache)).sort()).toEqual(['else', 'go-build-go1.98', 'go-build-go1.99_custom_x'])
  await utimes(join(place, 'whole'), old, old)
  await build('exit 1')
  expect((await stat(join(place, 'whole'))).mtimeMs).toBeGreaterThan(old.getTime())
})
