import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { IncidentAnswer } from '../api/incident-schemas.ts'
import { SluiceError } from '../core/errors.ts'
import { milestone, observableType, outcome, severity, tlp } from '../incident/cases/fact.ts'
import type { Fact } from '../incident/cases/fact.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'

type Case = IncidentAnswer<'case'>

/** Incidents: what happened, what is to be done, and how long each step took. */
export const cases: AddCommand = (program, surroundings, done) => {
  const group = program.command('case').description('incidents: timeline, tasks, evidence, clocks')
  open(group, surroundings)
  list(group, surroundings)
  show(group, surroundings)
  for (const add of [note, happened, correct, observable, evidence, task, set, close, reopen, relate]) add(group, surroundings)
  group.command('verify <case>').description('is every line what it was when it was told').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const { ok, problems } = await desk.incidents.verify(id)
      if (!ok) done(1)
      if (printer.wantsJson) return printer.json({ ok, problems })
      if (ok) return printer.lines(`${id}: every line is what it was.`)
      printer.table(['line', 'problem'], problems.map((one) => [plain(one.event, 100), printer.paint.red(one.says)]))
    }))
  group.command('refresh <case>').description('add what the gate has learnt since: reports, recalls, removals, addresses').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const added = await desk.incidents.refresh(id)
      if (printer.wantsJson) printer.json({ added })
      else printer.lines(added === 0 ? 'Nothing new.' : `${count(added, 'line')} added.`)
    }))
}

function open(group: Command, surroundings: Surroundings): void {
  group.command('open [packages...]').description('open a case about packages or a campaign; what the gate knows of them is in it at once')
    .option('--title <title>').option('--campaign <id>', 'all of its members').requiredOption('--because <reason>', 'why')
    .addOption(new Option('--severity <severity>').choices(severity.options).default('high'))
    .addOption(new Option('--tlp <tlp>', 'who may read it').choices(tlp.options).default('amber'))
    .addHelpText('after', '\nExamples:\n  sluice case open pypi:colour-ish==0.4.6 --because "setup.py runs an archive from a look-alike domain"\n  sluice case open --campaign c-1a2b3c --because "a flood of look-alikes"')
    .action((packages: string[], options: { title?: string; campaign?: string; because: string; severity: Case['severity']; tlp: Case['tlp'] }, command: Command) =>
      atDesk(command, surroundings, { create: true }, async (desk, printer) => detail(await desk.incidents.openCase({ packages, ...options }), printer)))
}

function list(group: Command, surroundings: Surroundings): void {
  group.command('list').description('cases, open ones first').option('--open', 'open ones only').action(({ open: only = false }: { open?: boolean }, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.incidents.cases(only)
      if (printer.wantsJson) return printer.json(found)
      if (found.length === 0) return printer.note(only ? 'No case is open.' : 'There is no case yet: sluice case open npm:NAME --because "…"')
      printer.table(['case', 'state', 'severity', 'TLP', 'since', 'changed', 'who', 'about'], found.map((one) => [
        one.id, one.state === 'open' ? printer.paint.yellow('open') : one.outcome ?? 'closed', grave(printer, one.severity), one.tlp, moment(one.openedAt), moment(one.changedAt), plain(one.assignee ?? '-', 30), plain(one.title, 100),
      ]))
    }))
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <case>').description('everything of a case: timeline, tasks, addresses, tickets, clocks').action((id: string, _options: object, command: Command) =>
    atDesk(command, surroundings, {}, async (desk, printer) => {
      const [found, tickets] = await Promise.all([desk.incidents.case(id), desk.incidents.tickets({ case: id, due: false })])
      if (printer.wantsJson) return printer.json({ ...found, tickets })
      detail(found, printer)
      if (tickets.length > 0) {
        printer.lines('', printer.paint.dim('Tickets'))
        printer.table(['ticket', 'to', 'about', 'state', 'next'], tickets.map((one) => [one.id, plain(one.party.name, 40), plain(one.target.value, 50), one.state, one.due.todo === null ? '-' : `${one.due.todo}${one.due.turn === 'us' ? ' now' : one.due.at === null ? '' : ` on ${moment(one.due.at)}`}`]))
      }
    }))
}

