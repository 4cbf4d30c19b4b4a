import { createRequire } from 'node:module'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Prepared } from './plan/plan.ts'
import { worldOf } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'world-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const prepared: Prepared = {
  target: { ref: { ecosystem: 'npm', name: 'left', version: '1.0.0', file: 'left-1.0.0.tgz' }, digest: 'sha256:00', bytes: new Uint8Array() },
  manifest: { name: 'left', version: '1.0.0', authors: [], dependencies: {}, scripts: {}, entryPoints: [], raw: null, file: null, problem: null }, files: new Map(), named: true,
}

const { marker } = createRequire(import.meta.url)('./hooks/node/mark.cjs') as { marker(key: string): (line: string) => number }

interface Line { k: string; p: number; t: number; v: string; ms?: number; i?: number; s: readonly (readonly (string | number)[])[] }

/** What is told of a driver's Node that did this, with these lines of hooks; signed as hooks sign them, or not. */
async function told(calls: readonly string[], hooks: (project: string, home: string) => readonly Line[], signed = true): Promise<string[]> {
  const world = worldOf({ pass: 'laptop', seed: 'a test', registries: { npm: null, pypi: null, go: null }, mirror: null, mounts: [] })
  const { project, host: { home } } = world
  const argv = ['/usr/bin/node', `${project}/scripts/load.cjs`, 'left'] as const
  const mark = marker(Buffer.from(world.files.find(({ path }) => path === '/opt/session.key')?.bytes ?? []).toString())
  const lines = [`execve("/usr/bin/node", ${JSON.stringify(argv)}, 0x1 /* 1 var */) = 0`, ...calls].map((call, n) => `26 ${1_000 + n}.000000 ${call.replaceAll('PROJECT', project).replaceAll('HOME', home)}\n`)
  writeFileSync(join(folder, 'trace'), lines.join(''))
  writeFileSync(join(folder, 'hooks'), hooks(project, home).map((event, n) => {
    const { i = n } = event
    const line = JSON.stringify({ ...event, w: 0, i })
    return `${signed ? `${line.slice(0, -1)},"z":${mark(line)}}` : line}\n`
  }).join(''))
  writeFileSync(join(folder, 'wire'), '')
  const run = { status: 'completed', exit: 0, startedAt: 1_000_000, elapsedMs: 1, stdout: new Uint8Array(), stderr: new Uint8Array(), trace: join(folder, 'trace'), hooks: join(folder, 'hooks'), wire: join(folder, 'wire'), cut: [] } as never
  const { record } = await world.join({ run, pass: 'laptop', phase: 'import', command: { argv, cwd: project, env: {} }, disk: [], prepared })
  return record.acts.filter(({ kind }) => kind !== 'exec').map(({ kind, target }) => `${kind} ${target.replace(project, 'PROJECT').replace(home, 'HOME')}`)
}

it('leaves out what drivers and hooks do by themselves', async () => {
  expect(await told([
    'openat(AT_FDCWD, "/opt/session/node.cjs", O_RDONLY) = 3', 'openat(AT_FDCWD, "/opt/session.key", O_RDONLY) = 3', 'openat(AT_FDCWD, "/run/user/1000/session.log", O_WRONLY|O_APPEND) = 3', 'openat(AT_FDCWD, "PROJECT/data/products.json", O_WRONLY|O_CREAT, 0644) = 3',
  ], (project) => [
    { k: 'write', p: 26, t: 1_003_000, v: `${project}/data/products.json`, s: [[`${project}/scripts/call.cjs`, 9, 1]] }, { k: 'environment', p: 26, t: 1_002_000, v: 'CHECK_MS', s: [[`${project}/scripts/turns.cjs`, 3, 1]] },
  ])).toEqual([])
})

it('keeps what a package lays at a driver’s door', async () => {
  const forged = (kind: string, target: string) => (project: string, home: string) => [{ k: kind, p: 26, t: 1_001_000, v: target.replace('HOME', home), ms: 5_000, s: [[`${project}/scripts/load.cjs`, 1, 1]] }]
  expect(await told(['openat(AT_FDCWD, "HOME/.bashrc", O_WRONLY|O_APPEND) = 3'], forged('write', 'HOME/.bashrc'))).toEqual(['write HOME/.bashrc'])
  expect(await told(['clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=5, tv_nsec=0}, NULL) = 0'], forged('sleep', ''))).toEqual(['sleep nanosleep'])
})

it.each([
  ['openat(AT_FDCWD, "/run/user/1000/session.log", O_WRONLY|O_APPEND) = 3', 'write /run/user/1000/session.log'], ['openat(AT_FDCWD, "/run/user/1000/session.log", O_RDONLY) = 3', 'read /run/user/1000/session.log'],
  ['openat(AT_FDCWD, "/opt/session.key", O_RDONLY) = 3', 'read /opt/session.key'], ['unlink("/run/user/1000/session.log") = 0', 'delete /run/user/1000/session.log'],
  ['openat(AT_FDCWD, "/opt/session/node.cjs", O_WRONLY) = -1 EROFS (Read-only file system)', 'write /opt/session/node.cjs'], ['rename("/opt/session", "/tmp/x") = -1 EROFS (Read-only file system)', 'rename /opt/session'],
  ['rename("/tmp/x", "/run/user/1000/session.log") = 0', 'rename /tmp/x'], ['ftruncate(3</run/user/1000/session.log>, 0) = 0', 'write /run/user/1000/session.log'],
])('tells who touches what watches: %s', async (call, act) => expect(await told([call], () => [])).toEqual([act]))

it('tells of what hooks did not write as that, and of nothing that it says', async () => {
  const line = (project: string): Line => ({ k: 'environment', p: 26, t: 1_001_000, v: 'SECRET', s: [[`${project}/node_modules/victim/index.js`, 1, 1]] })
  expect(await told([], (project) => [line(project)])).toEqual(['environment SECRET'])
  expect(await told([], (project) => [line(project)], false)).toEqual(['write /run/user/1000/session.log'])
  // A signature that another line has.
  expect(await told([], (project) => [line(project), { ...line(project), v: 'OTHER', i: 0 }])).toEqual(['environment SECRET', 'write /run/user/1000/session.log'])
})
