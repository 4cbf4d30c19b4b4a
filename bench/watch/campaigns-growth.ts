import { Campaigns } from '../../src/campaigns/campaigns.ts'
import { Engine } from '../../src/campaigns/engine.ts'
import type { Sighting } from '../../src/campaigns/sighting.ts'
import type { Database } from '../../src/ports/database.ts'
import { codeOf, noun } from './campaigns-code.ts'
import { World } from './campaigns-world.ts'

export interface Growth {
  members: number
  /** By the clock, and of the processor, SQLite's thread included. */
  seconds: number
  processor: number
  /** Packages and values in memory. */
  packages: number
  values: number
}

const STEP = 10_000
const BATCH = 500

const START = Date.UTC(2026, 0, 1)
const NOW = new Date(START + 2 * 3_600_000)

/** A hundred thousand packages of one account within an hour, each with files, a host and a name of its own. */
function* flood(members: number): Generator<Sighting[]> {
  const world = new World(5, 'npm')
  const { random } = world
  const codes = Array.from({ length: 50 }, () => codeOf('x', { 'index.js': world.module(6) }))
  for (let made = 0; made < members; made += BATCH) {
    yield Array.from({ length: BATCH }, (_, index) => ({
      ...world.blank(`${noun(random)}-${noun(random)}-${made + index}`, START + Math.floor(((made + index) / members) * 3_600_000)),
      version: '1.0.0', account: 'flooder', emails: ['flooder@mail-provider-3.example'], ...random.pick(codes), files: [random.hex(64), random.hex(64)],
      indicators: [{ type: 'domain', value: `${random.letters(8)}.example` }], readme: random.hex(32),
      dependencies: [`popular-${random.skewed(2000)}`, `popular-${random.skewed(2000)}`],
      imitates: random.chance(0.3) ? `popular-${random.skewed(2000)}` : null, malicious: random.chance(0.6) ? true : null,
    }))
  }
}

/** Seconds of the processor for each ten thousand, when nothing is stored. */
export function growInMemory(members: number): number[] {
  const engine = new Engine()
  const found: number[] = []
  let spent = 0
  let made = 0
  for (const batch of flood(members)) {
    const used = process.cpuUsage()
    for (const sighting of batch) engine.observe(sighting, NOW)
    const { members: changed, campaigns } = engine.clusters.dirty
    changed.clear()
    campaigns.clear()
    engine.trim()
    const { user, system } = process.cpuUsage(used)
    spent += (user + system) / 1e6
    made += batch.length
    if (made % STEP !== 0) continue
    found.push(spent)
    spent = 0
  }
  return found
}

export async function grow(database: Database, members: number): Promise<Growth[]> {
  const campaigns = await Campaigns.open(database, { now: () => NOW })
  const found: Growth[] = []
  let begin = performance.now()
  let used = process.cpuUsage()
  let made = 0
  for (const batch of flood(members)) {
    const outcomes = await campaigns.observe(batch)
    made += batch.length
    if (made % STEP !== 0) continue
    const seconds = (performance.now() - begin) / 1_000
    const { user, system } = process.cpuUsage(used)
    const { packages, values } = campaigns.weight
    found.push({ members: outcomes.at(-1)?.size ?? 0, seconds, processor: (user + system) / 1e6, packages, values })
    begin = performance.now()
    used = process.cpuUsage()
  }
  return found
}