function detail(found: Case, printer: Printer): void {
  if (printer.wantsJson) return printer.json(found)
  const { paint, lines } = printer
  lines(`${paint.bold(found.id)}  ${plain(found.title, 200)}`, `  ${grave(printer, found.severity)}, TLP:${found.tlp.toUpperCase()}, ${found.state === 'open' ? paint.yellow('open') : `closed: ${found.outcome ?? ''}`}, ${found.assignee === null ? 'nobody has it' : `with ${plain(found.assignee, 60)}`}, since ${moment(found.openedAt)}`)
  if (found.packages.length > 0) lines(`  ${found.packages.slice(0, 12).map(({ ecosystem, name, version }) => plain(`${ecosystem}:${name}${version === null ? '' : `@${version}`}`, 100)).join(', ')}${found.packages.length > 12 ? `, and ${found.packages.length - 12} more` : ''}`)
  const { served, denied, locked, installed } = found.exposure
  if (served + denied + locked + installed > 0) lines(`  here: delivered ${count(served, 'time')}, denied ${count(denied, 'time')}, in ${count(locked, 'lockfile')}${installed > 0 ? `, installed on ${count(installed, 'machine')}` : ''}`)
  for (const one of found.alike.slice(0, 5)) lines(`  ${one.case} shares ${plain(one.shares.slice(0, 3).join(', '), 120)}${one.shares.length > 3 ? ` and ${one.shares.length - 3} more` : ''}: ${plain(one.title, 80)}`)
  lines('', paint.dim('Timeline (UTC)'))
  for (const line of found.timeline.filter(({ fact }) => fact.kind !== 'package' && !fact.kind.startsWith('task'))) {
    const when = line.precision === 'day' ? `${line.at.slice(0, 10)}      ` : line.at.slice(0, 16).replace('T', ' ')
    const [first = '', ...rest] = wrap(plain(`${line.withdrawn ? '(withdrawn) ' : ''}${line.says}`, 600), Math.max(40, printer.width - 22))
    lines(`  ${paint.dim(when)}  ${line.withdrawn ? paint.dim(first) : first}`, ...rest.map((text) => `  ${' '.repeat(16)}  ${text}`))
    for (const { says, by } of line.corrections) lines(`  ${' '.repeat(16)}  ${paint.dim(`corrected by ${plain(by, 60)}: ${plain(says, 200)}`)}`)
  }
  if (found.observables.length > 0) {
    lines('', paint.dim('Addresses and other indicators'))
    printer.table(['kind', 'value', 'part', 'TLP', 'since', 'from'], found.observables.map((one) => [one.type, plain(one.value, 80), one.role ?? '-', one.tlp, moment(one.since), plain(one.source, 40)]))
  }
  if (found.evidence.length > 0) {
    lines('', paint.dim('Evidence'))
    printer.table(['name', 'bytes', 'nature', 'TLP', 'by', 'sha256'], found.evidence.map((one) => [plain(one.name, 60), String(one.size), one.nature, one.tlp, plain(one.by, 30), one.digest.slice(7)]))
  }
  const todo = found.tasks.filter(({ state }) => state === 'open')
  if (found.tasks.length > 0) {
    lines('', paint.dim(`To do (${found.tasks.length - todo.length} of ${found.tasks.length} done)`))
    printer.table(['task', 'due', 'who', 'what'], todo.map((one) => [one.id, one.due === null ? '-' : moment(one.due), plain(one.assignee ?? '-', 30), plain(one.title, 100)]))
  }
  if (found.clocks.length > 0) {
    lines('', paint.dim('How long it took'))
    printer.table(['step', 'about', 'time', ''], found.clocks.map((one) => [one.step, plain(one.subject ?? 'the packages', 50), one.says, one.outOfOrder ? paint.yellow('told out of order') : one.to === null ? paint.yellow('and running') : '']))
  }
}

const grave = ({ paint }: Printer, text: string): string => (text === 'critical' || text === 'high' ? paint.red(text) : text)

/** A line, from a command that has said what it is. */
async function tell(desk: Desk, printer: Printer, { id, says, fact, at, source, precision }: { id: string; says: string; fact: Fact; at?: string | undefined; source?: string | undefined; precision?: 'minute' | 'day' | undefined }): Promise<void> {
  const line = await desk.incidents.tell(id, { says, fact, ...(precision === undefined ? {} : { precision }), ...(at === undefined ? {} : when(at)), ...(source === undefined ? {} : { source }) })
  if (printer.wantsJson) printer.json(line)
  else printer.lines(`${line.case}: ${plain(line.says, 200)} (${line.id})`)
}

