/**
 * A gate's database after a year and more: artifacts, ledger and callers, written straight into the tables, with a chain that holds.
 * The same seed gives the same world but for salts and hashes. `node bench/recall/world.ts FILE [--artifacts 1000000] [--lines 20000000]`.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { commit, FACTS, periodOf, whoOf } from '../../src/ledger/caller.ts'
import type { Facts } from '../../src/ledger/caller.ts'
import { GENESIS, link } from '../../src/ledger/chain.ts'
import { sortableAddress } from '../../src/ledger/networks.ts'
import type { EcosystemId } from '../../src/core/types.ts'

export interface WorldSize {
  artifacts: number
  lines: number
  seed: number
}

export interface WorldArtifact {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  digest: `sha256:${string}`
}

const START = Date.parse('2025-09-01T00:00:00Z')
const DAYS = 400
const DAY = 86_400_000

/** Versions a package has. */
const VERSIONS = 10

/** By popularity: 0 is fetched most. The ten versions of a package stand together. */
export function artifactOf(index: number): WorldArtifact {
  const of = Math.floor(index / VERSIONS)
  const ecosystem: EcosystemId = of % 10 < 7 ? 'npm' : of % 10 < 9 ? 'pypi' : 'go'
  const stem = `${STEMS[of % STEMS.length] ?? ''}-${of.toString(36)}`
  const name = ecosystem === 'go' ? `go.example/${stem}` : stem
  const version = `${ecosystem === 'go' ? 'v' : ''}1.${index % VERSIONS}.0`
  const file = ecosystem === 'npm' ? `${stem}-${version}.tgz` : ecosystem === 'pypi' ? `${stem}-${version}-py3-none-any.whl` : `${version}.zip`
  return { ecosystem, name, version, file, digest: `sha256:${spread(index)}` }
}

const STEMS = ['left', 'color', 'http', 'json', 'async', 'stream', 'parse', 'cache', 'event', 'queue', 'router', 'schema', 'token']

/** 64 hex digits in no order, different for each index below 2^32. */
function spread(index: number): string {
  let text = ''
  for (let part = 0; part < 8; part += 1) text += (Math.imul(index + 1, ODD[part] ?? 1) >>> 0).toString(16).padStart(8, '0')
  return text
}
const ODD = [2654435761, 2246822519, 3266489917, 668265263, 374761393, 2869860233, 1597334677, 3812015801]

/** mulberry32: numbers from 0 to 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export async function makeWorld(file: string, { artifacts, lines, seed }: WorldSize, progress: (says: string) => void = () => undefined): Promise<void> {
  if (existsSync(file)) throw new Error(`${file} is there already`)
  const made = await openDatabase(file)
  await made.migrate()
  await made.close()

  const sqlite = new DatabaseSync(file)
  // A write-ahead log would double what is written.
  sqlite.exec('pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -400000')
  const indexes = sqlite.prepare(`select name, sql from sqlite_master where type = 'index' and tbl_name in ('ledger', 'artifacts', 'callers') and sql is not null`).all() as { name: string; sql: string }[]
  for (const { name } of indexes) sqlite.exec(`drop index ${name}`)

  writeArtifacts(sqlite, artifacts)
  writeLedger(sqlite, { artifacts, lines, seed }, progress)
  for (const { name, sql } of indexes) {
    progress(name)
    sqlite.exec(sql)
  }
  sqlite.exec('analyze')
  sqlite.exec('pragma journal_mode = wal')
  sqlite.close()
}

function writeArtifacts(sqlite: DatabaseSync, count: number): void {
  const insert = sqlite.prepare('insert into artifacts (ecosystem, name, file, version, digest, size, upstream, source, published_at, first_seen_at, hashes, purged) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)')
  sqlite.exec('begin')
  for (let index = 0; index < count; index += 1) {
    const { ecosystem, name, version, file, digest } = artifactOf(index)
    const at = START + (index % DAYS) * DAY
    insert.run(ecosystem, name, file, version, digest, 10_000 + (index % 90_000), `https://files.example/${file}`, 'public', at - DAY, at, '{}')
  }
  sqlite.exec('commit')
}

interface Session {
  facts: Facts
  left: number
  row: { id: number; mark: string; period: number } | null
}

const SESSIONS = 24
const LINES_EACH = 50
const HOSTS = 2_000
const AGENTS = [
  ['npm 11.0.0', 'npm/11.0.0 node/v24.0.0 linux x64 workspaces/false'], ['pnpm 10.34.0', 'pnpm/10.34.0 npm/? node/v24.0.0 linux x64'],
  ['pip 24.2', 'pip/24.2 {"ci":null,"implementation":{"name":"CPython"}}'], ['uv 0.8.0', 'uv/0.8.0'], ['go 1.1', 'Go-http-client/1.1'],
] as const

/** Half of all sessions are CI jobs, each a caller of its own; the others are people at their machines, who come back. */
function newSession(random: () => number, jobs: { next: number }): Session {
  const left = 1 + Math.floor(random() * 2 * LINES_EACH)
  const [client, agent] = AGENTS[Math.floor(random() * AGENTS.length)] ?? AGENTS[0]
  if (random() < 0.5) {
    const job = jobs.next
    jobs.next += 1
    const address = `10.20.${(job >> 4) & 15}.${job & 15}`
    return { left, row: null, facts: { address, agent: `${agent} ci/github-actions`, ci: 'github-actions', client, host: `runner-${job & 255}`, job: `build ${job}`, token: 'ci', url: `https://ci.example/acme/${job}` } }
  }
  const host = Math.floor(HOSTS * random() ** 2)
  return { left, row: null, facts: { address: `10.${host >> 8}.${host & 255}.7`, agent, client: AGENTS[host % 3]?.[0] ?? client, host: `host-${host}`, token: `team-${host % 40}`, user: `user-${host % 1_500}` } }
}

