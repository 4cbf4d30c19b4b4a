import { join } from 'node:path'
import { Operator } from './admission/operator.ts'
import { Passage } from './admission/passage.ts'
import { Door } from './admission/serve.ts'
import { Tokens } from './access/tokens.ts'
import { contextOf } from './app/context.ts'
import { familiesOf } from './app/families.ts'
import { Following } from './app/following.ts'
import { hostRooms } from './app/hosts.ts'
import { incidentRooms } from './app/incidents.ts'
import type { App, Parts } from './app/parts.ts'
import { Downloads } from './downloads/downloads.ts'
import { Hunter } from './hunt/hunter.ts'
import { Retro } from './hunt/retro.ts'
import { Exchange } from './intel/exchange.ts'
import { createLedger } from './ledger/append.ts'
import { exposureOf } from './ledger/exposure.ts'
import { keepHead } from './ledger/head.ts'
import { Metered } from './metered.ts'
import { Lookout } from './monitor/lookout.ts'
import { openTools } from './monitor/open.ts'
import { ReviewDesk } from './monitor/recheck/desk.ts'
import { RECHECK_DEFAULTS } from './monitor/recheck/schedule.ts'
import { ProtectedNames } from './names/protected.ts'
import { RecallBook } from './recall/book.ts'
import { EvidenceStore } from './recall/evidence.ts'
import { Recalls } from './recall/recalls.ts'
import { SandboxRoom } from './sandbox/gate/room.ts'
import { Inventory } from './screening/inventory/inventory.ts'
import { Screening } from './screening/screening.ts'
import { RulesWatch } from './yara/watch.ts'

export type { App, Parts } from './app/parts.ts'

/** Puts the rooms together. Everything here is given; nothing is chosen. */
export async function assemble(parts: Parts): Promise<App> {
  const { database, clock, log } = parts
  let inForce = parts.policy
  const policy = () => inForce
  const headFile = join(parts.data, 'ledger.head')
  const head = await keepHead({ file: headFile, database, onProblem: (says) => log.error({ headFile }, says) })
  const metered = new Metered()
  const ledger = metered.ledger(createLedger({ database: metered.commits(database), onHead: head.seen }))
  const rules = parts.rules && (await RulesWatch.open({ ...parts.rules, log }))
  const names = new ProtectedNames({ database, clock, policy })
  const sandbox = new SandboxRoom({ database, clock, log, policy }, parts.sandbox ?? null)
  const context = contextOf(parts, { ledger, metered, names, rules, sandbox, policy })
  const door = new Door(context)
  sandbox.attach(context, door)

  const tools = await openTools(context, names)
  const lookout = new Lookout({ context, names, tools, lists: parts.nameLists, settings: parts.watch })
  const reviews = new ReviewDesk({ context, alarms: tools.alarms, settings: parts.recheck ?? RECHECK_DEFAULTS })
  const recalls = new Recalls({ context, exposureOf, ...parts.recalls })
  const hunter = new Hunter(context, door.settling)
  const retro = new Retro({ context, settling: door.settling, alarms: tools.alarms, budget: parts.hunt?.budget ?? 60 })
  const { hosts, hostIngest } = hostRooms(parts, policy)
  const downloads = new Downloads({ database, clock, upstream: context.upstream, data: parts.data, ...parts.downloads })
  const exchange = new Exchange({ context, data: parts.data, settings: parts.exchange?.settings ?? { feeds: [], publisher: 'Sluice', tlp: 'green', share: 'green' }, trust: parts.exchange?.trust ?? (() => undefined) })
  const { domains, incidents, clockwork } = incidentRooms(parts, context, downloads)
  const following = new Following({ parts, context, door, names, rules, tools, lookout, reviews, recalls, retro, hunter, hosts, exchange, clockwork, sandbox })

  return {
    context, door, sandbox, lookout, reviews, recalls, hunter, hosts, hostIngest, incidents, domains, exchange, downloads,
    passage: new Passage(context),
    operator: new Operator(context, door, parts.data),
    screening: new Screening(context),
    inventory: new Inventory(context),
    recallBook: new RecallBook(database, exposureOf),
    evidence: new EvidenceStore(context),
    tokens: new Tokens(database, clock),
    families: familiesOf({ context, metered, sandbox, ingest: hostIngest, retro, feeds: () => following.watching?.watch.feeds ?? [] }),

    async setPolicy(next) {
      if (next.id === inForce.id) return
      const before = inForce.id
      inForce = next
      await ledger.append({ at: clock.now(), kind: 'policy', policy: next.id, because: `policy ${next.id} replaces ${before}` })
      log.info({ policy: next.id, before }, 'policy changed')
    },

    follow: () => following.start(),

    async close() {
      const stopped = following.stop()
      // What the watch has examined ends with this, so that stopping it need not wait.
      await context.pool.close()
      await stopped
      await clockwork.stop().catch((thrown: unknown) => log.error({ err: thrown }, 'the lease of incidents was not given up'))
      await recalls.stop().catch((thrown: unknown) => log.error({ err: thrown }, 'the lease of recalls was not given up'))
      await ledger.close()
      await head.close()
      await parts.upstream.close()
      await database.close()
    },
  }
}