/** `2024-03-05T06:17Z`, or `2024-03-18` where only the day is known. */
export function when(text: string): { at: string; precision: 'minute' | 'day' } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const at = new Date(isDay ? `${text}T00:00Z` : /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
  if (Number.isNaN(at.getTime())) throw new SluiceError('usage', `${plain(text, 40)} is no time`, { hint: 'write 2024-03-05T06:17Z, or 2024-03-05 where only the day is known' })
  return { at: at.toISOString(), precision: isDay ? 'day' : 'minute' }
}

const AT = ['--at <when>', 'when it happened, UTC: 2024-03-05T06:17Z, or the day alone; absent: now'] as const
const SOURCE = ['--source <who>', 'who or what says so; absent: you'] as const

function note(group: Command, surroundings: Surroundings): void {
  group.command('note <case> <text>').description('something to remember').option(...AT).option(...SOURCE).action((id: string, says: string, options: { at?: string; source?: string }, command: Command) =>
    atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says, fact: { kind: 'note' }, ...options })))
}

function happened(group: Command, surroundings: Surroundings): void {
  group.command('happened <case> <what>').description(`a step that clocks are read from: ${milestone.options.join(', ')}`)
    .option('--to <name>', 'the domain or address it happened to; absent: the packages').option('--says <text>', 'in a sentence').option(...AT).option(...SOURCE)
    .addHelpText('after', '\nExample:\n  sluice case happened C-2024-0001 down --to evil.example --at 2024-03-18 --source "DNS history"')
    .action((id: string, what: string, { to, says, ...options }: { to?: string; says?: string; at?: string; source?: string }, command: Command) => {
      const of = milestone.safeParse(what)
      if (!of.success) throw new SluiceError('usage', `${plain(what, 40)} is no step`, { hint: `steps are ${milestone.options.join(', ')}` })
      return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: says ?? `${to ?? 'the packages'}: ${what}`, fact: { kind: 'milestone', of: of.data, subject: to ?? null }, ...options }))
    })
}

function correct(group: Command, surroundings: Surroundings): void {
  group.command('correct <case> <line>').description('say what an earlier line should have said; it stays readable as it was')
    .option('--at <when>', 'the right time').option('--says <text>', 'the right words').option('--withdraw', 'it should not be there').requiredOption('--because <reason>', 'what was wrong')
    .action((id: string, event: string, { at, says, withdraw, because }: { at?: string; says?: string; withdraw?: boolean; because: string }, command: Command) => {
      if (at === undefined && says === undefined && !withdraw) throw new SluiceError('usage', 'a correction says what is right: --at, --says or --withdraw')
      const fact: Fact = { kind: 'corrected', event, ...(at === undefined ? {} : { at: when(at).at }), ...(says === undefined ? {} : { says }), ...(withdraw ? { withdrawn: true as const } : {}) }
      return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: because, fact, precision: at === undefined ? undefined : when(at).precision }))
    })
}

function observable(group: Command, surroundings: Surroundings): void {
  group.command('observable <case> <kind> <value>').description(`an address or other indicator: ${observableType.options.join(', ')}`)
    .option('--part <part>', 'second-stage, command, look-alike').addOption(new Option('--tlp <tlp>').choices(tlp.options).default('amber')).option('--drop', 'it does not belong here').option(...AT).option(...SOURCE)
    .action((id: string, kind: string, value: string, { part, tlp: colour, drop, ...options }: { part?: string; tlp: Case['tlp']; drop?: boolean; at?: string; source?: string }, command: Command) => {
      const type = observableType.safeParse(kind)
      if (!type.success) throw new SluiceError('usage', `${plain(kind, 40)} is no kind of indicator`, { hint: `kinds are ${observableType.options.join(', ')}` })
      const fact: Fact = drop ? { kind: 'observable-dropped', type: type.data, value } : { kind: 'observable', type: type.data, value, role: part ?? null, tlp: colour }
      return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: `${drop ? 'does not belong here: ' : ''}${kind} ${value}`, fact, ...options }))
    })
}