function writeLedger(sqlite: DatabaseSync, { artifacts, lines, seed }: WorldSize, progress: (says: string) => void): void {
  const random = randomOf(seed)
  const jobs = { next: 1 }
  const sessions = Array.from({ length: SESSIONS }, () => newSession(random, jobs))
  const callers = new Callers(sqlite)
  const insert = sqlite.prepare('insert into ledger (seq, prev, hash, entry, at, kind, ecosystem, name, version, file, digest, caller) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const step = (DAYS * DAY) / lines
  let prev = GENESIS
  sqlite.exec('begin')
  for (let seq = 1; seq <= lines; seq += 1) {
    const turn = Math.floor(random() * SESSIONS)
    let session = sessions[turn] as Session
    if (session.left === 0) session = sessions[turn] = newSession(random, jobs)
    session.left -= 1
    const at = Math.floor(START + seq * step)
    // A hundredth of all deliveries are of the most popular artifact, a tenth of the thousand most popular.
    const { ecosystem, name, version, file, digest } = artifactOf(Math.floor(artifacts * random() ** 3))
    const luck = random()
    const kind = luck < 0.62 ? 'served' : luck < 0.95 ? 'index' : luck < 0.97 ? 'denied' : 'decided'
    const { id, mark } = kind === 'decided' ? { id: null, mark: null } : callers.row(session, at)
    const time = new Date(at).toISOString()
    const who = mark === null ? '' : `"caller":"${mark}",`
    const entry = kind === 'index' ? `{"at":"${time}","bytes":4821,${who}"ecosystem":"${ecosystem}","kind":"index","name":"${name}","request":"${seq.toString(36)}","status":200,"variant":"full"}`
      : `{"action":"${kind === 'denied' ? 'hold' : 'serve'}","at":"${time}","because":"nothing found","bytes":48211,${who}"digest":"${digest}","ecosystem":"${ecosystem}","file":"${file}","kind":"${kind}","name":"${name}","policy":"f00df00d","reason":"clean","request":"${seq.toString(36)}","status":200,"version":"${version}"}`
    const hash = link(prev, entry)
    const whole = kind !== 'index'
    insert.run(seq, prev, hash, entry, at, kind, ecosystem, name, whole ? version : null, whole ? file : null, whole ? digest : null, id)
    prev = hash
    if (seq % 1_000_000 === 0) {
      sqlite.exec('commit; begin')
      progress(`${seq / 1e6} million lines`)
    }
  }
  sqlite.exec('commit')
}

/** Rows of callers as the gate would have made them. */
class Callers {
  readonly #insert: StatementSync
  readonly #same: StatementSync
  readonly #rows = new Map<string, { id: number; mark: string }>()
  #period = 0
  #last = 0

  constructor(sqlite: DatabaseSync) {
    this.#same = sqlite.prepare('insert into same_callers (caller, who) values (?, ?)')
    this.#insert = sqlite.prepare(`insert into callers (id, period, mark, lookup, network, proofs, ${FACTS.map((fact) => `"${fact}"`).join(', ')}) values (?, ?, ?, null, ?, ?, ${FACTS.map(() => '?').join(', ')})`)
  }

  row(session: Session, at: number): { id: number; mark: string } {
    const period = periodOf(at)
    if (session.row?.period === period) return session.row
    if (period !== this.#period) this.#rows.clear()
    this.#period = period
    const key = JSON.stringify(session.facts)
    let row = this.#rows.get(key)
    if (!row) {
      const { mark, proofs } = commit(session.facts, new Set())
      this.#last += 1
      row = { id: this.#last, mark }
      this.#rows.set(key, row)
      this.#same.run(row.id, whoOf(session.facts))
      this.#insert.run(row.id, period, mark, sortableAddress(session.facts.address ?? ''), JSON.stringify(proofs), ...FACTS.map((fact) => session.facts[fact] ?? null))
    }
    session.row = { ...row, period }
    return row
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: {
    artifacts: { type: 'string', default: '1000000' }, lines: { type: 'string', default: '20000000' }, seed: { type: 'string', default: '1' },
  } })
  const started = performance.now()
  const [file = 'world.db'] = positionals
  await makeWorld(file, { artifacts: Number(values.artifacts), lines: Number(values.lines), seed: Number(values.seed) },
    (says) => process.stderr.write(`${Math.round((performance.now() - started) / 1_000)} s: ${says}\n`))
}
