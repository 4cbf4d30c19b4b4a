import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import type { WatchAnswer } from '../api/watch-schemas.ts'
import type { EcosystemId } from '../core/types.ts'
import { atDesk } from './at-desk.ts'
import { ecosystemOption } from './names.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Printer } from './print.ts'

/** Packages that belong together, and who stands behind them. */
export const campaigns: AddCommand = (program, surroundings) => {
  const group = program.command('campaigns').description('packages tied together by evidence, and the uploaders behind them')
  list(group, surroundings)
  show(group, surroundings)
  exported(group, surroundings)
  ruleOut(group, surroundings)
  actors(group, surroundings)
}

function list(group: Command, surroundings: Surroundings): void {
  group.command('list').description('campaigns, the one that changed last first')
    .option('--all', 'also packages that are tied but gave no reason for an alarm')
    .action(async ({ all = false }: { all?: boolean }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.watch.campaigns(all)
        if (printer.wantsJson) return printer.json(found)
        if (found.length === 0) return printer.note('No campaign was seen yet.')
        printer.table(['campaign', 'packages', 'malicious', 'since', 'last', 'because'], found.map((one) => [
          one.id, String(one.size), one.malicious > 0 ? printer.paint.red(String(one.malicious)) : '0', moment(one.foundedAt), moment(one.changedAt), plain(one.reasons[0]?.says ?? 'tied, and nothing more'),
        ]))
      })
    })
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <campaign>').description('members, what ties them, who published them').action(async (id: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.watch.campaign(id)
      if (printer.wantsJson) printer.json(found)
      else detail(found, printer)
    })
  })
}

function detail(found: WatchAnswer<'campaign'>, printer: Printer): void {
  const { paint, lines } = printer
  lines(`${paint.bold(found.id)}  ${count(found.size, 'package')}, ${found.malicious > 0 ? paint.red(`${found.malicious} malicious`) : '0 malicious'}, ${moment(found.foundedAt)} to ${moment(found.changedAt)}`)
  for (const { says } of found.reasons) lines(`  ${plain(says, 300)}`)
  if (found.targets.length > 0) lines(`  imitated: ${found.targets.slice(0, 20).map((name) => plain(name, 60)).join(', ')}${found.targets.length > 20 ? `, and ${found.targets.length - 20} more` : ''}`)
  if (found.shared.length > 0) {
    lines('', paint.dim('What ties them'))
    printer.table(['kind', 'value', 'packages', 'weight', 'since'], found.shared.slice(0, 15).map((one) => [one.kind, plain(one.value, 70), String(one.members), one.weight.toFixed(2), moment(one.since)]))
  }
  if (found.actors.length > 0) {
    lines('', paint.dim('Who published them'))
    printer.table(['uploader', 'packages'], found.actors.slice(0, 10).map((one) => [uploaderSays(one), String(one.members)]))
  }
  lines('', paint.dim('Members'))
  printer.table(['package', 'versions', 'first seen', 'verdict', 'imitates'], found.members.slice(0, 50).map((one) => [
    plain(`${one.ecosystem}:${one.name}`, 80), plain(one.versions.slice(-3).join(' '), 40), moment(one.firstSeen),
    one.malicious === null ? '-' : one.malicious ? paint.red('malicious') : paint.green('not malicious'), plain(one.imitates ?? '-', 60),
  ]))
  if (found.size > 50) printer.note(`and ${found.size - 50} more: sluice campaigns export ${found.id} --format csv`)
}

function exported(group: Command, surroundings: Surroundings): void {
  group.command('export <campaign>').description('everything known of a campaign, with every member')
    .addOption(new Option('--format <format>', 'csv: members as a table, in which no address leads anywhere').choices(['json', 'csv']).default('json'))
    .action(async (id: string, { format }: { format: string }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        if (format === 'csv' && !printer.wantsJson) printer.lines((await desk.watch.campaignCsv(id)).trimEnd())
        else printer.json(await desk.watch.exportCampaign(id))
      })
    })
}

