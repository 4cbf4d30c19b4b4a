import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { ExchangeAnswer } from '../api/exchange-schemas.ts'
import type { Answer } from '../api/schemas.ts'
import { duration } from '../config/values.ts'
import { SluiceError } from '../core/errors.ts'
import { FEED_KINDS, isUrl } from '../intel/sync/feeds.ts'
import type { FeedKind } from '../intel/sync/feeds.ts'
import { TLP_WORDS } from '../intel/tlp.ts'
import type { Tlp } from '../intel/tlp.ts'
import { EXPORT_FORMATS } from '../intel/write/formats.ts'
import type { ExportFormat } from '../intel/write/formats.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Printer } from './print.ts'
import { since } from './words.ts'

/** Advisories and indicators in and out. */
export const feed: AddCommand = (program, surroundings, done) => {
  const group = program.command('feed').description('advisories and indicators: import them, keep feeds in sync, export what this gate knows')
  importing(group, surroundings)
  kept(group, surroundings)
  syncing(group, surroundings, done)
  exporting(group, surroundings)
}

const tlpOption = (flags: string, says: string, choices: readonly string[] = TLP_WORDS): Option => new Option(flags, says).choices([...choices])

function importing(group: Command, surroundings: Surroundings): void {
  group.command('import <path>')
    .description('import a file or folder once: OSV, STIX 2.1, MISP, CSV, package URLs, told apart by content; again and again, nothing is stored twice')
    .addHelpText('after', '\nRecords whose id begins with MAL-, and packages in lists, STIX and MISP, make versions malicious: they are quarantined. Other OSV\nrecords are vulnerabilities; policy says what they do. A file that is damaged as a whole changes nothing.\n\nExamples:\n  sluice feed import malicious-packages/osv\n  sluice feed import bad-packages.csv')
    .action(async (path: string, _options: object, command: Command) => {
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const report = await desk.importFeed(path, (read) => printer.progress(`${count(read, 'record')} read`))
        if (printer.wantsJson) return printer.json(report)
        printer.lines(told(report))
        skipped(report, printer)
      })
    })
}

const told = ({ imported, updated, unchanged, withdrawn, indicators, skippedTotal }: Answer<'feed'>): string =>
  `${count(imported, 'record')} imported, ${updated} updated, ${unchanged} known before, ${withdrawn} withdrawn, ${skippedTotal} skipped${indicators > 0 ? `; ${count(indicators, 'indicator')} new or changed` : ''}`

function skipped({ skipped: all, skippedTotal }: Answer<'feed'>, printer: Printer): void {
  for (const one of all.slice(0, 10)) printer.note(`skipped ${plain(one.file)}: ${plain(one.reason)}`)
  if (skippedTotal > 10) printer.note(`and ${skippedTotal - 10} more; --json lists them`)
}

function kept(group: Command, surroundings: Surroundings): void {
  group.command('add <name> <place>')
    .description('keep a feed in sync: a URL, or a file or folder on this machine')
    .addOption(new Option('--format <format>', 'osv (all.zip and modified_id.csv), gate (/api/v1/feed/osv of another Sluice), misp, file; else told by looking').choices([...FEED_KINDS]))
    .addOption(tlpOption('--tlp <word>', 'TLP of what does not say itself').default('clear'))
    .option('--every <time>', 'how often to look', '1h')
    .addHelpText('after', '\nA feed that wants a password is named in sluice.yaml, under feeds.\n\nExamples:\n  sluice feed add malicious-packages /srv/malicious-packages/osv\n  sluice feed add osv-npm https://feeds.acme.example/osv/npm/\n  sluice feed add gate https://sluice.acme.example/api/v1/feed/osv')
    .action(async (name: string, place: string, options: { format?: FeedKind; tlp: Tlp; every: string }, command: Command) => {
      const every = duration().safeParse(options.every)
      if (!every.success) throw new SluiceError('usage', `--every ${plain(options.every, 40)} is no time`, { hint: 'write 30min, 1h, 1d' })
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const added = await desk.exchange.addFeed({ name, location: isUrl(place) ? place : resolve(place), format: options.format ?? null, tlp: options.tlp, every: every.data })
        if (printer.wantsJson) printer.json(added)
        else printer.lines(`${printer.paint.bold(plain(added.name))} is kept in sync from now on; sluice feed sync ${plain(added.name)} reads it now`)
      })
    })
  group.command('list').description('feeds, how far each was read, and what is wrong with it').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.exchange.feeds()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('No feed is kept in sync yet: sluice feed add NAME PLACE, or feeds in sluice.yaml.')
      printer.table(['feed', 'kind', 'tlp', 'read', 'next look', 'last news', 'place'], all.map((one) => rowOf(one, printer)))
      for (const { name, state: { problem, failures } } of all) if (problem !== null) printer.lines(printer.paint.yellow(`  ${plain(name)}: ${plain(problem, 300)} (${count(failures, 'try', 'tries')}); what was read before stays`))
    })
  })
  group.command('remove <name>').description('read a feed no more; what was read of it stays').action(async (name: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      await desk.exchange.removeFeed(name)
      if (printer.wantsJson) printer.json({ removed: true })
      else printer.lines(`${plain(name)} is read no more`)
    })
  })
}

