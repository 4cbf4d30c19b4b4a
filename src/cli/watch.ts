import type { Command } from 'commander'
import type { WatchAnswer } from '../api/watch-schemas.ts'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { messageOf } from '../monitor/digest.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Paint, Printer } from './print.ts'
import { since } from './words.ts'

/** The watch over the registries: how far it is, whom it watches, what it raised. */
export const watch: AddCommand = (program, surroundings) => {
  const group = program.command('watch').description('the watch over the registries: its feeds, alarms, and the uploaders it watches')
  status(group, surroundings)
  actors(group, surroundings)
  alarms(group, surroundings)
  digest(group, surroundings)
}

function status(group: Command, surroundings: Surroundings): void {
  group.command('status').description('what is followed, how far it is, and what waits').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.watch.status()
      if (printer.wantsJson) return printer.json(found)
      const { paint } = printer
      if (!found.on) printer.note('The watch is switched off: watch.mode in sluice.yaml.')
      if (found.feeds.length === 0) {
        if (found.on) printer.note('No feed was read yet: the watch begins with sluice up.')
      } else {
        printer.table(['registry', 'feed', 'state', 'behind', 'events', 'last read'], found.feeds.map((feed) => [
          feed.ecosystem, plain(feed.feed ?? '-', 60), stateOf(feed.state, paint), feed.lagMs === null ? '-' : span(feed.lagMs), feed.events.toLocaleString('en'), feed.lastReadAt === null ? '-' : moment(feed.lastReadAt),
        ]))
        for (const { ecosystem, problem, chosenBecause, feed } of found.feeds) {
          if (problem !== null) printer.lines(paint.yellow(`  ${ecosystem}: ${plain(problem, 300)}`))
          else if (feed === null || feed === 'polling') printer.lines(paint.dim(`  ${ecosystem}: ${plain(chosenBecause, 300)}`))
        }
      }
      const waiting = Object.values(found.waiting).reduce((sum, one) => sum + one, 0)
      printer.lines('', `${count(waiting, 'package')} to look into${found.dropped > 0 ? paint.yellow(`, ${found.dropped.toLocaleString('en')} left out: no room, or their registry did not answer`) : ''}`)
      if (found.ahead) printer.lines(`${count(found.ahead.waiting, 'package')} to examine ahead of demand, ${found.ahead.perMinute} a minute at most, ${found.ahead.used} so far`)
      printer.lines(`names protected: ${Object.entries(found.names).map(([ecosystem, one]) => `${ecosystem} ${one.popular.toLocaleString('en')}${one.imported ? '' : ' built in'}${one.private > 0 ? ` and ${one.private} private` : ''}`).join(', ')}`)
      printer.lines(`${count(found.openAlarms, 'open alarm')}, ${count(found.campaigns, 'campaign')}, ${count(found.watched, 'watched uploader')}`)
    })
  })
}

