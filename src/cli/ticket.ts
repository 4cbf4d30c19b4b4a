import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { IncidentAnswer } from '../api/incident-schemas.ts'
import { SluiceError } from '../core/errors.ts'
import type { PartyKind, TargetType } from '../incident/tickets/matter.ts'
import { atDesk } from './at-desk.ts'
import { when } from './case.ts'
import { receipts } from './incident-report.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Printer } from './print.ts'

type Ticket = IncidentAnswer<'tickets'>[number]
type Message = IncidentAnswer<'message'>

/** Letters to those who can end something. */
export const tickets: AddCommand = (program, surroundings) => {
  const group = program.command('ticket').description('abuse reports to registrars, hosts, services: written, approved, sent, answered, verified')
  draft(group, surroundings)
  list(group, surroundings)
  show(group, surroundings)
  write(group, surroundings)
  approve(group, surroundings)
  send(group, surroundings)
  reply(group, surroundings)
  receipts(group, surroundings)
  group.command('close <ticket>').description('end it without what it asked for').requiredOption('--because <reason>').action((id: string, { because }: { because: string }, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      await desk.incidents.close(id, because)
      say(printer, `${id} is closed.`)
    }))
}

const say = (printer: Printer, text: string): void => (printer.wantsJson ? printer.json({ done: true }) : printer.lines(text))

function draft(group: Command, surroundings: Surroundings): void {
  group.command('draft <case> <kind> <value>').description('tickets to everybody who can end an address or package of the case, with the contacts that are found')
    .option('--to <name>', 'to this party alone').addOption(new Option('--party <kind>', 'what it is').choices(['registrar', 'domain-registry', 'host', 'cdn', 'code-host', 'service', 'package-registry', 'cert']).default('host'))
    .option('--contact <mailbox>', 'its mailbox for abuse reports').option('--trusted', 'what is written there cannot reach the suspect: the whole letter goes')
    .addHelpText('after', '\nExamples:\n  sluice ticket draft C-2024-0001 domain evil.example\n  sluice ticket draft C-2024-0001 domain evil.example --to "Names Ltd" --party registrar --contact abuse@names.example')
    .action((id: string, type: string, value: string, { to, party, contact, trusted = false }: { to?: string; party: PartyKind; contact?: string; trusted?: boolean }, command: Command) =>
      atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
        const { tickets: made, missing } = await desk.incidents.draft(id, {
          target: { type: type as TargetType, value }, ...(to === undefined ? {} : { party: { kind: party, name: to, contact: contact ?? null, form: null, mayReachSuspect: !trusted } }),
        })
        if (printer.wantsJson) return printer.json({ tickets: made, missing })
        if (made.length > 0) table(printer, made)
        for (const one of missing) printer.note(`not known: ${plain(one)}; name it with --to and --contact`)
        if (made.length === 0) printer.note('Nobody new to write to.')
        else printer.note(`next: sluice ticket write ${made[0]?.id}`)
      }))
}

function list(group: Command, surroundings: Surroundings): void {
  group.command('list').description('tickets and what is due').option('--case <case>').option('--due', 'those that wait for us').action(({ case: of, due = false }: { case?: string; due?: boolean }, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.incidents.tickets({ case: of, due })
      if (printer.wantsJson) return printer.json(found)
      if (found.length === 0) return printer.note(due ? 'Nothing waits for us.' : 'There is no ticket yet: sluice ticket draft CASE domain NAME')
      table(printer, found)
    }))
}

function table(printer: Printer, found: readonly Ticket[]): void {
  printer.table(['ticket', 'case', 'to', 'by', 'about', 'state', 'sent', 'next'], found.map((one) => [
    one.id, one.case, plain(`${one.party.name} (${one.party.kind})`, 50), one.channel === 'mail' ? plain(one.party.contact ?? 'mail', 40) : one.channel, plain(one.target.value, 50), one.state,
    one.sentAt === null ? '-' : moment(one.sentAt), one.due.todo === null ? '-' : one.due.turn === 'us' ? printer.paint.yellow(`${one.due.todo} now`) : `${one.due.todo}${one.due.at === null ? '' : ` on ${moment(one.due.at)}`}`,
  ]))
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <ticket>').description('everything that was written and came back').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.incidents.ticket(id)
      if (printer.wantsJson) return printer.json(found)
      table(printer, [found])
      for (const text of found.texts) {
        printer.lines('', printer.paint.dim(`Version ${text.version}, ${text.rendering}, written ${moment(text.writtenAt)} by ${plain(text.writtenBy, 60)}${text.approvedBy === null ? ', not approved' : `, approved by ${plain(text.approvedBy, 60)}`}${text.sentAt === null ? '' : `, sent ${moment(text.sentAt)} (${plain(text.receipt ?? '', 120)})`}`))
        if (text.uncertain) printer.lines(printer.paint.red('It began to go out, and it is not known whether it did: look into the mailbox. If it did: sluice ticket send --by-hand "found there"; if not, write and approve it anew.'))
        if (text === found.texts.at(-1)) printer.lines(`Subject: ${plain(text.subject)}`, '', ...text.text.split('\n').map((line) => plain(line, 400)), ...text.attachments.flatMap(attached(printer)), printer.paint.dim(`sha256 ${text.digest}`))
      }
      for (const one of found.mail) printer.lines('', printer.paint.dim(`${moment(one.at)} from ${plain(one.from, 100)}, taken as: ${one.step}`), ...one.text.split('\n').slice(0, 40).map((line) => plain(line, 300)))
    }))
}

