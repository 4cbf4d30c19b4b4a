import type { Command } from 'commander'
import { Option } from 'commander'
import type { HostAnswer } from '../api/hosts-schemas.ts'
import type { HostEvent } from '../host/events/event.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Printer } from './print.ts'

const KINDS: readonly HostEvent['kind'][] = ['installed', 'removed', 'ran', 'act', 'alarm', 'blocked', 'session', 'lost']
const MOST_SHOWN = 200

/** Machines that have told the gate what they have, and what they told. */
export const hosts: AddCommand = (program, surroundings) => {
  const group = program.command('hosts').description('machines that tell the gate what is installed and what ran; all of it is what they say')
  group.command('list').description('machines, and when they were last heard of').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.hosts.list()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('No machine has told anything yet. On a machine, with a token of sluice token create NAME --scope host: sluice host inventory --tell --server URL')
      printer.table(['machine', 'packages', 'events', 'refused', 'all told', 'last heard of'], all.map((one) => [
        plain(one.name), String(one.packages), String(one.events), one.refused === 0 ? '-' : printer.paint.yellow(String(one.refused)), one.completeAt === null ? '-' : moment(one.completeAt), moment(one.lastAt),
      ]))
    })
  })
  show(group, surroundings)
  events(group, surroundings)
  group.command('forget <host>').description('take a machine out, with all it said and who may speak for it').action(async (host: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      await desk.hosts.remove(host)
      if (printer.wantsJson) printer.json({ removed: true, host })
      else printer.lines(`${plain(host)} is forgotten`)
    })
  })
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <host>').description('what a machine says it has and ran, and what of it the gate never delivered')
    .option('--gone', 'also what it has no longer').option('--all', 'every package, not only those that never came through the gate')
    .action(async (host: string, { gone = false, all = false }: { gone?: boolean; all?: boolean }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const one = await desk.hosts.show(host, gone)
        if (printer.wantsJson) return printer.json(one)
        const { paint } = printer
        printer.lines(`${paint.bold(plain(one.name))}: ${count(one.packages, 'package')}, heard of from ${moment(one.firstAt)} to ${moment(one.lastAt)}, by ${one.tokens.length === 0 ? 'no token that is left' : `the token${one.tokens.length === 1 ? '' : 's'} ${one.tokens.map((name) => plain(name)).join(', ')}`}.`)
        const shown = one.items.filter(({ delivered, goneAt }) => all || delivered === 'never' || goneAt !== null)
        if (shown.length > 0) {
          printer.lines('')
          itemsTable(printer, shown)
        }
        if (!all) printer.note(`${one.items.filter(({ delivered, goneAt }) => delivered === 'never' && goneAt === null).length} of them were never delivered by this gate; --all lists every one`)
        if (!one.complete) printer.note('It has more than are shown.')
        if (one.runs.length > 0) {
          printer.lines('', 'Ran:')
          printer.table(['package', 'times', 'first', 'last', 'seen by', 'where'], one.runs.slice(0, MOST_SHOWN).map((run) => [nameOf(run), String(run.count), moment(run.firstAt), moment(run.lastAt), plain(run.source), plain(run.place ?? '-', 100)]))
        }
        for (const { at, says } of one.problems) printer.note(`${moment(at)} not taken: ${plain(says, 300)}`)
        if (one.unkept > 0) printer.note(`${count(one.unkept, 'package')} it told of had no room here`)
      })
    })
}

function itemsTable(printer: Printer, items: HostAnswer<'host'>['items']): void {
  const says = { here: 'this machine', elsewhere: 'others', never: 'nobody' } as const
  printer.table(['package', 'delivered to', 'first', 'last', 'where'], items.slice(0, MOST_SHOWN).map((one) => [
    nameOf(one), one.delivered === 'never' ? printer.paint.yellow(says.never) : says[one.delivered], moment(one.firstAt), one.goneAt === null ? moment(one.lastAt) : `gone ${moment(one.goneAt)}`, plain(one.place, 120),
  ]))
  if (items.length > MOST_SHOWN) printer.note(`and ${items.length - MOST_SHOWN} more; --json lists them`)
}

const nameOf = ({ ecosystem, name, version }: { ecosystem: string; name: string; version: string | null }): string => plain(`${ecosystem}:${name}${version === null ? '' : `@${version}`}`, 100)

function events(group: Command, surroundings: Surroundings): void {
  group.command('events [host]').description('what machines told, the latest first')
    .addOption(new Option('--kind <kind>', 'only these').choices([...KINDS])).option('--limit <count>', 'how many', '50').option('--before <seq>', 'further back: the number of the last one shown')
    .action(async (host: string | undefined, { kind, limit, before }: { kind?: HostEvent['kind']; limit: string; before?: string }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.hosts.events({ host, kind, limit: Math.min(1_000, Math.max(1, Number(limit) || 50)), before: before === undefined ? undefined : Number(before) || undefined })
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('Nothing of that was told. What inventories find is in sluice hosts show HOST.')
        printer.table(['number', 'when', 'machine', 'kind', 'seen by', 'what'], all.map(({ seq, at, clock, host: machine, event }) => [
          String(seq), `${moment(at)}${clock === null ? '' : ` (${clock})`}`, plain(machine), event.kind === 'alarm' || event.kind === 'blocked' ? printer.paint.red(event.kind) : plain(event.kind), plain(event.source), plain(event.says, 200),
        ]))
      })
    })
}
