import { sentence } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Notice } from '../ports/notifier.ts'
import { Lease } from '../monitor/log-lease.ts'
import { openByRule } from './auto.ts'
import type { Content } from './content.ts'
import type { Domains } from './domains/domains.ts'
import { followContent } from './follow-content.ts'
import { followDomains } from './follow.ts'
import { reportByMachine } from './machine-reports.ts'
import type { Response } from './response.ts'
import type { Ticket } from './tickets/rows.ts'

export interface ClockworkParts {
  database: Database
  clock: Clock
  response: Response
  domains: Pick<Domains, 'recheckDue' | 'watch' | 'watched'>
  /** Looks at what stands at an address; null: the organisation does not want to be seen there. */
  content?: ((url: string) => Promise<Content>) | null
  notify(notice: Notice): Promise<void>
  log(says: string): void
}

const LEASE = 5 * 60_000
/** Open cases that are told each time what the gate has learnt since. */
const REFRESHED = 50
const REFRESH = 10 * 60_000

/** What happens to incidents by the clock, in one process of those on a data folder: cases by rule, what is learnt, looks at domains, what is due. */
export class Clockwork {
  readonly #parts: ClockworkParts
  readonly #lease: Lease
  #refreshedAt = Number.NEGATIVE_INFINITY
  /** The case that had its turn last. */
  #refreshed = ''

  constructor(parts: ClockworkParts) {
    this.#parts = parts
    this.#lease = new Lease(parts.database, parts.clock, LEASE, 'incident lease')
  }

  async tick(): Promise<void> {
    if (!(await this.#lease.hold())) return
    const { database, clock, response } = this.#parts
    await this.#apart('reports that hold a package', () => response.resume())
    await this.#apart('reports of programs', () => reportByMachine({ database, response, now: clock.now() }))
    await this.#apart('cases by rule', () => openByRule({ database, response, now: clock.now() }))
    await this.#apart('what the gate has learnt', () => this.#refresh())
    await this.#apart('looks at domains', () => followDomains(this.#parts))
    const { content } = this.#parts
    if (content) await this.#apart('looks at addresses', () => followContent({ database, clock, response, look: content }))
    await this.#apart('what is due', () => this.#remind())
  }

  /** What fails is tried again at the next turn, and keeps nothing else from being done. */
  async #apart(what: string, work: () => Promise<unknown>): Promise<void> {
    await work().catch((thrown: unknown) => this.#parts.log(`${what}: ${sentence(thrown)}`))
  }

  /** Each open case in its turn, some at a time. */
  async #refresh(): Promise<void> {
    const { clock, response, log } = this.#parts
    const now = clock.now().getTime()
    if (now - this.#refreshedAt < REFRESH) return
    this.#refreshedAt = now
    const open = (await response.cases.list({ open: true, limit: 10_000 })).map(({ id }) => id).sort()
    const after = open.filter((id) => id > this.#refreshed)
    const turn = [...after, ...open.filter((id) => id <= this.#refreshed)].slice(0, REFRESHED)
    for (const id of turn) {
      await response.refresh(id).catch((thrown: unknown) => log(`case ${id} does not learn: ${sentence(thrown)}`))
      this.#refreshed = id
    }
  }

  /** People are told once of each thing that is due on a letter: to remind, to escalate, to look. */
  async #remind(): Promise<void> {
    const { database, notify, response } = this.#parts
    for (const ticket of await response.tickets.list({ due: true })) {
      if (ticket.sentAt === null) continue
      const due = `${ticket.due.todo} ${ticket.sentAt.getTime()} ${ticket.state}`
      const row = await database.query.selectFrom('tickets').select('due_told').where('id', '=', ticket.id).executeTakeFirst()
      if (row?.due_told === due) continue
      await notify(noticeOf(ticket, due, this.#parts.clock.now()))
      await database.query.updateTable('tickets').set({ due_told: due }).where('id', '=', ticket.id).execute()
    }
  }

  stop(): Promise<void> {
    return this.#lease.release()
  }
}

const WHAT: Readonly<Record<string, string>> = {
  remind: 'has not answered: write again', escalate: 'did not end it: take it to somebody else', verify: 'says that it is ended: look', rewrite: 'was written to, and it is there again: write anew',
}

function noticeOf({ id, case: of, party, target, due: { todo }, sentAt }: Ticket, due: string, at: Date): Notice {
  return {
    id: `${id} ${due}`, kind: 'alarm', at, title: `${id}: ${party.name} ${WHAT[todo ?? ''] ?? 'waits for us'}`,
    text: `Case ${of}, about ${target.value}, written to ${sentAt?.toISOString().slice(0, 10) ?? ''}. sluice ticket show ${id}`, data: { ticket: id, case: of, party: party.name, target: target.value, todo: todo ?? '' },
  }
}
