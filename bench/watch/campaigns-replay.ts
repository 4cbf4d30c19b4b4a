import { Campaigns } from '../../src/campaigns/campaigns.ts'
import type { Notice } from '../../src/campaigns/notices.ts'
import { listCampaigns, membersOf } from '../../src/campaigns/reading.ts'
import type { Database } from '../../src/ports/database.ts'
import { stream } from './campaigns-world.ts'
import type { Whole } from './campaigns-world.ts'

export interface Score {
  attack: number
  /** Of the attack's packages, those in its largest campaign. */
  tied: number
  /** In that campaign, and not of the attack. */
  foreign: number
  /** Campaigns that hold any of the attack's packages and were declared. */
  parts: number
  /** How many of its packages were uploaded when the first alarm of it came; null: none came. */
  firstAlarm: number | null
  /** What was said of that campaign in all. */
  notices: number
  /** Declared campaigns with nothing of the attack. */
  falseAlarms: number
  events: number
  /** By the clock, and of the processor, SQLite's thread included. */
  seconds: number
  processor: number
}

const BATCH = 100

/** The attack among the others, told piece by piece, in batches as a watch has them; `restarts`: by a new process for each batch. */
export async function replay(database: Database, others: readonly Whole[], attack: readonly Whole[], { restarts = false } = {}): Promise<Score> {
  let now = new Date(0)
  const open = (): Promise<Campaigns> => Campaigns.open(database, { now: () => now })
  let campaigns = await open()
  const events = stream([...others, ...attack].sort((a, b) => a.uploaded - b.uploaded), 7)
  const theirs = new Set(attack.map(({ name }) => name))
  const notices: { notice: Notice; uploads: number }[] = []
  let uploads = 0
  const begin = performance.now()
  const used = process.cpuUsage()
  for (let from = 0; from < events.length; from += BATCH) {
    const some = events.slice(from, from + BATCH)
    now = new Date(Math.max(...some.map(({ sighting }) => sighting.at.getTime())) + 3_600_000)
    if (restarts) campaigns = await open()
    const outcomes = await campaigns.observe(some.map(({ sighting }) => sighting))
    outcomes.forEach((outcome, index) => {
      const event = some[index]
      if (event?.uploaded && theirs.has(event.sighting.name)) uploads += 1
      for (const notice of outcome.notices) notices.push({ notice, uploads })
    })
  }
  const seconds = (performance.now() - begin) / 1_000
  const { user, system } = process.cpuUsage(used)
  return { ...await score(database, theirs, notices), attack: attack.length, events: events.length, seconds, processor: (user + system) / 1e6 }
}

async function score(database: Database, theirs: ReadonlySet<string>, notices: readonly { notice: Notice; uploads: number }[]): Promise<Omit<Score, 'attack' | 'events' | 'seconds' | 'processor'>> {
  const declared = await listCampaigns(database, { limit: 1_000 })
  const counted = []
  for (const { id } of declared) {
    const members = await membersOf(database, id, { limit: 1_000_000 })
    const own = members.filter(({ name }) => theirs.has(name)).length
    counted.push({ id, own, foreign: members.length - own })
  }
  counted.sort((a, b) => b.own - a.own)
  const [main] = counted
  const ids = new Set(counted.filter(({ own }) => own > 0).map(({ id }) => id))
  for (const { notice } of notices) if (notice.absorbed !== undefined && ids.has(notice.campaign)) ids.add(notice.absorbed)
  const alarms = notices.filter(({ notice }) => ids.has(notice.campaign))
  return {
    tied: main?.own ?? 0, foreign: main?.foreign ?? 0, parts: counted.filter(({ own }) => own > 0).length, firstAlarm: alarms[0]?.uploads ?? null,
    notices: alarms.length, falseAlarms: counted.filter(({ own }) => own === 0).length,
  }
}
