import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runClient } from '../harness/clients.ts'
import type { ClientName } from '../harness/clients.ts'
import { installed, projectFolder } from '../harness/projects.ts'
import { again, install, lock, pinned, ranged, run } from './attempts.ts'
import type { Desk } from './attempts.ts'
import { KINDS, nameOf, registryOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { CLIENTS, readOutcomes, writeMeasured, writeOutcomes } from './outcomes.ts'
import type { Outcomes } from './outcomes.ts'
import { createPool } from './pool.ts'
import { seen } from './seen.ts'
import type { Seen } from './seen.ts'
import { renderMeasured } from './table.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

/**
 * Every client by every kind of denial, through one gate: what a person sees must be what `outcomes.json` says, and that
 * is what docs/DENIALS.md shows. `SLUICE_RECORD=1` measures anew and rewrites both. No client's retry settings are changed.
 */
const RECORD = process.env['SLUICE_RECORD'] === '1'
const pool = createPool(3)

interface Attempt { seen: Seen; after: string[] | null }

let world: World
let folder = ''
let recorded: Outcomes
const versions = new Map<ClientName, string>()
const attempts = new Map<string, Promise<Attempt>>()
const ranges = new Map<ClientName, Promise<string[]>>()

beforeAll(async () => {
  recorded = await readOutcomes()
  world = await startWorld()
  folder = await mkdtemp(join(tmpdir(), 'sluice-denials-'))
  for (const client of CLIENTS) versions.set(client, await versionOf(client))
  const locks = CLIENTS.map((client) => ({ client, ready: pool(() => locked(client)) }))
  const recalled = Promise.all(locks.map(({ ready }) => ready)).then(() => world.recall())
  for (const kind of KINDS) {
    for (const client of CLIENTS) if (kind.asks !== 'lock') start(client, kind, () => attempt(client, kind))
  }
  for (const client of CLIENTS) ranges.set(client, watched(pool(() => safeRanges(client))))
  for (const { client, ready } of locks) {
    const kind = KINDS.find(({ asks }) => asks === 'lock') as Kind
    attempts.set(key(client, kind), watched(recalled.then(() => pool(async () => {
      const { cwd, args } = await ready
      return { seen: seen(await run(desk(client), cwd, args), { client, kind, origin: world.gate.origin }), after: null }
    }))))
  }
}, 120_000)

afterAll(async () => {
  if (RECORD) await record()
  await world.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe.each(CLIENTS)('%s', (client) => {
  it.each(KINDS)('$title', async (kind) => {
    const { seen: cell, after } = await (attempts.get(key(client, kind)) as Promise<Attempt>)
    expect(cell.exit).toBeGreaterThan(0)
    if (kind.otherwise === 'older next time') expect(after).toEqual([older(kind, client)])
    if (RECORD) return
    const expected = recorded.cells[client]?.[kind.id]
    // pip, go and one npm are the machine's own: other versions have other words.
    if (versions.get(client) === recorded.versions[client]) expect(cell).toEqual(expected)
  }, 360_000)

  it('gets a safe version for every range', async () => {
    expect(await ranges.get(client)).toEqual(KINDS.filter(({ otherwise }) => otherwise === 'older').map((kind) => older(kind, client)).sort())
  }, 360_000)
})

const key = (client: ClientName, kind: Kind): string => `${client} ${kind.id}`
const desk = (client: ClientName, kind?: Kind): Desk =>
  ({ client, folder, gosumdb: world.gosumdb, gate: kind?.id === 'examining' ? world.impatient : kind?.id === 'running' ? world.running : world.gate })
const older = (kind: Kind, client: ClientName): string => `${nameOf(kind.id, client)}@${registryOf(client) === 'go' ? 'v' : ''}1.0.0`

function start(client: ClientName, kind: Kind, work: () => Promise<Attempt>): void {
  attempts.set(key(client, kind), watched(pool(work)))
}

/** Whoever awaits it later still gets the failure. */
function watched<T>(running: Promise<T>): Promise<T> {
  running.catch(() => {})
  return running
}

async function attempt(client: ClientName, kind: Kind): Promise<Attempt> {
  const at = desk(client, kind)
  const wanted = { [nameOf(kind.id, client)]: kind.asks === 'pin' ? pinned(client, '1.1.0') : ranged(client) }
  const { outcome, cwd } = await install(at, kind.id, wanted)
  const result = seen(outcome, { client, kind, origin: at.gate.origin })
  if (kind.otherwise !== 'older next time') return { seen: result, after: null }
  await again(at, cwd, wanted)
  return { seen: result, after: await installed(client, cwd) }
}

async function safeRanges(client: ClientName): Promise<string[]> {
  const kinds = KINDS.filter(({ otherwise }) => otherwise === 'older')
  const found: string[] = []
  for (const gate of new Set(kinds.map((kind) => desk(client, kind).gate))) {
    const wanted = kinds.filter((kind) => desk(client, kind).gate === gate).map((kind) => [nameOf(kind.id, client), ranged(client)] as const)
    const { cwd } = await install({ ...desk(client), gate }, `ranges-${wanted.length}`, Object.fromEntries(wanted))
    found.push(...await installed(client, cwd))
  }
  return found.sort()
}

/** A project with a lock file, and nothing installed. */
async function locked(client: ClientName): Promise<{ cwd: string; args: readonly string[] }> {
  const cwd = await projectFolder(folder, `${client}-locked`)
  const args = await lock(desk(client), cwd, `${registryOf(client) === 'go' ? 'mod.example/' : ''}is-recalled`)
  for (const part of ['node_modules', '.modcache', '.venv', '.yarn']) await rm(join(cwd, part), { recursive: true, force: true })
  return { cwd, args }
}

async function versionOf(client: ClientName): Promise<string> {
  const { text } = await runClient(client, client === 'go' ? ['version'] : ['--version'], { cwd: folder })
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0] ?? ''
}

async function record(): Promise<void> {
  const cells: Outcomes['cells'] = {}
  for (const client of CLIENTS) {
    const row: Partial<Record<Kind['id'], Seen>> = {}
    for (const kind of KINDS) row[kind.id] = (await (attempts.get(key(client, kind)) as Promise<Attempt>)).seen
    cells[client] = row
  }
  const outcomes: Outcomes = { versions: Object.fromEntries(versions), cells }
  await writeOutcomes(outcomes)
  await writeMeasured(renderMeasured(outcomes))
}
