/**
 * From the order to recall a package to the last byte of it that anybody gets, with two gateway processes on one data folder and 500
 * requests a second on both together, open loop: requests are sent when they are due, whether or not answers have come.
 *
 *     node bench/recall/enforce.ts [--seconds 40] [--rate 500]
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBlobs } from '../../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import type { Digest } from '../../src/core/types.ts'
import { startFakeNpm } from '../../test/fakes/npm.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '40' }, rate: { type: 'string', default: '500' } } })
const [seconds, rate] = [Number(values.seconds), Number(values.rate)]
const PACKAGES = 40
const VERSIONS = 5
const RECALLS = 6
const LARGE = 8 * 1024 * 1024

interface Asked {
  role: number
  name: string
  kind: 'index' | 'bytes'
  /** Milliseconds of the run. */
  began: number
  ended: number
  status: number
  /** Bytes of a package, or an index that still shows a version of it. */
  had: boolean
}

interface Role {
  process: ChildProcess
  npm: string
  agent: Agent
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-enforce-'))
const data = join(folder, 'data')
// Half of the files are small enough to be kept in memory; one package is large, for downloads under way.
const registry = await startFakeNpm([
  ...Array.from({ length: PACKAGES * VERSIONS }, (_, index) => ({
    name: `pkg-${Math.floor(index / VERSIONS)}`, version: `1.0.${index % VERSIONS}`, files: { 'index.js': 'exports.x = 1\n', 'data.bin': randomBytes(index % 2 ? 4_000 : 300_000) },
  })),
  { name: 'large', version: '1.0.0', files: { 'index.js': '', 'data.bin': randomBytes(LARGE) } },
])
const roles: Role[] = []
for (let at = 0; at < 2; at++) roles.push(await startRole())

const fileOf = (name: string, version: number): string => `${name}/-/${name}-1.0.${version}.tgz`
// Everything judged and in the store, by the first role; to the second it is cold.
for (let at = 0; at < PACKAGES * VERSIONS; at++) await ask(roles[0] as Role, fileOf(`pkg-${Math.floor(at / VERSIONS)}`, at % VERSIONS))
await ask(roles[0] as Role, 'large/-/large-1.0.0.tgz')

// Under way before the load begins, so that it is not the load that keeps it waiting.
const slow = await Promise.all(roles.map((role) => slowly(role)))
const began = performance.now()
const now = (): number => performance.now() - began
const asked: Asked[] = []
const recalled = new Map<string, { by: number; at: number; ordered: number }>()
const pending = new Set<Promise<void>>()
for (let sent = 0, next = 0; now() < seconds * 1_000;) {
  for (; sent < (now() / 1_000) * rate; sent++) {
    const work = one(sent)
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }
  // The first recall is of what is being downloaded.
  if (next < RECALLS && now() > ((next + 1) * seconds * 1_000) / (RECALLS + 2)) {
    const name = next === 0 ? 'large' : `pkg-${next}`
    const by = next++ % 2
    const at = now()
    recalled.set(name, { by, at, ordered: at })
    roles[by]?.process.once('message', () => { (recalled.get(name) as { ordered: number }).ordered = now() })
    roles[by]?.process.send({ recall: name })
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
}
await Promise.all(pending)
const downloads = await Promise.all(slow.map(({ ended }) => ended))
const left = await leftIn(data)
for (const { process } of roles) process.send({ stop: true })
await Promise.all(roles.map(({ process }) => new Promise((resolve) => process.once('exit', resolve))))
await registry.close()
await rm(folder, { recursive: true })
report()

async function startRole(): Promise<Role> {
  const process = fork(fileURLToPath(new URL('enforce-gate.ts', import.meta.url)), [data, registry.url])
  const npm = await new Promise<string>((resolve, reject) => {
    process.once('message', ({ npm: url }: { npm: string }) => resolve(url))
    process.once('exit', () => reject(new Error('a gate did not start')))
  })
  return { process, npm, agent: new Agent({ keepAlive: true, maxSockets: 64 }) }
}

/** Half of them index documents, half bytes; a third of all of what is or will be recalled. */
async function one(index: number): Promise<void> {
  const role = index % 2
  const turn = Math.floor(index / 2)
  const of = turn % 3 === 0 ? 1 + (Math.floor(turn / 3) % (RECALLS - 1)) : turn % PACKAGES
  const name = `pkg-${of}`
  const kind = Math.floor(turn / 6) % 2 === 0 ? 'index' : 'bytes'
  const start = now()
  const { status, body } = await ask(roles[role] as Role, kind === 'index' ? name : fileOf(name, turn % VERSIONS))
  asked.push({ role, name, kind, began: start, ended: now(), status, had: status === 200 && (kind === 'bytes' || body.includes('"1.0.')) })
}

function ask({ npm, agent }: Role, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    get(npm + path, { agent, headers: { accept: 'application/vnd.npm.install-v1+json' } }, (response) => {
      const index = !path.endsWith('.tgz')
      let body = ''
      response.on('data', (chunk: Buffer) => { if (index) body += chunk.toString('latin1') })
      response.on('close', () => resolve({ status: response.complete ? response.statusCode ?? 0 : 0, body }))
    }).on('error', () => resolve({ status: 0, body: '' }))
  })
}

