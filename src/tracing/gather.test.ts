import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { HOOK_FILES, hookEnvironment } from '../sandbox/hooks/environment.ts'
import { gather } from './gather.ts'
import { STRACE_OPTIONS, TRACED } from './strace/calls.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gather-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const probe = spawnSync('strace', [...STRACE_OPTIONS, '-o', join(folder, 'probe'), '-e', 'trace=execve', 'true'], { encoding: 'utf8' })
const works = probe.status === 0

it.skipIf(works)(`strace does not work here: ${probe.error?.message ?? probe.stderr.trim()}`, () => {
  expect(works).toBe(false)
})

async function watched(source: string) {
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('main.js'), source)
  writeFileSync(at('wire'), '')
  rmSync(at('log'), { force: true })
  const command = [process.execPath, at('main.js')]
  const startedAt = Date.now()
  const ran = spawnSync('strace', [...STRACE_OPTIONS, '-o', at('trace'), '-e', `trace=${TRACED.join(',')}`, ...command], {
    cwd: folder, encoding: 'utf8', timeout: 60_000, env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, ...hookEnvironment({ folder: HOOK_FILES, file: at('log'), timeRuns: false }) },
  })
  const gathered = await gather({ run: { trace: at('trace'), hooks: at('log'), wire: at('wire'), startedAt }, command, disk: [], finder: null }, {
    places: { subject: 'evil', folders: [{ folder: `${folder}/`, package: 'evil' }] }, quiet: { ours: { folder: `${HOOK_FILES}/`, log: at('log'), key: null }, folders: [] },
  })
  const told = gathered.acts.map(({ kind, target, by, unhooked }) => `${kind} ${target.replace(`${folder}/`, '')} ${by ? `${by.package} ${by.file}:${by.line}` : '-'}${unhooked ? ' unhooked' : ''}`)
  return { ...gathered, told, stderr: ran.stderr }
}

describe.skipIf(!works)('a program under strace, with hooks', () => {
  it('is told once, with its lines, also of what its children do', async () => {
    const { told, missing, processes } = await watched([
      'const fs = require("fs"), { execSync, spawnSync } = require("child_process")',
      'try { fs.readFileSync(process.env.HOME + "/.npmrc") } catch {}',
      'fs.writeFileSync("left", "x")',
      'execSync("cat left > right; exit 0")',
      'spawnSync(process.execPath, ["-e", "try { require(\'fs\').readFileSync(\'.env\') } catch {}"], { env: {} })',
      'require("net").connect(9, "127.0.0.1").on("error", () => {})',
    ].join('\n'))
    expect(missing).toEqual([])
    expect(told).toEqual(expect.arrayContaining([
      'environment HOME evil main.js:2', 'read .npmrc evil main.js:2', 'write left evil main.js:3', 'exec /bin/sh evil main.js:4', 'write right evil main.js:4', 'read left evil main.js:4',
      'read .env evil main.js:5', 'connect 127.0.0.1:9 evil main.js:6',
    ]))
    expect(told.filter((line) => line.endsWith('unhooked'))).toEqual([])
    expect(processes.map(({ parent, exit }) => [parent !== null, exit])).toEqual([[false, 0], [true, 0], [true, 0], [true, 0]].slice(0, processes.length))
  })

  it('that gets around its hooks is seen all the same, and that it did', async () => {
    const { told } = await watched('process.binding("fs")\nrequire("child_process").spawnSync("sh", ["-c", "unset NODE_OPTIONS; exec \\"$0\\" -e \'require(`fs`).writeFileSync(`bare`, `x`)\'", process.execPath])')
    expect(told).toContain('write bare evil main.js:2 unhooked')
  })

  it('says what it could not read', async () => {
    const { missing } = await gather({ run: { trace: join(folder, 'nowhere'), hooks: null, wire: join(folder, 'nowhere'), startedAt: 0 }, command: ['x'], disk: [], finder: null }, { places: {} })
    expect(missing).toEqual(['system calls: the record could not be read to its end', 'what came over the wire could not be read', 'the command itself is not in the record of system calls'])
  })
})