const stateOf = (state: string, { green, yellow, red }: Paint): string =>
  (state === 'following' ? green(state) : state === 'lying' || state === 'unreachable' ? red(state) : yellow(state))

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 1 ? 'now' : minutes < 120 ? `${minutes} min` : minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`
}

function actors(group: Command, surroundings: Surroundings): void {
  group.command('add <actor>')
    .description('watch an uploader: npm:ACCOUNT, pypi:ACCOUNT, go:github.com/OWNER, or an address of mail; every later upload is looked at first')
    .requiredOption('--because <reason>', 'why; alarms say it')
    .addHelpText('after', '\nExample:\n  sluice watch add pypi:somebody --because "uploaded 354 packages in four days"')
    .action(async (written: string, { because }: { because: string }, command: Command) => {
      const actor = actorOf(written)
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const entry = await desk.watch.watch({ ...actor, because })
        if (printer.wantsJson) printer.json(entry)
        else printer.lines(`${printer.paint.bold(plain(`${entry.ecosystem}:${entry.actor}`))} is watched: ${plain(entry.because)}`)
      })
    })
  group.command('remove <actor>').description('watch an uploader no more').action(async (written: string, _options: object, command: Command) => {
    const { ecosystem, actor } = actorOf(written)
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      if (!(await desk.watch.unwatch(ecosystem, actor))) throw new SluiceError('not-found', `${plain(written, 80)} is not watched`, { hint: 'sluice watch list shows who is' })
      if (printer.wantsJson) printer.json({ removed: true })
      else printer.lines(`${plain(`${ecosystem}:${actor}`)} is watched no more`)
    })
  })
  group.command('list').description('who is watched').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.watch.watched()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('Nobody is watched yet: sluice watch add, or sluice campaigns actors for who should be.')
      printer.table(['uploader', 'since', 'by', 'because'], all.map((one) => [plain(`${one.ecosystem}:${one.actor}`), moment(one.at), plain(one.by), plain(one.because)]))
    })
  })
}

/** `pypi:somebody`; a bare address of mail is watched at every registry, whichever stands before it. */
function actorOf(written: string): { ecosystem: EcosystemId; actor: string } {
  const [, ecosystem, actor] = /^(npm|pypi|go):(.+)$/.exec(written.trim()) ?? []
  if (ecosystem !== undefined && actor !== undefined) return { ecosystem: ecosystem as EcosystemId, actor }
  if (/^[^@\s]+@[^@\s]+$/.test(written.trim())) return { ecosystem: 'npm', actor: written.trim() }
  throw new SluiceError('usage', `not an uploader: ${plain(written, 80)}`, { hint: 'write npm:ACCOUNT, pypi:ACCOUNT, go:github.com/OWNER or an address of mail' })
}

function alarms(group: Command, surroundings: Surroundings): void {
  group.command('alarms')
    .description('what the watch raised, the latest first')
    .option('--all', 'closed ones, too')
    .option('--since <when>', 'only what changed from then on: 7d, 2030-01-31')
    .action(async ({ all = false, since: when }: { all?: boolean; since?: string }, command: Command) => {
      const from = when === undefined ? undefined : since(when)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.watch.alarms({ open: !all, since: from })
        if (printer.wantsJson) return printer.json(found)
        if (found.length === 0) return printer.note(all ? 'Nothing was raised yet.' : 'No open alarms.')
        found.forEach((one, at) => showAlarm(one, printer, at === 0))
      })
    })
  group.command('close <alarm>').description('an alarm is dealt with; what goes on becomes a new one').action(async (id: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      if (!(await desk.watch.closeAlarm(id))) throw new SluiceError('not-found', `there is no open alarm ${plain(id, 60)}`, { hint: 'sluice watch alarms lists them' })
      if (printer.wantsJson) printer.json({ closed: true })
      else printer.lines('Closed.')
    })
  })
}

function showAlarm(alarm: WatchAnswer<'alarms'>[number], { paint, lines, width }: Printer, first: boolean): void {
  const severity = alarm.severity === 'critical' || alarm.severity === 'high' ? paint.red(alarm.severity) : paint.yellow(alarm.severity)
  if (!first) lines('')
  lines(`${severity}  ${paint.bold(plain(alarm.title, width - 12))}${alarm.closedAt === null ? '' : paint.dim(' (closed)')}`)
  const latest = alarm.packages.at(-1)
  for (const signal of (latest?.signals ?? []).slice(0, 8)) lines(`  ${plain(signal, width - 4)}`)
  const names = alarm.packages.slice(-6).map(({ ecosystem, name, version }) => plain(`${ecosystem}:${name}${version === null ? '' : `@${version}`}`, 60))
  if (alarm.size > 1) lines(`  ${count(alarm.size, 'package')}: ${names.join(', ')}${alarm.size > names.length ? ', …' : ''}`)
  lines(paint.dim(`  since ${moment(alarm.openedAt)}${alarm.campaign === null ? '' : `, campaign ${alarm.campaign}`}; sluice watch close ${alarm.id}`))
}

function digest(group: Command, surroundings: Surroundings): void {
  group.command('digest')
    .description('the alarms of a time as a mail')
    .option('--since <when>', 'from when on', '24h')
    .option('--eml', 'as a message that sendmail -t takes')
    .option('--to <address>', 'who gets it')
    .option('--from <address>', 'who sends it')
    .addHelpText('after', '\nExample, once a day:\n  sluice watch digest --since 24h --eml --to security@acme.example --from sluice@acme.example | sendmail -t')
    .action(async (options: { since: string; eml?: boolean; to?: string; from?: string }, command: Command) => {
      const from = since(options.since)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.watch.digest(from)
        if (printer.wantsJson) printer.json(found)
        else if (options.eml) printer.lines(messageOf(found, { to: options.to ?? null, from: options.from ?? null, at: new Date() }).trimEnd())
        else printer.lines(found.subject, '', found.text.trimEnd())
      })
    })
}
