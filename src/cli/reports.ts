import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain, wrap } from './print.ts'

/** What people and programs reported of packages. */
export const reportsIn: AddCommand = (program, surroundings) => {
  const group = program.command('reports').description('reports of malicious packages: take them in, decide on them')
  submit(group, surroundings)
  list(group, surroundings)
  show(group, surroundings)
  decide(group, surroundings)
  observers(group, surroundings)
}

function submit(group: Command, surroundings: Surroundings): void {
  group.command('submit <package>').description('report a package').requiredOption('--summary <text>', 'what is wrong, in a sentence or two').option('--link <url>', 'to the file and line; malware needs one')
    .addOption(new Option('--kind <kind>').choices(['malware', 'spam', 'dependency-confusion', 'other']).default('malware')).option('--contact <how>', 'how to reach you; goes into no letter and no export')
    .action((spec: string, options: { summary: string; link?: string; kind: 'malware'; contact?: string }, command: Command) =>
      atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const thanks = await desk.incidents.report({ package: spec, ...options })
        if (printer.wantsJson) printer.json(thanks)
        else printer.lines(plain(thanks.says, 400))
      }))
}

function list(group: Command, surroundings: Surroundings): void {
  group.command('list').description('the latest first').option('--open', 'those nobody has decided on').action(({ open = false }: { open?: boolean }, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.incidents.reports(open)
      if (printer.wantsJson) return printer.json(found)
      if (found.length === 0) return printer.note(open ? 'No report waits.' : 'Nobody has reported anything yet.')
      printer.table(['report', 'when', 'kind', 'package', 'by', 'state', 'case', 'says'], found.map((one) => [
        one.id, moment(one.at), one.kind, plain(`${one.ecosystem}:${one.name}`, 60), plain(`${one.observer}${one.isMachine ? ' (program)' : one.isTrusted ? ' (trusted)' : ''}`, 40),
        one.repeats === null ? one.state : `repeats ${one.repeats}`, one.case ?? '-', plain(one.summary, 60),
      ]))
    }))
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <report>').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const one = await desk.incidents.showReport(id)
      if (printer.wantsJson) return printer.json(one)
      printer.lines(`${printer.paint.bold(one.id)}  ${one.kind}: ${plain(`${one.ecosystem}:${one.name} ${one.versions.join(', ')}`, 200)}, ${one.state}`,
        `  by ${plain(one.observer, 80)}${one.contact === null ? '' : ` (${plain(one.contact, 80)})`}, ${moment(one.at)}${one.case === null ? '' : `, case ${one.case}`}`, ...(one.link === null ? [] : [`  ${plain(one.link, 300)}`]), '',
        ...one.summary.split('\n').flatMap((line) => wrap(plain(line, 2_000), printer.width - 2)).map((line) => `  ${line}`))
    }))
}

function decide(group: Command, surroundings: Surroundings): void {
  group.command('decide <package>').description('say whether its reports were right; observers are remembered by it').option('--malicious').option('--harmless')
    .action((spec: string, { malicious = false, harmless = false }: { malicious?: boolean; harmless?: boolean }, command: Command) => {
      if (malicious === harmless) throw new SluiceError('usage', 'say one of --malicious and --harmless')
      return atDesk(command, surroundings, {}, async (desk, printer) => {
        const decided = await desk.incidents.decide({ package: spec, malicious })
        if (printer.wantsJson) printer.json(decided)
        else printer.lines(`${count(decided.reports, 'report')} ${malicious ? 'confirmed' : 'rejected'}.${malicious ? ` Recall it with: sluice recall ${plain(spec, 100)}` : ` Where it is held for them, let it go with: sluice release ${plain(spec, 100)}`}`)
      })
    })
}

function observers(group: Command, surroundings: Surroundings): void {
  const of = group.command('observers').description('who reports, and how often they were right')
  of.action((_options: object, command: Command) => atDesk(command, surroundings, {}, async (desk, printer) => {
    const found = await desk.incidents.observers()
    if (printer.wantsJson) return printer.json(found)
    if (found.length === 0) return printer.note('Nobody has reported anything yet.')
    printer.table(['who', 'trusted', 'reports', 'right', 'wrong', 'accuracy'], found.map((one) => [
      plain(`${one.id}${one.isMachine ? ' (program)' : ''}`, 60), one.isTrusted ? 'yes' : 'no', String(one.reports), String(one.right), String(one.wrong), one.accuracy === null ? '-' : `${Math.round(one.accuracy * 100)} %`,
    ]))
  }))
  for (const [name, trusted] of [['trust', true], ['distrust', false]] as const) {
    group.command(`${name} <observer>`).description(trusted ? 'their word counts for quarantine' : 'their word counts no more than anybody\'s')
      .action((observer: string, _options: object, command: Command) => atDesk(command, surroundings, {}, async (desk, printer) => {
        await desk.incidents.trust({ observer, trusted })
        if (printer.wantsJson) printer.json({ trusted })
        else printer.lines(`${plain(observer, 100)} is ${trusted ? '' : 'not '}trusted from now on.`)
      }))
  }
}
