import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { DownloadsAnswer } from '../api/downloads-schemas.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { By } from '../downloads/table.ts'
import { countryName } from '../report/countries.ts'
import { atDesk } from './at-desk.ts'
import type { AskedAbout } from './downloads-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, moment, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'
import { since, wanted } from './words.ts'

type Read = DownloadsAnswer<'read'>
type Row = Read['countries'][number]

const BY: readonly By[] = ['class', 'country', 'client', 'day', 'package', 'caller']
const MOST = 40

/** Who received what, told apart: mirrors, scanners, builds, people. */
export function downloads(program: Command, surroundings: Surroundings): void {
  const group = program.command('downloads').description('who received a package, told apart: mirrors, scanners, builds, people; and how many may have run it')
  asking(group.command('show [package-or-digest]', { isDefault: true }).description('of a package, bytes, a campaign or a period'))
    .addOption(new Option('--by <what>', 'which table').choices(BY).default('class'))
    .option('--csv', 'that table as CSV')
    .addHelpText('after', '\nExamples:\n  sluice downloads pypi:requests==2.32.0\n  sluice downloads --campaign 7f3a --by country\n  sluice downloads --since 7d --by caller --csv')
    .action(async (what: string | undefined, options: AskOptions & { by: By; csv?: boolean }, command: Command) => {
      const about = await aboutOf(what, options)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const progress = (lines: number): void => printer.progress(`${count(lines, 'line')} of the ledger read`)
        if (options.csv) return printer.lines((await desk.downloads.csv({ ...about, progress }, options.by)).replace(/\r\n$/, '\r'))
        const found = await desk.downloads.read({ ...about, progress })
        if (printer.wantsJson) printer.json(found)
        else show(found, options.by, printer)
      })
    })
  importing(group, surroundings)
  group.command('update-countries <file-or-url>').description('read countries from a newer database (MaxMind\'s format, .mmdb)').action(async (from: string, _options: object, command: Command) => {
    const wantedFrom = /^https?:\/\//.test(from) ? from : await bytesOf(from)
    await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
      const made = await desk.downloads.updateCountries(wantedFrom)
      if (printer.wantsJson) printer.json(made)
      else printer.lines(`Countries are read from ${plain(made.file)} from now on, as of ${made.asOf.slice(0, 10)}.`)
    })
  })
}

export interface AskOptions { campaign?: string; since?: string; until?: string; from?: string; ecosystem?: EcosystemId }

/** The options by which deliveries are asked about. */
export const asking = (command: Command): Command => command
  .option('--campaign <id>', 'every package of a campaign')
  .option('--since <when>', 'only from then on: 7d, 2030-01-31')
  .option('--until <when>', 'only before: 24h, 2030-01-31')
  .option('--from <file>', 'read a table of others (CSV, JSON lines) instead of the ledger')
  .addOption(new Option('--ecosystem <registry>', 'of rows of that table that name none').choices(['npm', 'pypi', 'go']).default('pypi'))

/** Throws `usage`. */
export async function aboutOf(what: string | undefined, { campaign, since: from, until, from: file, ecosystem = 'pypi' }: AskOptions): Promise<AskedAbout> {
  return {
    ...(what === undefined ? {} : wanted(what)),
    ...(campaign === undefined ? {} : { campaign }),
    ...(from === undefined ? {} : { since: since(from) }),
    ...(until === undefined ? {} : { until: since(until, '--until') }),
    ...(file === undefined ? {} : { table: { text: (await bytesOf(file)).toString('utf8'), source: basename(file), ecosystem } }),
  }
}

function importing(group: Command, surroundings: Surroundings): void {
  group.command('import <file>').description('count downloads elsewhere, too: a public table (CSV, JSON lines), one row a download or with their number')
    .option('--source <name>', 'what to call it; a table of that name is replaced (else the file\'s name)')
    .addOption(new Option('--ecosystem <registry>', 'of rows that name none').choices(['npm', 'pypi', 'go']).default('pypi'))
    .addHelpText('after', '\nColumns: timestamp, country_code, project, file.version, details.installer.name, details.installer.version, details.ci, …;\nflattened or short names (installer, version, num_downloads) do, too.')
    .action(async (file: string, { source, ecosystem }: { source?: string; ecosystem: EcosystemId }, command: Command) => {
      const text = (await bytesOf(file)).toString('utf8')
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const made = await desk.downloads.import(text, { source: source ?? basename(file), ecosystem })
        if (printer.wantsJson) return printer.json(made)
        printer.lines(`${count(made.downloads, 'download')} in ${count(made.rows, 'row')} of ${plain(made.source)}, ${made.first ? `${moment(made.first)} to ${moment(made.last ?? made.first)}` : ''}.`)
      })
    })
  group.command('imports').description('tables that were imported').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.downloads.imports()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('No table was imported yet. sluice downloads import FILE reads one.')
      printer.table(['source', 'downloads', 'rows', 'first', 'last', 'by', 'imported'], all.map((one) => [
        plain(one.source, 60), one.downloads.toLocaleString('en'), one.rows.toLocaleString('en'), one.first ? moment(one.first) : '-', one.last ? moment(one.last) : '-', plain(one.by, 40), moment(one.at),
      ]))
    })
  })
  group.command('forget <source>').description('take such a table out again').action(async (source: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      await desk.downloads.forget(source)
      if (printer.wantsJson) printer.json({ removed: true })
      else printer.lines(`${plain(source)} is counted no more.`)
    })
  })
}