/** What is pasted into a form is shown whole; the report for programs by its size. */
const attached = ({ paint }: Printer) => ({ name, text }: { name: string; text: string }): string[] =>
  (name === 'form.txt' ? ['', ...text.trimEnd().split('\n').map((line) => plain(line, 400))] : [paint.dim(`attached: ${name}, ${Buffer.byteLength(text)} bytes`)])

function write(group: Command, surroundings: Surroundings): void {
  group.command('write <ticket>').description('write what it says from what is known now, and show what was taken out of it').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
      const message = await desk.incidents.write(id)
      if (printer.wantsJson) return printer.json(message)
      preview(printer, message)
      printer.note(`read it, then: sluice ticket approve ${id} ${message.digest}`)
    }))
}

function preview(printer: Printer, { rendering, subject, marked, leftOut, removed, attachments, filled }: Message): void {
  const { paint, lines } = printer
  lines(`${paint.bold('Subject:')} ${plain(subject)}`, '')
  for (const line of marked.split('\n')) lines(`${/^ */.exec(line)?.[0] ?? ''}${plain(line, 400)}`.replaceAll(/⟦[^⟧]*⟧/g, (gap) => paint.red(gap)))
  if (rendering === 'redacted') {
    lines(paint.dim('Redacted: the suspect may read it. What stands in ⟦…⟧ does not go out; it is shown to you alone.'))
    for (const { is, times } of removed) lines(`  taken out: ${plain(is, 80)}, ${count(times, 'time')}`)
    for (const one of leftOut) lines(`  left out: ${plain(one, 120)}`)
  } else lines(paint.yellow('The whole letter: who reads it learns everything of the matter.'))
  for (const { name, text } of attachments) lines(`  attached: ${name}, ${Buffer.byteLength(text)} bytes`)
  if (filled) {
    lines('', paint.dim(`For the form (${filled.form})`))
    for (const { name, value } of filled.fields) lines(`  ${paint.bold(name)}: ${value.includes('\n') ? `\n${value.split('\n').map((line) => `    ${plain(line, 400)}`).join('\n')}` : plain(value, 400)}`)
    for (const one of filled.beware) lines(paint.yellow(`  beware: ${one}`))
  }
}

function approve(group: Command, surroundings: Surroundings): void {
  group.command('approve <ticket> <digest>').description('your word that this text, and no other, may go out').action((id: string, digest: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      await desk.incidents.approve(id, digest)
      say(printer, `${id} is approved. Next: sluice ticket send ${id}`)
    }))
}

function send(group: Command, surroundings: Surroundings): void {
  group.command('send <ticket>').description('send what was approved; without mail in the configuration it is written to a file').option('--by-hand <receipt>', 'you sent it yourself: say how (form, reference number)')
    .action((id: string, { byHand }: { byHand?: string }, command: Command) =>
      atDesk(command, surroundings, {}, async (desk, printer) => {
        if (byHand !== undefined) await desk.incidents.markSent(id, byHand)
        const { gone, receipt } = byHand === undefined ? await desk.incidents.send(id) : { gone: true, receipt: byHand }
        if (printer.wantsJson) return printer.json({ gone, receipt })
        printer.lines(`${id}: ${plain(receipt, 300)}`)
        if (!gone) printer.note(`Nothing was sent. Send it yourself, and say so: sluice ticket send ${id} --by-hand "…"`)
      }))
}

function reply(group: Command, surroundings: Surroundings): void {
  group.command('reply <ticket> [file]').description('what came back: a mail file (.eml), or --text')
    .option('--text <text>').option('--from <who>').option('--at <when>', 'when it came, UTC: 2024-03-12T08:00Z')
    .addOption(new Option('--as <step>', 'what it is; absent: what it seems to be').choices(['acknowledge', 'reply', 'forward', 'refuse', 'mitigate']))
    .action(async (id: string, file: string | undefined, { text, from, at, as }: { text?: string; from?: string; at?: string; as?: 'reply' }, command: Command) => {
      const mail = file === undefined ? undefined : (await readFile(file).catch((cause: unknown) => { throw new SluiceError('usage', `${plain(file, 100)} cannot be read`, { cause }) })).toString('base64')
      const came = at === undefined ? undefined : when(at).at
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const ticket = await desk.incidents.reply(id, { as, from, text, mail, at: came })
        if (printer.wantsJson) printer.json(ticket)
        else printer.lines(`${id} is ${ticket.state} now${as === undefined ? '; if that is not what it says, record it again with --as' : ''}.`)
      })
    })
}