function evidence(group: Command, surroundings: Surroundings): void {
  group.command('evidence <case> <file>').description('take in what proves something; or say with --handed-to who got it')
    .option('--name <name>').option('--type <type>', 'text/plain, image/png, …').addOption(new Option('--nature <nature>', 'document: may go along with letters; sample: malicious bytes, given by their hash alone; internal: ours').choices(['document', 'sample', 'internal']).default('internal'))
    .addOption(new Option('--tlp <tlp>').choices(tlp.options).default('amber')).option(...SOURCE).option('--handed-to <who>', 'file is then the digest of evidence that is here').option('--because <purpose>')
    .action(async (id: string, file: string, { handedTo, because, name, ...about }: { handedTo?: string; because?: string; name?: string; type?: string; nature: 'internal'; tlp: Case['tlp']; source?: string }, command: Command) => {
      if (handedTo !== undefined) return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: `${file} handed to ${handedTo}`, fact: { kind: 'custody', digest: file, to: handedTo, purpose: because ?? 'not said' } }))
      const { size } = await stat(file).catch((cause: unknown) => { throw new SluiceError('usage', `cannot read ${plain(file)}`, { cause }) })
      if (size > LARGEST) throw new SluiceError('usage', `${plain(file)} has ${size} bytes: evidence has at most ${LARGEST / 1024 / 1024} MiB`, { hint: 'cut out what matters, or keep it elsewhere and note its hash' })
      const bytes = await readFile(file)
      return atDesk(command, surroundings, {}, async (desk, printer) => {
        const kept = await desk.incidents.addEvidence(id, { name: name ?? basename(file), ...about }, bytes)
        if (printer.wantsJson) printer.json(kept)
        else printer.lines(`${id}: ${plain(kept.name)}, ${kept.size} bytes, ${kept.digest}`)
      })
    })
}

const LARGEST = 512 * 1024 * 1024

function task(group: Command, surroundings: Surroundings): void {
  group.command('task <case> <task> [title]').description('add a task, or end one').option('--due <when>').option('--for <who>').option('--done').option('--drop')
    .action((id: string, key: string, title: string | undefined, { due, for: assignee, done, drop }: { due?: string; for?: string; done?: boolean; drop?: boolean }, command: Command) => {
      if (!done && !drop && title === undefined) throw new SluiceError('usage', 'a new task has a title', { hint: 'or end one with --done or --drop' })
      const fact: Fact = done ? { kind: 'task-done', task: key } : drop ? { kind: 'task-dropped', task: key } : { kind: 'task', task: key, title: title ?? '', due: due === undefined ? null : when(due).at, assignee: assignee ?? null }
      return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: done ? `done: ${key}` : drop ? `dropped: ${key}` : title ?? '', fact }))
    })
}

function set(group: Command, surroundings: Surroundings): void {
  group.command('set <case>').description('title, severity, TLP, or who has it')
    .option('--title <title>').addOption(new Option('--severity <severity>').choices(severity.options)).addOption(new Option('--tlp <tlp>').choices(tlp.options)).option('--for <who>', 'nobody: -')
    .action((id: string, { for: who, ...options }: { title?: string; severity?: Case['severity']; tlp?: Case['tlp']; for?: string }, command: Command) => {
      const given = { ...options, ...(who === undefined ? {} : { assignee: who === '-' ? null : who }) }
      if (Object.keys(given).length === 0) throw new SluiceError('usage', 'say what to set: --title, --severity, --tlp or --for')
      return atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: Object.entries(given).map(([key, value]) => `${key}: ${value ?? 'nobody'}`).join(', '), fact: { kind: 'set', ...given } }))
    })
}

function close(group: Command, surroundings: Surroundings): void {
  group.command('close <case>').description('close it').addOption(new Option('--outcome <outcome>', 'how it ended').choices(outcome.options).makeOptionMandatory()).requiredOption('--because <reason>')
    .action((id: string, { outcome: end, because }: { outcome: NonNullable<Case['outcome']>; because: string }, command: Command) =>
      atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: because, fact: { kind: 'closed', outcome: end } })))
}

function reopen(group: Command, surroundings: Surroundings): void {
  group.command('reopen <case>').description('open it again').requiredOption('--because <reason>').action((id: string, { because }: { because: string }, command: Command) =>
    atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: because, fact: { kind: 'reopened' } })))
}

function relate(group: Command, surroundings: Surroundings): void {
  group.command('relate <case> <other>').description('tie it to another case').addOption(new Option('--as <relation>').choices(['same-actor', 'same-campaign', 'duplicate', 'follows', 'related']).default('related'))
    .action((id: string, other: string, { as }: { as: 'related' }, command: Command) =>
      atDesk(command, surroundings, {}, (desk, printer) => tell(desk, printer, { id, says: `${as}: ${other}`, fact: { kind: 'related', case: other, relation: as } })))
}