/** Throws `usage`. */
async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new SluiceError('usage', `cannot read ${plain(file)}: ${sentence(cause)}`, { cause })
  }
}

const NAMES: Readonly<Record<string, string>> = { person: 'people, likely', ci: 'builds (CI)', unknown: 'unknown', mirror: 'mirrors, proxies', scanner: 'scanners, indexes' }

function show(found: Read, by: By, printer: Printer): void {
  const { paint } = printer
  if (found.deliveries === 0) {
    printer.note(`Nobody received ${found.about === 'all packages' ? 'any package' : plain(found.about)}${found.documents > 0 ? `; ${count(found.documents, 'document')} beside it were read` : ''}. sluice trace --denied shows who was refused it.`)
    return
  }
  const { least, most, says } = found.interval
  printer.lines(`${paint.bold(plain(found.about))}  ${count(found.deliveries, 'delivery', 'deliveries')}, ${moment(found.first ?? '')} to ${moment(found.last ?? '')}`)
  printer.lines(`May have run it: ${paint.bold(`${least.toLocaleString('en')} to ${most.toLocaleString('en')}`)}`, '')
  table(found, by, printer)
  printer.lines('', ...says.flatMap((one) => wrap(one, printer.width - 2).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`))))
  if (found.documents > 0) printer.lines(`- ${count(found.documents, 'document')} beside a package (metadata) were read besides; nobody has a package of them.`)
  if (found.sources.length > 0) printer.lines(`- Also counted elsewhere: ${found.sources.map((one) => plain(one, 60)).join(', ')}.`)
  if (by === 'country') printer.lines(`- Countries are where an address is registered or said to be used, as of ${found.countriesAsOf.slice(0, 10)}: a picture, no proof.`)
  if (!found.complete) printer.note('There is more than is listed.')
}

function table(found: Read, by: By, printer: Printer): void {
  if (by === 'class') {
    printer.table(['class', 'deliveries', 'callers', 'mostly because'], (['person', 'ci', 'unknown', 'mirror', 'scanner'] as const).map((kind) => [
      NAMES[kind] ?? kind, found.classes[kind].deliveries.toLocaleString('en'), found.classes[kind].callers.toLocaleString('en'),
      plain(found.reasons.filter((one) => one.class === kind).slice(0, 2).map(({ because, deliveries }) => `${because} (${deliveries})`).join(', ') || '-', 100),
    ]))
    return
  }
  if (by === 'caller') {
    if (found.receivers.length === 0) return printer.note('None of them can be named: tables of others name nobody, and who asked here was not told or is forgotten.')
    printer.table(['who', 'with', 'class', 'because', 'country', 'times', 'first', 'last'], found.receivers.slice(0, 200).map((one) => [
      plain([one.user ?? one.token, one.host, one.address].filter((part) => part !== null).join(' at '), 60) || 'unknown', plain(one.client, 40), one.class, plain(one.because, 60),
      one.country ?? '-', String(one.deliveries), moment(one.first), moment(one.last),
    ]))
    if (found.receivers.length > 200) printer.note(`${found.receivers.length - 200} more; --csv and --json have them.`)
    return
  }
  const rows: readonly Row[] = { country: found.countries, client: found.clients, day: found.days, package: found.packages }[by]
  const shown = rows.slice(by === 'day' ? -MOST : 0, by === 'day' ? undefined : MOST)
  printer.table([by, 'deliveries', 'people', 'CI', 'unknown', 'mirrors', 'scanners'], shown.map(({ value, deliveries, classes }) => [
    by === 'country' ? countryName(value) : plain(value, 80), deliveries.toLocaleString('en'), ...(['person', 'ci', 'unknown', 'mirror', 'scanner'] as const).map((kind) => (classes[kind] === 0 ? '-' : classes[kind].toLocaleString('en'))),
  ]))
  if (rows.length > shown.length) printer.note(`${rows.length - shown.length} more; --csv and --json have them.`)
}
