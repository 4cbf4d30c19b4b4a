/**
 * What watching an install costs: the same `npm install` in a cell, bare (no trace, no hooks) and watched, and what a whole install
 * phase takes with its cell, its look at the disk and its record. Packages are made here and served by the sinkhole's mirror.
 *
 *     node bench/sandbox/cost.ts [--rounds 3]
 */
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseBackend } from '../../src/sandbox/cell/backends.ts'
import { changesOf, writable } from '../../src/sandbox/disk.ts'
import { planNpm } from '../../src/sandbox/plan/npm.ts'
import type { Command, Prepared } from '../../src/sandbox/plan/plan.ts'
import { mirror, prepare } from '../../src/sandbox/plan/prepare.ts'
import { Tools } from '../../src/sandbox/plan/tools.ts'
import { LIMITS } from '../../src/sandbox/run.ts'
import { worldOf } from '../../src/sandbox/world.ts'
import { tarball } from '../../test/harness/archives.ts'

const { values: { rounds } } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })
const registries = { npm: 'https://registry.example/', pypi: 'https://index.example/simple/', go: 'https://proxy.example/' }
const tools = new Tools(process.env['PATH'] ?? '')
const { backend, probe } = await chooseBackend(null)

/** A package with as many files as packages have in the middle, depended upon by the one that is installed. */
async function packages(count: number, folder: string): Promise<{ prepared: Prepared; mirror: string }> {
  const dependencies = Object.fromEntries(Array.from({ length: count - 1 }, (_, n) => [`bench-part-${n}`, '1.0.0']))
  const bytes = await tarball('package', { 'package.json': JSON.stringify({ name: 'bench-whole', version: '1.0.0', main: 'index.js', dependencies, scripts: { postinstall: 'node -e 0' } }), 'index.js': 'exports.x = 1\n' })
  const prepared = await prepare({ ref: { ecosystem: 'npm', name: 'bench-whole', version: '1.0.0', file: 'bench-whole-1.0.0.tgz' }, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes })
  const made = await mirror(prepared, { upstream: { fetch: () => Promise.reject(new Error('nothing is fetched')) }, bases: { npm: null, pypi: null, go: null }, tools, scratch: folder, timeMs: 60_000, signal: new AbortController().signal })
  for (const name of Object.keys(dependencies)) {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`lib/${n}.js`, `exports.value = ${n}\n`.repeat(100)]))
    const part = await tarball('package', { 'package.json': JSON.stringify({ name, version: '1.0.0', main: 'lib/0.js' }), ...files })
    const place = join(made.folder, 'npm', name)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, `${name}-1.0.0.tgz`), part)
    const dist = { tarball: `${name}-1.0.0.tgz`, integrity: `sha512-${createHash('sha512').update(part).digest('base64')}` }
    await writeFile(join(place, 'packument.json'), JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { name, version: '1.0.0', dist } } }))
  }
  return { prepared, mirror: made.folder }
}

async function install({ prepared, mirror: folder }: { prepared: Prepared; mirror: string }, watched: boolean) {
  const began = performance.now()
  const node = await tools.node()
  const world = worldOf({ pass: 'laptop', seed: 'bench', registries, mirror: folder, mounts: node.mounts })
  const plan = planNpm(prepared, { home: world.host.home, project: world.project, env: world.env, registries, phaseMs: 300_000 }, node)
  const cell = await backend.open({ limits: LIMITS, mounts: [...world.mounts, ...plan.mounts], files: [...world.files, ...plan.files], host: world.host, sinkhole: world.sinkhole })
  try {
    const opened = performance.now() - began
    const folders = writable(world.host.home)
    const before = watched ? await cell.list(folders) : []
    const command = plan.phases.install as Command
    const run = await cell.run({ ...command, env: { ...command.env, ...(watched ? world.hooks : {}) }, timeMs: 300_000, graceMs: 4_000, traced: watched })
    if (run.status !== 'completed') throw new Error(`the install ${run.status}: ${Buffer.from(run.stderr).toString().slice(-500)}`)
    if (watched) {
      const disk = await changesOf(cell, before, await cell.list(folders), new Set())
      await world.join({ run, pass: 'laptop', phase: 'install', command, disk, prepared })
    }
    return { opened, ran: run.elapsedMs, whole: performance.now() - began }
  } finally {
    await cell.close()
  }
}

const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
const seconds = (ms: number): string => (ms / 1_000).toFixed(2).padStart(6)

console.log(`${probe.version}; median of ${rounds} rounds, bare and watched in turns; seconds`)
console.log('packages    bare  watched   more  times   whole phase with cell, disk and record')
for (const count of [1, 300]) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  await chmod(folder, 0o755)
  try {
    const made = await packages(count, folder)
    const bare: number[] = []
    const watched: number[] = []
    const whole: number[] = []
    for (let round = 0; round < Number(rounds); round++) {
      bare.push((await install(made, false)).ran)
      const full = await install(made, true)
      watched.push(full.ran)
      whole.push(full.whole)
    }
    console.log(`${String(count).padStart(8)}  ${seconds(middle(bare))}   ${seconds(middle(watched))} ${seconds(middle(watched) - middle(bare))}  ${(middle(watched) / middle(bare)).toFixed(2).padStart(5)}   ${seconds(middle(whole))}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
