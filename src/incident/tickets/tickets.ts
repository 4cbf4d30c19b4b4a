import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { isCode, sentence, SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import type { Cases } from '../cases/cases.ts'
import type { FormId } from './forms.ts'
import { compose, digestOf } from './message.ts'
import type { Attachment, Message } from './message.ts'
import type { Matter, Party, Sender, TargetType } from './matter.ts'
import type { Reply } from './reply.ts'
import type { Secrets } from './redact.ts'
import { lastText, partsOf, rowOf, textOf, ticketOf } from './rows.ts'
import type { Channel, Row, Text, Ticket } from './rows.ts'
import { after, possible } from './state.ts'
import type { Patience, TicketState, TicketStep } from './state.ts'

/**
 * Takes a letter away. `gone`: the other side has it, and `receipt` is what it said; else it lies where `receipt` says, for a person to send. Rejects
 * with a SluiceError when it certainly did not go, with any other error when nobody knows.
 */
export type Carrier = (letter: { to: string | null; subject: string; text: string; attachments: readonly Attachment[]; id: string }) => Promise<{ gone: boolean; receipt: string }>

interface Parts {
  database: Database
  cases: Pick<Cases, 'tellWithin' | 'seal'>
  clock: Clock
  carry: Carrier
}

/** As long as a letter takes to go out, and more; milliseconds. */
const UNDER_WAY = 2 * 60_000
/** Where anything may be due. */
const UNENDED: readonly TicketState[] = ['draft', 'approved', 'sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated', 'relapsed']

const DEFAULT_PATIENCE: Readonly<Record<Party['kind'], Patience>> = {
  registrar: { remind: 2, escalate: 5 }, 'domain-registry': { remind: 3, escalate: 7 }, host: { remind: 2, escalate: 5 }, cdn: { remind: 2, escalate: 5 },
  'code-host': { remind: 2, escalate: 5 }, service: { remind: 1, escalate: 3 }, 'package-registry': { remind: 1, escalate: 2 }, cert: { remind: 3, escalate: 10 },
}

/**
 * Tickets, from the draft to the look that finds the thing gone. Every step is a line of its case. A text is approved by a person by its
 * digest, and goes out at most once: where a crash leaves that open, nobody but a person goes on.
 */
export class Tickets {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async open(caseId: string, { party, target, channel, form = null, patience = DEFAULT_PATIENCE[party.kind], by }: {
    party: Party; target: { type: TargetType; value: string }; channel: Channel; form?: FormId | null; patience?: Patience; by: string
  }): Promise<Ticket> {
    const { clock } = this.#parts
    if (channel === 'mail' && party.contact === null) throw new SluiceError('usage', `no mailbox of ${oneLine(party.name, 100)} is known`, { hint: 'name one, or use its form' })
    const now = clock.now().getTime()
    const row = {
      id: `T-${randomUUID().slice(0, 8)}`, case_id: caseId, party: JSON.stringify(party), target_type: target.type, target: target.value, channel, form, state: 'draft', report_id: randomUUID(),
      sent_at: null, reminded: 0, remind_days: patience.remind, escalate_days: patience.escalate, due_told: null, content: null, created_at: now, changed_at: now,
    }
    await this.#change(async (tx) => {
      await tx.insertInto('tickets').values(row).execute()
      return { row, line: { says: `ticket to ${party.name} about ${target.value}`, by, id: `${row.id}-draft` } }
    })
    return ticketOf(row, clock.now(), false)
  }

  /** Writes its text from what is known now. What was approved before is approved no more. */
  async write(id: string, { matter, sender, secrets, by }: { matter: Matter; sender: Sender; secrets: Secrets; by: string }): Promise<Message> {
    const { clock, database } = this.#parts
    const row = await this.#row(id)
    const now = clock.now()
    const message = compose(matter, { party: JSON.parse(row.party) as Party, sender, secrets, reportId: row.report_id, form: row.form as FormId | null, now })
    await database.transaction(async (tx) => {
      const current = await rowOf(tx, id)
      const state = current.state === 'draft' ? 'draft' : this.#after(current, 'rewrite')
      const last = await lastText(tx, id)
      // A second letter that is approved while the first is on its way would go out beside it.
      if (last?.sending_at !== null && last?.sending_at !== undefined && last.sent_at === null && now.getTime() - Number(last.sending_at) < UNDER_WAY) throw new SluiceError('usage', `ticket ${id} is being sent just now`, { hint: 'write it anew when that has ended' })
      await tx.insertInto('ticket_texts').values({
        ticket: id, version: Number(last?.version ?? 0) + 1, rendering: message.rendering, subject: message.subject, text: message.text,
        attachments: JSON.stringify(message.attachments), digest: message.digest, written_at: now.getTime(), written_by: oneLine(by, 100),
        approved_at: null, approved_by: null, sending_at: null, sent_at: null, receipt: null,
      }).execute()
      await tx.updateTable('tickets').set({ state, changed_at: now.getTime() }).where('id', '=', id).execute()
    })
    return message
  }

  /** A person's word that the text of this digest, and no other, may go out. */
  async approve(id: string, { digest, by }: { digest: string; by: string }): Promise<void> {
    const now = this.#parts.clock.now()
    await this.#change(async (tx) => {
      const ticket = await rowOf(tx, id)
      const text = await lastText(tx, id)
      if (!text) throw new SluiceError('usage', `ticket ${id} has no text yet`, { hint: `sluice ticket write ${id}` })
      if (text.digest !== digest) throw new SluiceError('usage', 'the text has changed since it was read: read it again, and approve that', { hint: `sluice ticket show ${id}` })
      const state = this.#after(ticket, 'approve')
      await tx.updateTable('ticket_texts').set({ approved_at: now.getTime(), approved_by: oneLine(by, 100) }).where('ticket', '=', id).where('version', '=', text.version).execute()
      await tx.updateTable('tickets').set({ state, changed_at: now.getTime() }).where('id', '=', id).execute()
      return { row: { ...ticket, state }, line: { says: `approved by ${by}: sha256 ${digest}`, by, id: `${id}-approved-${text.version}` } }
    })
  }

  /** Sends what was approved. Throws `usage` where that is nothing, was changed, or has perhaps gone out already. */
  async send(id: string, { by }: { by: string }): Promise<{ gone: boolean; receipt: string }> {
    const { database, clock, carry } = this.#parts
    const { ticket, text } = await database.transaction(async (tx) => {
      const found = { ticket: await rowOf(tx, id), text: await lastText(tx, id) }
      this.#after(found.ticket, 'send')
      if (!found.text?.approved_at) throw new SluiceError('usage', `nobody has approved what ticket ${id} says`)
      if (digestOf(partsOf(found.text)) !== found.text.digest) throw new SluiceError('storage', `the text of ticket ${id} is not what was approved`)
      if (found.text.sending_at !== null) throw new SluiceError('usage', `ticket ${id} began to go out, and it is not known whether it did`, { hint: `look into the mailbox, then: sluice ticket send ${id} --by-hand "found there" (it did), or sluice ticket write ${id} (it did not)` })
      const { numUpdatedRows } = await tx.updateTable('ticket_texts').set({ sending_at: clock.now().getTime() }).where('ticket', '=', id).where('version', '=', found.text.version).where('sending_at', 'is', null).executeTakeFirst()
      if (Number(numUpdatedRows) !== 1) throw new SluiceError('usage', `ticket ${id} is being sent just now`)
      return { ...found, text: found.text }
    })
    const party = JSON.parse(ticket.party) as Party
    const { gone, receipt } = await carry({ to: ticket.channel === 'mail' ? party.contact : null, ...partsOf(text), id: `${id}-${text.version}` }).catch(async (thrown: unknown) => {
      // Refused for certain: it may be tried again. What is only likely stays uncertain.
      if (isCode(thrown, 'usage', 'config-invalid', 'upstream-unreachable', 'upstream-status')) {
        await this.#notSending(id, Number(text.version))
      }
      throw new SluiceError('upstream-unreachable', `ticket ${id} was not sent: ${sentence(thrown)}`, { cause: thrown })
    })
    if (gone) await this.#sent(ticket, { version: Number(text.version), digest: text.digest, receipt, by })
    else await this.#notSending(id, Number(text.version))
    return { gone, receipt }
  }

  async #notSending(id: string, version: number): Promise<void> {
    await this.#parts.database.query.updateTable('ticket_texts').set({ sending_at: null }).where('ticket', '=', id).where('version', '=', version).execute()
  }

  /** A person says that it went out: pasted into a form, sent by other means, or found in the mailbox after a crash. */
  async markSent(id: string, { receipt, by }: { receipt: string; by: string }): Promise<void> {
    const ticket = await this.#row(id)
    this.#after(ticket, 'send')
    const text = await lastText(this.#parts.database.query, id)
    if (!text?.approved_at) throw new SluiceError('usage', `nobody has approved what ticket ${id} says`)
    if (digestOf(partsOf(text)) !== text.digest) throw new SluiceError('storage', `the text of ticket ${id} is not what was approved`)
    await this.#sent(ticket, { version: Number(text.version), digest: text.digest, receipt, by })
  }

  async #sent(ticket: Row, { version, digest, receipt, by }: { version: number; digest: string; receipt: string; by: string }): Promise<void> {
    const now = this.#parts.clock.now()
    const { name } = JSON.parse(ticket.party) as Party
    await this.#change(async (tx) => {
      await tx.updateTable('ticket_texts').set({ sent_at: now.getTime(), receipt: oneLine(receipt, 500) }).where('ticket', '=', ticket.id).where('version', '=', version).execute()
      await tx.updateTable('tickets').set({ state: 'sent', sent_at: now.getTime(), reminded: ticket.sent_at === null ? 0 : Number(ticket.reminded) + 1, changed_at: now.getTime() }).where('id', '=', ticket.id).execute()
      return { row: { ...ticket, state: 'sent' }, line: { says: `sent to ${name}: sha256 ${digest}; ${receipt}`, by, id: `${ticket.id}-sent-${version}` } }
    })
  }

  /** What came back, as it is. The same letter again changes nothing. */
  async record(id: string, { step, ...reply }: Reply & { step: TicketStep; by: string }): Promise<Ticket> {
    const now = this.#parts.clock.now()
    await this.#change(async (tx) => {
      const ticket = await rowOf(tx, id)
      const known = await tx.selectFrom('ticket_mail').select('seq').where('ticket', '=', id).where('digest', '=', reply.digest).executeTakeFirst()
      if (known) return null
      const state = this.#answered(ticket, step)
      const last = await tx.selectFrom('ticket_mail').select(({ fn }) => fn.max('seq').as('seq')).where('ticket', '=', id).executeTakeFirst()
      const seq = Number(last?.seq ?? 0) + 1
      await tx.insertInto('ticket_mail').values({
        ticket: id, seq, at: reply.at.getTime(), told_at: now.getTime(), by: oneLine(reply.by, 100), sender: oneLine(reply.from, 300), step, text: reply.text.slice(0, 200_000), digest: reply.digest,
      }).execute()
      await tx.updateTable('tickets').set({ state, changed_at: now.getTime() }).where('id', '=', id).execute()
      return { row: { ...ticket, state }, line: { says: `${SAYS[step] ?? step}: ${oneLine(reply.text, 300)}`, by: reply.by, source: reply.from, at: credible(reply.at, now), id: `${id}-mail-${seq}` } }
    })
    return ticketOf(await this.#row(id), now, true)
  }

  /** Where an answer leads. One to an earlier letter counts although the next is being written; what ended stays so, and the answer is kept. */
  #answered(row: Row, step: TicketStep): TicketState {
    const state = row.state as TicketState
    const next = after(state, step)
    if (next !== null || row.sent_at === null) return next ?? this.#after(row, step)
    return (state === 'draft' || state === 'approved' ? after('sent', step) : null) ?? state
  }

  /** A look of our own: gone, or there again. False: the ticket was not waiting for that. */
  async observed(id: string, { gone, says, at, source }: { gone: boolean; says: string; at: Date; source: string }): Promise<boolean> {
    return this.#change(async (tx) => {
      const row = await rowOf(tx, id)
      const state = after(row.state as TicketState, gone ? 'verify' : 'relapse')
      if (state === null) return null
      await this.#move(tx, row, state)
      return { row: { ...row, state }, line: { says, by: 'sluice', source, at, id: `${id}-${state}-${at.getTime()}` } }
    })
  }

  async close(id: string, { by, because }: { by: string; because: string }): Promise<void> {
    await this.#change(async (tx) => {
      const row = await rowOf(tx, id)
      const state = this.#after(row, 'close')
      await this.#move(tx, row, state)
      return { row: { ...row, state }, line: { says: `closed: ${because}`, by } }
    })
  }

  async #move(tx: Kysely<Tables>, { id }: Row, state: TicketState): Promise<void> {
    await tx.updateTable('tickets').set({ state, changed_at: this.#parts.clock.now().getTime() }).where('id', '=', id).execute()
  }

  /** A step and the line of the case that tells of it, in one transaction. False: there was nothing to do. */
  async #change(work: (tx: Kysely<Tables>) => Promise<{ row: Row; line: Line } | null>): Promise<boolean> {
    const { database, cases } = this.#parts
    const told = await database.transaction(async (tx) => {
      const done = await work(tx)
      if (!done) return null
      const { row: { case_id: of, id, party, target, state }, line } = done
      return cases.tellWithin(tx, of, {
        ...line, source: line.source ?? line.by, fact: { kind: 'ticket', ticket: id, party: (JSON.parse(party) as Party).name.slice(0, 200), state, subject: target },
      })
    })
    if (told?.isNew) await cases.seal(told.event)
    return told !== null
  }

  async show(id: string): Promise<Ticket & { texts: Text[]; mail: { at: Date; from: string; step: string; text: string; digest: string }[] }> {
    const { query } = this.#parts.database
    const [row, texts, mail] = await Promise.all([
      this.#row(id), query.selectFrom('ticket_texts').selectAll().where('ticket', '=', id).orderBy('version').execute(),
      query.selectFrom('ticket_mail').selectAll().where('ticket', '=', id).orderBy('seq').execute(),
    ])
    return {
      ...ticketOf(row, this.#parts.clock.now(), texts.length > 0), texts: texts.map(textOf),
      mail: mail.map((one) => ({ at: new Date(Number(one.at)), from: one.sender, step: one.step, text: one.text, digest: one.digest })),
    }
  }

  /** Of a case, or of all; with `due`, those on which it is our turn. The oldest first. */
  async list({ case: of, due = false, states = due ? UNENDED : undefined, limit = due ? 100_000 : 1_000 }: { case?: string | undefined; due?: boolean | undefined; states?: readonly TicketState[] | undefined; limit?: number | undefined } = {}): Promise<Ticket[]> {
    let query = this.#parts.database.query.selectFrom('tickets').selectAll('tickets').select(({ exists, selectFrom }) => exists(selectFrom('ticket_texts').select('version').whereRef('ticket', '=', 'tickets.id')).as('written')).orderBy('created_at').orderBy('id').limit(limit)
    if (of !== undefined) query = query.where('case_id', '=', of)
    if (states !== undefined) query = query.where('state', 'in', states)
    const now = this.#parts.clock.now()
    return (await query.execute()).map((row) => ticketOf(row, now, Boolean(row.written))).filter((one) => !due || one.due.turn === 'us')
  }

  #row(id: string): Promise<Row> {
    return rowOf(this.#parts.database.query, id)
  }

  #after(row: Row, step: TicketStep): TicketState {
    const state = after(row.state as TicketState, step)
    if (state === null) throw new SluiceError('usage', `ticket ${row.id} is ${row.state}: it cannot ${step}`, { hint: `possible: ${possible(row.state as TicketState).join(', ')}` })
    return state
  }
}

interface Line { says: string; by: string; source?: string; at?: Date; id?: string }

const SAYS: Partial<Readonly<Record<TicketStep, string>>> = { acknowledge: 'automatic answer', reply: 'answer', forward: 'passed on to the holder', refuse: 'refused', mitigate: 'said to be done' }

/** A sender's clock may be wrong: what cannot have been is taken for now. The letter keeps the time it names. */
const credible = (at: Date, now: Date): Date => (at > now || at.getTime() < now.getTime() - LONG_AGO ? now : at)
const LONG_AGO = 5 * 365 * 86_400_000
