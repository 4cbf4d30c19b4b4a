import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { runClient } from '../harness/clients.ts'
import { startFakePypi } from './pypi.ts'
import type { FakePypi } from './pypi.ts'

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
let fake: FakePypi
let cwd = ''

afterEach(async () => {
  await fake.close()
  if (cwd) await rm(cwd, { recursive: true, force: true })
})

it.each([{ htmlOnly: false }, { htmlOnly: true }])('real pip installs wheels and sdists from it %j', async (options) => {
  fake = await startFakePypi([
    { name: 'Top.Level', files: [{ version: '1.0', requires: ['low>=1', 'src'] }] },
    { name: 'low', files: [{ version: '1.0' }, { version: '1.1', yanked: 'broken' }, { version: '2.0', requiresPython: '>=4' }] },
    { name: 'src', files: [{ version: '0.1', kind: 'sdist', buildsItself: true }] },
  ], options)
  cwd = await mkdtemp(join(tmpdir(), 'sluice-fake-pypi-'))
  const outcome = await runClient('pip', ['install', 'top-level'], { cwd, gate: { pypi: fake.index } })
  expect(outcome.text).toContain('Successfully installed')
  expect(await readdir(join(cwd, 'site'))).toEqual(expect.arrayContaining(['low-1.0.dist-info', 'src-0.1.dist-info', 'top_level-1.0.dist-info']))
  expect(fake.pages.count('/simple/low/')).toBe(1)
  expect(fake.files.count(`${fake.filePath('low', 'low-1.0-py3-none-any.whl')}.metadata`)).toBe(1)
})

it('negotiates, revalidates, forgets and misbehaves', async () => {
  fake = await startFakePypi([{ name: 'foo', files: [{ version: '1.0', provenance: true }, { version: '2.0' }] }])
  const page = `${fake.index}foo/`
  const first = await fetch(page, { headers: { accept: JSON_TYPE } })
  expect(first.headers.get('content-type')).toBe(JSON_TYPE)
  expect(await first.json()).toMatchObject({ versions: ['1.0', '2.0'], files: [{ filename: 'foo-1.0-py3-none-any.whl' }, {}] })
  expect((await fetch(page, { headers: { accept: JSON_TYPE, 'if-none-match': String(first.headers.get('etag')) } })).status).toBe(304)
  expect(await (await fetch(page)).text()).toContain('<title>Links for foo</title>')
  expect((await fetch(`${fake.pages.url}integrity/foo/1.0/foo-1.0-py3-none-any.whl/provenance`)).status).toBe(200)
  expect(await (await fetch(`${fake.pages.url}pypi/foo/json`)).json()).toMatchObject({ info: { version: '2.0' } })

  const path = fake.filePath('foo', 'foo-2.0-py3-none-any.whl')
  fake.behaviour.set(path, { status: 503, times: 1 })
  expect((await fetch(new URL(path, fake.files.url))).status).toBe(503)
  expect((await fetch(new URL(path, fake.files.url))).status).toBe(200)
  fake.removeBytes('foo', 'foo-2.0-py3-none-any.whl')
  expect((await fetch(new URL(path, fake.files.url))).status).toBe(404)
  fake.remove('foo', '2.0')
  expect(await (await fetch(page, { headers: { accept: JSON_TYPE } })).json()).toMatchObject({ versions: ['1.0'] })
  fake.remove('foo')
  expect((await fetch(page)).status).toBe(404)
})
