import type { Kysely } from 'kysely'
import type { Tables } from '../../ports/database.ts'
import type { HostEvent } from '../events/event.ts'
import type { Timed } from './packages.ts'

const KEYS = 500
const ROWS = 500
/** Of one event as it is kept: of a longer one, only the beginning of its arguments. */
const LONGEST = 16 * 1024

/**
 * Keeps events that are not known yet, and answers with them. What an inventory found is not kept as an event: it is told anew
 * with each inventory, and the table of packages has it.
 */
export async function keepEvents<One extends Timed & { clock: string | null }>(tx: Kysely<Tables>, host: string, told: readonly One[], received: number): Promise<One[]> {
  const unique = new Map<string, One>()
  for (const one of told) if (!unique.has(one.event.id)) unique.set(one.event.id, one)
  const known = await knownIds(tx, host, [...unique.keys()])
  const fresh = [...unique.values()].filter(({ event }) => !known.has(event.id))
  const kept = fresh.filter(({ event }) => !(event.kind === 'installed' && event.source === 'inventory'))
  for (let from = 0; from < kept.length; from += ROWS) {
    await tx.insertInto('host_events').values(kept.slice(from, from + ROWS).map(({ event, at, clock }) => ({
      host, id: event.id, at, received_at: received, clock, kind: event.kind, source: event.source, ecosystem: event.package?.ecosystem ?? null, name: event.package?.name ?? null, version: event.package?.version ?? null,
      user: event.user, session: event.session, says: event.says, event: textOf(event),
    }))).onConflict((conflict) => conflict.columns(['host', 'id']).doNothing()).execute()
  }
  return fresh
}

async function knownIds(tx: Kysely<Tables>, host: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let from = 0; from < ids.length; from += KEYS) {
    for (const { id } of await tx.selectFrom('host_events').select('id').where('host', '=', host).where('id', 'in', ids.slice(from, from + KEYS)).execute()) found.add(id)
  }
  return found
}

function textOf(event: HostEvent): string {
  const text = JSON.stringify(event)
  if (text.length <= LONGEST) return text
  const few = (argv: readonly string[]): string[] => argv.slice(0, 8).map((one) => one.slice(0, 200))
  return JSON.stringify({
    ...event, process: event.process && { ...event.process, argv: few(event.process.argv) },
    act: event.act && { ...event.act, ...(event.act.argv ? { argv: few(event.act.argv) } : {}), stack: event.act.stack?.slice(0, 4).map((one) => ({ ...one, file: one.file.slice(-300) })) },
  })
}
