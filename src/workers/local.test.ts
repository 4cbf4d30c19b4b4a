import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tarball } from '../../test/harness/archives.ts'
import type { LocalJob } from './jobs.ts'
import { examineLocal } from './local.ts'

let folder: string
const job = (file: string, ownHosts: LocalJob['ownHosts']): LocalJob => ({ kind: 'local', path: join(folder, file), ecosystem: null, ownHosts, now: new Date(0) })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-local-'))
  const code = 'require("https").get("https://packages-acme.example/x?" + require("os").hostname())\n'
  const manifest = JSON.stringify({ name: 'a', version: '1.0.0', scripts: { postinstall: 'node index.js' } })
  await writeFile(join(folder, 'speaks.tgz'), await tarball('package', { 'package.json': manifest, 'index.js': code }))
  await writeFile(join(folder, 'silent.tgz'), await tarball('package', { 'package.json': JSON.stringify({ name: 'b', version: '1.0.0' }), 'index.js': 'module.exports = 1\n' }))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it('says that it wants to know the registries\' hosts only where something is compared with them', async () => {
  expect(await examineLocal(job('silent.tgz', null))).toMatchObject({ wantsHosts: false })
  expect(await examineLocal(job('speaks.tgz', null))).toMatchObject({ wantsHosts: true })
  expect(await examineLocal(job('speaks.tgz', []))).toMatchObject({ wantsHosts: false })
})

it('comes to the same when it is told of them afterwards', async () => {
  const hosts = ['packages.acme.example', 'packages-acme.example']
  await examineLocal(job('silent.tgz', []))
  const atOnce = await examineLocal(job('speaks.tgz', hosts))
  await examineLocal(job('speaks.tgz', null))
  expect(await examineLocal(job('speaks.tgz', hosts))).toEqual(atOnce)
  // Another file under the same name is another archive.
  await examineLocal(job('speaks.tgz', null))
  await writeFile(join(folder, 'speaks.tgz'), await tarball('package', { 'package.json': JSON.stringify({ name: 'c', version: '2.0.0' }) }))
  expect(await examineLocal(job('speaks.tgz', hosts))).toMatchObject({ ref: { name: 'c', version: '2.0.0' } })
})