/** A client on a bad line that began before the recall: how much it got, and when it was cut. */
function slowly({ npm }: Role): Promise<{ ended: Promise<{ bytes: number; complete: boolean; last: number }> }> {
  return new Promise((resolve, reject) => {
    get(`${npm}large/-/large-1.0.0.tgz`, { agent: false }, (response: IncomingMessage) => {
      let [bytes, last] = [0, 0]
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        last = performance.now()
        response.pause()
        setTimeout(() => response.resume(), 150)
      })
      response.on('error', () => undefined)
      resolve({ ended: new Promise((done) => { response.on('close', () => done({ bytes, complete: response.complete, last: last - began })) }) })
    }).on('error', reject)
  })
}

/** What is still in the store of served bytes, of what was recalled. */
async function leftIn(where: string): Promise<{ files: number; evidence: number; blobs: number; told: number }> {
  const database = await openDatabase(join(where, 'sluice.db'))
  const [blobs, evidence] = [await openBlobs(join(where, 'blobs')), await openBlobs(join(where, 'evidence'))]
  const rows = await database.query.selectFrom('tombstones').select('digest').execute()
  const told = await database.query.selectFrom('recalls').select('id').where('told_at', 'is not', null).execute()
  const count = async (has: (digest: Digest) => Promise<boolean>): Promise<number> => (await Promise.all(rows.map(({ digest }) => has(digest as Digest)))).filter(Boolean).length
  const found = { files: rows.length, evidence: await count(evidence.has), blobs: await count(blobs.has), told: told.length }
  await database.close()
  return found
}

function report(): void {
  const rows: string[][] = []
  for (const [name, { by, at, ordered }] of recalled) {
    if (name === 'large') continue
    const of = asked.filter((one) => one.name === name && one.had)
    const last = (role: number, kind: Asked['kind']): string => ms(Math.max(0, ...of.filter((one) => one.role === role && one.kind === kind && one.ended > at).map(({ ended }) => ended - at)))
    const after = asked.filter((one) => one.name === name && one.began > at + 5_000)
    rows.push([name, `role ${by + 1}`, ms(ordered - at), ...[0, 1].flatMap((role) => [last(role, 'bytes'), last(role, 'index')]), `${after.filter(({ had }) => had).length} of ${after.length}`])
  }
  print(['recalled', 'ordered at', 'order durable', 'role 1: last byte', 'role 1: last index', 'role 2: last byte', 'role 2: last index', 'had after 5 s'], rows)
  const large = recalled.get('large')
  console.log()
  print(['download under way', 'bytes received', 'complete', 'last byte after the order'], downloads.map(({ bytes, complete, last }, role) =>
    [`role ${role + 1}`, `${bytes} of ${LARGE}`, complete ? 'yes' : 'cut', large ? ms(last - large.at) : '-']))
  console.log()
  const span = (from: number, to: number): Asked[] => asked.filter((one) => one.began >= from * 1_000 && one.began < to * 1_000)
  const first = (large?.at ?? 0) / 1_000
  print(['latency', 'requests', 'answers/s', 'p50', 'p99', 'failed'], [['before the first recall', 0, first] as const, ['from it to the end', first, seconds] as const].map(([what, from, to]) => {
    const some = span(from, to)
    const times = some.map(({ began: start, ended }) => ended - start).sort((a, b) => a - b)
    return [what, String(some.length), (some.length / (to - from)).toFixed(0), ms(times[Math.floor(times.length * 0.5)] ?? 0), ms(times[Math.floor(times.length * 0.99)] ?? 0), String(some.filter(({ status }) => status !== 200 && status !== 403).length)]
  }))
  console.log(`\n${left.files} files recalled: ${left.evidence} kept as evidence, ${left.blobs} left among what is served; ${left.told} recalls told.`)
  console.log(`\`node bench/recall/enforce.ts --seconds ${seconds} --rate ${rate}\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores; both roles, registry and load on one machine.`)
}

function print(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const cells of [heads, heads.map(() => '---'), ...rows]) console.log(`| ${cells.join(' | ')} |`)
}

function ms(value: number): string {
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}
