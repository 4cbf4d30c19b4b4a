import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database, Tables } from '../../ports/database.ts'
import { IN_A_HOME } from '../../ports/host-tables.ts'
import { hostName } from '../events/name.ts'
import type { HostEvent } from '../events/event.ts'
import { withoutHomes, withoutUser } from './private.ts'

/** Milliseconds; null: for good. */
export interface HostRetention {
  events: number
  /** What a machine had and has no longer. */
  gone: number
  /** A machine that says nothing any more. */
  silent: number
  /** Of one machine. */
  mostEvents: number
  /** As in `privacy.keep`. */
  users: number | null
  hosts: number | null
}

const DAY = 86_400_000
export const HOST_DEFAULTS = { events: 30 * DAY, gone: 400 * DAY, silent: 400 * DAY, mostEvents: 100_000 } as const satisfies Omit<HostRetention, 'users' | 'hosts'>

const SPOOLS = 90 * DAY
const ROWS = 500

/** Deletes what is kept no longer, and who it was where that is kept less long. Answers how many rows. */
export async function pruneHosts(database: Database, { events, gone, silent, mostEvents, users, hosts }: HostRetention, now: Date): Promise<number> {
  const at = now.getTime()
  let changed = 0
  const count = (rows: readonly { numDeletedRows: bigint }[]): void => { for (const { numDeletedRows } of rows) changed += Number(numDeletedRows) }
  count(await database.query.deleteFrom('host_events').where('received_at', '<', at - events).execute())
  count(await database.query.deleteFrom('host_packages').where('gone_at', '<', at - gone).execute())
  count(await database.query.deleteFrom('host_runs').where('last_at', '<', at - gone).execute())
  count(await database.query.deleteFrom('host_spools').where('last_at', '<', at - SPOOLS).execute())
  const forgotten = Math.min(silent, hosts ?? Number.MAX_SAFE_INTEGER)
  for (const { id } of await database.query.selectFrom('hosts').select('id').where('last_at', '<', at - forgotten).limit(ROWS).execute()) {
    await database.transaction((tx) => dropHost(tx, id))
    changed += 1
  }
  for (const { id } of await database.query.selectFrom('hosts').select('id').execute()) {
    const last = await database.query.selectFrom('host_events').select('seq').where('host', '=', id).orderBy('seq', 'desc').offset(mostEvents).limit(1).executeTakeFirst()
    if (last) count(await database.query.deleteFrom('host_events').where('host', '=', id).where('seq', '<=', last.seq).execute())
  }
  return changed + (users === null ? 0 : await forgetUsers(database, { until: at - users }))
}

/** Everything of one machine but whose token speaks for it. */
export async function dropHost(tx: Kysely<Tables>, id: string): Promise<void> {
  for (const table of ['host_events', 'host_packages', 'host_runs', 'host_spools'] as const) await tx.deleteFrom(table).where('host', '=', id).execute()
  await tx.deleteFrom('hosts').where('id', '=', id).execute()
}

/** What machines told of somebody: a machine with all it said, or a user on one or on all. Answers how many rows. */
export async function forgetOnHosts(database: Database, { user, host, token, address }: { user?: string | undefined; host?: string | undefined; token?: string | undefined; address?: string | undefined }): Promise<number> {
  // Where a token or an address is asked for as well, machines know too little to be sure that it is the same person.
  if (token !== undefined || address !== undefined) return 0
  const name = host === undefined ? undefined : hostName(host)
  if (name === null) return 0
  const row = name === undefined ? undefined : await database.query.selectFrom('hosts').select('id').where('name', '=', name).executeTakeFirst()
  if (name !== undefined && !row) return 0
  if (user !== undefined) return forgetUsers(database, { user, host: row?.id })
  if (!row) return 0
  // Its token stays tied to it: free, it could speak for somebody else.
  await database.transaction((tx) => dropHost(tx, row.id))
  return 1
}

async function forgetUsers(database: Database, { user, host, until }: { user?: string; host?: string | undefined; until?: number }): Promise<number> {
  let changed = 0
  for (let after = 0; ;) {
    const rows = await database.query.selectFrom('host_events').select(['seq', 'event']).where('seq', '>', after).where('user', 'is not', null).orderBy('seq').limit(ROWS)
      .$if(user !== undefined, (some) => some.where('user', '=', user as string)).$if(host !== undefined, (some) => some.where('host', '=', host as string))
      .$if(until !== undefined, (some) => some.where('received_at', '<', until as number)).execute()
    for (const { seq, event } of rows) {
      const bare = withoutUser(JSON.parse(event) as HostEvent)
      await database.query.updateTable('host_events').set({ user: null, says: withoutHomes(bare.says), event: JSON.stringify(bare) }).where('seq', '=', seq).execute()
    }
    changed += rows.length
    if (rows.length < ROWS) break
    after = Number(rows.at(-1)?.seq)
  }
  return changed + (user === undefined ? 0 : await forgetPlaces(database, { user, host })) + (until === undefined ? 0 : await forgetHomes(database, until))
}

/** Whose home folders places are in that nobody has spoken of since `until`. */
async function forgetHomes(database: Database, until: number): Promise<number> {
  let changed = 0
  for (const table of ['host_packages', 'host_runs'] as const) {
    const place = sql<string>`case when place >= 'C:' then 'C:\\Users\\…' when place >= '/home/' then '/home/…' else '/Users/…' end`
    const { numUpdatedRows } = await database.query.updateTable(table).set({ place }).where('last_at', '<', until).where(sql<boolean>`${sql.raw(IN_A_HOME)}`).executeTakeFirst()
    changed += Number(numUpdatedRows)
  }
  return changed
}

/** Places in the home folder of somebody: the package stays, where it lies does not. Two of them may then be one. */
async function forgetPlaces(database: Database, { user, host }: { user: string; host: string | undefined }): Promise<number> {
  const like = [`/home/${user}/`, `/Users/${user}/`, `C:\\Users\\${user}\\`]
  let changed = 0
  for (const table of ['host_packages', 'host_runs'] as const) {
    for (const start of like) {
      // `0` follows `/`, and `]` follows `\`: everything that begins with the folder.
      const end = `${start.slice(0, -1)}${start.endsWith('/') ? '0' : ']'}`
      const { numUpdatedRows } = await database.query.updateTable(table).set({ place: `${start.slice(0, -user.length - 1)}…` }).where('place', '>=', start).where('place', '<', end)
        .$if(host !== undefined, (some) => some.where('host', '=', host as string)).executeTakeFirst()
      changed += Number(numUpdatedRows)
    }
  }
  return changed
}