function rowOf({ name, location, format, tlp, state }: ExchangeAnswer<'feeds'>[number], { paint }: Printer): string[] {
  const read = state.okAt === null ? paint.yellow('never') : state.problem === null ? paint.green(moment(state.okAt)) : paint.red(moment(state.okAt))
  const { last } = state
  return [plain(name), state.kind ?? format ?? '-', tlp, read, state.nextAt === null ? 'now' : moment(state.nextAt), last === null ? '-' : `${moment(last.at)}: ${last.imported} new, ${last.updated} changed, ${last.withdrawn} withdrawn`, plain(location, 80)]
}

function syncing(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('sync [name]')
    .description('read a feed now, or all of them; exits with 1 where one could not be read')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const all = await desk.exchange.sync(name, (feed, read) => printer.progress(`${plain(feed)}: ${count(read, 'record')} read`))
        if (all.some(({ problem }) => problem !== null)) done(1)
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) printer.note('No feed is kept in sync yet: sluice feed add NAME PLACE, or feeds in sluice.yaml.')
        for (const { name, report, problem, hint, elapsedMs } of all) {
          if (report) {
            printer.lines(`${printer.paint.bold(plain(name))}: ${told(report)} (${(elapsedMs / 1_000).toFixed(1)} s)`)
            skipped(report, printer)
          } else {
            printer.lines(`${printer.paint.bold(plain(name))}: ${printer.paint.red('not read')}: ${plain(problem ?? '', 300)}; what was read before stays`)
            if (hint !== null) printer.note(`  ${plain(hint, 300)}`)
          }
        }
      })
    })
}

function exporting(group: Command, surroundings: Surroundings): void {
  group.command('export')
    .description('what this gate found malicious or took back, and the indicators people entered, for others')
    .addOption(new Option('--format <format>', 'osv, submission (OpenSSF malicious-packages), stix, misp (a static feed), csv, purl').choices([...EXPORT_FORMATS]).makeOptionMandatory())
    .option('--since <when>', 'only what changed from then on: 7d, 2030-01-31')
    .addOption(tlpOption('--max-tlp <word>', 'the most confidential that goes out; red never does (default: green; a submission is public: clear)', ['clear', 'green', 'amber', 'amber+strict']))
    .option('--out <dir>', 'write files there; else a single file goes to standard output')
    .addHelpText('after', '\nExamples:\n  sluice feed export --format stix --max-tlp amber > bundle.json\n  sluice feed export --format misp --out /srv/www/misp\n  sluice feed export --format submission --max-tlp green --out malicious-packages')
    .action(async ({ format, since: when, maxTlp, out }: { format: ExportFormat; since?: string; maxTlp?: Tlp; out?: string }, command: Command) => {
      const from = when === undefined ? undefined : since(when)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.exchange.export(format, { since: from, most: maxTlp })
        if (found.kept > 0) printer.note(`${count(found.kept, 'item')} stay here: more confidential than ${maxTlp ?? (format === 'submission' ? 'clear' : 'green')} (--max-tlp)`)
        if (out !== undefined) {
          await write(out, found.files)
          if (printer.wantsJson) printer.json({ items: found.items, kept: found.kept, files: found.files.map(({ path }) => path) })
          else printer.lines(`${count(found.items, 'item')} in ${count(found.files.length, 'file')} in ${plain(out)}`)
          return
        }
        if (printer.wantsJson) return printer.json(found)
        if (format === 'osv') return printer.lines(...found.files.map(({ text }) => JSON.stringify(JSON.parse(text))))
        const [first] = found.files
        if (format === 'misp' || format === 'submission') throw new SluiceError('usage', `${format} is many files`, { hint: 'say where to put them with --out DIR' })
        if (first) printer.lines(first.text.trimEnd())
        if (found.files.length > 1) printer.note(`packages only; --out DIR writes ${found.files.slice(1).map(({ path }) => path).join(', ')}, too`)
      })
    })
}

/** Paths hold names of packages: none leads out of the folder. */
async function write(out: string, files: readonly { path: string; text: string }[]): Promise<void> {
  const root = resolve(out)
  for (const { path, text } of files) {
    const file = resolve(join(root, path))
    if (!file.startsWith(root + sep)) throw new SluiceError('usage', `${plain(path)} would lie outside of ${plain(out)}`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}
