import { describe, expect, it } from 'vitest'
import { hostileArchives } from '../../test/fakes/hostile-archives.ts'
import { unpack } from './unpack.ts'

describe('unpack, archives no honest tool writes', () => {
  it.each(hostileArchives)('$format: $what', async ({ format, root, bytes, expect: expected }) => {
    const run = unpack(bytes(), { format, root })
    if ('error' in expected) {
      await expect(run).rejects.toMatchObject({ name: 'SluiceError', code: expected.error })
      return
    }
    const { files, oddities, missing } = await run
    expect([...new Set(oddities.map((oddity) => oddity.kind))].sort()).toEqual(expected.odd)
    expect(missing).toEqual(expected.missing === undefined ? [] : [expect.stringContaining(expected.missing)])
    for (const [path, content] of Object.entries(expected.files ?? {})) {
      expect(Buffer.from(files.get(path)?.bytes ?? []).toString(), path).toBe(content)
    }
    for (const path of expected.absent ?? []) expect(files.has(path), path).toBe(false)
  })
})
