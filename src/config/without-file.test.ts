import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import { documentSchema } from './schema.ts'
import { DEFAULT_DATA, DEFAULT_POLICY, defaultExamine, withoutFile } from './without-file.ts'

const canonical = (_ecosystem: unknown, raw: string): string => raw

it('is what the schema says where a file says nothing', () => {
  const document = documentSchema.parse({})
  expect([DEFAULT_DATA, DEFAULT_POLICY]).toEqual([document.data, document.policy])
  const { patience: _, ...examine } = loadConfig({ env: {}, cwd: '/nonexistent', canonical, overrides: {} }).examine
  expect(defaultExamine()).toEqual(examine)
  for (const [env, data] of [[{}, undefined], [{ SLUICE_DATA: 'there' }, undefined], [{ SLUICE_DATA: 'there' }, 'here']] as const) {
    const loaded = loadConfig({ env, cwd: '/nonexistent', canonical, overrides: data === undefined ? {} : { data } })
    expect(withoutFile({ file: undefined, env, cwd: '/nonexistent', data })).toEqual({ data: loaded.data, policy: loaded.policy })
  }
})

it('leaves every file to be read', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'sluice-without-'))
  await writeFile(join(cwd, 'sluice.yaml'), '')
  expect(withoutFile({ file: undefined, env: {}, cwd, data: undefined })).toBe(null)
  expect(withoutFile({ file: 'x.yaml', env: {}, cwd: '/nonexistent', data: undefined })).toBe(null)
  expect(withoutFile({ file: undefined, env: { SLUICE_CONFIG: 'x.yaml' }, cwd: '/nonexistent', data: undefined })).toBe(null)
  await rm(cwd, { recursive: true })
})