function ruleOut(group: Command, surroundings: Surroundings): void {
  group.command('rule-out <kind> <value>').description('a value ties nothing (a shared template, a build service): whom only it tied leaves')
    .option('--because <reason>', 'why')
    .option('--undo', 'it counts again')
    .addHelpText('after', '\nKinds and values are those that campaigns show names; campaigns rulings lists what was ruled out.\n\nExample:\n  sluice campaigns rule-out file 3f2a… --because "the template of our generator" --server http://127.0.0.1:4880')
    .action(async (kind: string, value: string, { because, undo = false }: { because?: string; undo?: boolean }, command: Command) => {
      if (!undo && because === undefined) throw new SluiceError('usage', 'a ruling needs a reason', { hint: 'say why with --because "…"' })
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        if (undo) {
          await desk.watch.reinstate({ kind, value })
          return printer.wantsJson ? printer.json({ reinstated: true }) : printer.lines(`${plain(kind)} ${plain(value, 100)} counts again from now on.`)
        }
        const { freed } = await desk.watch.ruleOut({ kind, value, because: because ?? '' })
        if (printer.wantsJson) printer.json({ freed })
        else printer.lines(`${plain(kind)} ${plain(value, 100)} ties nothing from now on; ${count(freed, 'package')} held for it no more.`)
      })
    })
  group.command('rulings').description('what people said ties nothing').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.watch.rulings()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('Nothing was ruled out yet.')
      printer.table(['kind', 'value', 'since', 'by', 'because'], all.map((one) => [plain(one.kind), plain(one.value, 80), moment(one.at), plain(one.by), plain(one.because)]))
    })
  })
}

function actors(group: Command, surroundings: Surroundings): void {
  group.command('actors [uploader]').description('uploaders, those with the most malicious packages first; or one of them and what it published')
    .addOption(ecosystemOption('of one registry'))
    .action(async (uploader: string | undefined, { ecosystem }: { ecosystem?: EcosystemId }, command: Command) => {
      const wanted = uploader === undefined ? null : uploaderOf(uploader, ecosystem)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        if (wanted) return showUploader(await desk.watch.actor(wanted.ecosystem, wanted.actor), printer)
        const found = await desk.watch.actors(ecosystem)
        if (printer.wantsJson) return printer.json(found)
        if (found.length === 0) return printer.note('Nobody with a malicious package was seen yet.')
        printer.table(['uploader', 'malicious', 'packages', 'first seen', 'last seen', 'campaigns'], found.map((one) => [
          uploaderSays(one), printer.paint.red(String(one.malicious)), String(one.packages), moment(one.firstSeen), moment(one.lastSeen), one.campaigns.slice(0, 3).join(' ') || '-',
        ]))
      })
    })
}

/** Throws `usage`. */
function uploaderOf(written: string, ecosystem: EcosystemId | undefined): { ecosystem: EcosystemId; actor: string } {
  const [, prefix, actor] = /^(npm|pypi|go):(.+)$/.exec(written) ?? []
  if (prefix !== undefined && actor !== undefined) return { ecosystem: prefix as EcosystemId, actor }
  if (ecosystem) return { ecosystem, actor: written }
  throw new SluiceError('usage', `at which registry is ${plain(written, 80)}?`, { hint: 'write npm:ACCOUNT, pypi:ACCOUNT or go:github.com/OWNER, or add --ecosystem' })
}

function showUploader(one: WatchAnswer<'actor'>, printer: Printer): void {
  if (printer.wantsJson) return printer.json(one)
  printer.lines(`${printer.paint.bold(plain(`${one.ecosystem}:${one.actor}`))}  ${count(one.packages, 'package')}, ${one.malicious} malicious, ${moment(one.firstSeen)} to ${moment(one.lastSeen)}`)
  printer.table(['package', 'verdict', 'first seen', 'last seen'], one.uploads.map((upload) => [
    plain(upload.name, 80), upload.malicious ? printer.paint.red('malicious') : '-', moment(upload.firstSeen), moment(upload.lastSeen),
  ]))
}

/** Accounts are given out by registries; an address stands in metadata, where anybody can write anybody's. */
const uploaderSays = ({ ecosystem, actor }: { ecosystem: string; actor: string }): string =>
  `${plain(`${ecosystem}:${actor}`, 80)}${actor.includes('@') ? ' (as its packages say)' : ''}`
