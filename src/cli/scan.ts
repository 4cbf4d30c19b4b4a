import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { unscanned } from '../admission/scan.ts'
import type { Answer } from '../api/schemas.ts'
import { wire } from '../api/wire.ts'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { configOptions, globalsOf } from './at-desk.ts'
import type { Globals } from './at-desk.ts'
import { localDesk } from './local.ts'
import type { Opened, Surroundings } from './opened.ts'
import { count, createPrinter, plain, shade } from './print.ts'
import type { Paint, Printer } from './print.ts'
import { remoteDesk } from './remote.ts'
import { sarif } from './sarif.ts'

type Report = Answer<'scan'>
type Options = { format?: 'human' | 'json' | 'sarif'; failOn: 'suspicious' | 'malicious'; ecosystem?: EcosystemId; file?: string }

/** Examines packages before anybody installs them. */
export function scan(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('scan <targets...>')
    .description('examine archives, folders or packages by name; nothing of them is ever run')
    .addOption(new Option('--format <format>', 'how to print what was found (--json is --format json)').choices(['human', 'json', 'sarif']))
    .addOption(new Option('--fail-on <level>', 'exit with 1 from this level on').choices(['suspicious', 'malicious']).default('malicious'))
    .addOption(new Option('--ecosystem <ecosystem>', 'what local targets are, where their files do not tell').choices(['npm', 'pypi', 'go']))
    .option('--file <name>', 'of a version with many files, only this one')
    .addHelpText('after', `
A target is an archive (.tgz, .tar.gz, .whl, .zip), a folder, npm:name@version, pypi:name==version, go:module@version or
a purl. Names are fetched and judged as the gate does it, and the verdict stays in the data folder for the gate to use;
where there is no data folder, it goes with the command. Of a folder, node_modules and version control are left out.

Exit codes: 0 nothing at or above --fail-on, 1 found, 2 could not be judged or bad usage.

Examples:
  sluice scan ./left-pad-1.3.0.tgz
  sluice scan npm:left-pad@1.3.0 --fail-on suspicious --format sarif > left-pad.sarif`)
    .action(async (targets: string[], options: Options, command: Command) => {
      const globals = globalsOf(command)
      const format = options.format ?? (globals.json ? 'json' : 'human')
      const printer = createPrinter(surroundings, format !== 'human')
      const reports = await examineAll(targets, { options, globals, surroundings, printer })
      if (format === 'json') printer.json(reports)
      else if (format === 'sarif') printer.json(sarif(reports))
      else for (const report of reports) print(report, printer)
      done(exitCode(reports, options.failOn))
    })
}

function exitCode(reports: readonly Report[], failOn: Options['failOn']): number {
  const found = reports.some(({ level }) => level === 'malicious' || (level === 'suspicious' && failOn === 'suspicious'))
  return found ? 1 : reports.some(({ level }) => level === 'undetermined') ? 2 : 0
}

interface Examination { options: Options; globals: Globals; surroundings: Surroundings; printer: Printer }

async function examineAll(targets: readonly string[], { options, globals, surroundings, printer }: Examination): Promise<Report[]> {
  const named = targets.some(isName)
  const needsFolder = globals.server === undefined || !targets.every(isName)
  const folder = needsFolder ? await openFolder(globals, surroundings, named && globals.server === undefined) : null
  const desk = globals.server === undefined ? folder && localDesk(folder.opened) : remoteDesk(globals.server, surroundings.env['SLUICE_TOKEN']?.trim() || null)
  const reports: Report[] = []
  try {
    for (const [index, target] of targets.entries()) {
      const shown = targets.length > 1 ? `${target} (${index + 1} of ${targets.length})` : target
      printer.progress(`examining ${shown}`)
      try {
        if (isName(target)) {
          reports.push(await (desk as NonNullable<typeof desk>).scan(target, { file: options.file, progress: (says) => printer.progress(`examining ${shown}: ${says}`) }))
          continue
        }
        const { report, left } = await (folder as Folder).opened.app.operator.scanLocal(target, resolve(target), options.ecosystem ?? null)
        reports.push(wire(report))
        if (left.length > 0) printer.note(`${plain(target)}: not looked at: ${left.slice(0, 8).map((path) => plain(path, 80)).join(', ')}${left.length > 8 ? ` and ${left.length - 8} more` : ''}`)
      } catch (thrown) {
        if (!(thrown instanceof SluiceError) || (thrown.code === 'usage' && targets.length === 1)) throw thrown
        reports.push(wire(unscanned(target, thrown)))
        if (printer.wantsJson) printer.note(`sluice: ${plain(target)}: ${plain(thrown.message, 500)}`)
        if (thrown.hint) printer.note(`  ${plain(target)}: ${plain(thrown.hint, 500)}`)
      }
    }
  } finally {
    printer.progress('')
    await folder?.close()
  }
  return reports
}

const isName = (target: string): boolean => /^(?:npm|pypi|go|pkg):/.test(target)

interface Folder { opened: Opened; close(): Promise<void> }

/** The data folder there is; without one a passing folder, so that a scan leaves nothing behind where no gate lives. */
async function openFolder(globals: Globals, surroundings: Surroundings, upstreams: boolean): Promise<Folder> {
  const options = configOptions(globals)
  const { data } = surroundings.configure(options)
  const passing = globals.data === undefined && !existsSync(join(data, 'sluice.db')) ? await mkdtemp(join(tmpdir(), 'sluice-scan-')) : null
  const clean = async (): Promise<void> => {
    if (passing !== null) await rm(passing, { recursive: true, force: true })
  }
  try {
    const opened = await surroundings.open({ ...options, quiet: true, upstreams, overrides: passing === null ? options.overrides : { data: passing } })
    return { opened, close: () => opened.app.close().finally(clean) }
  } catch (thrown) {
    await clean()
    throw thrown
  }
}

function print(report: Report, printer: Printer): void {
  const { paint } = printer
  const what = report.findings.length > 0 ? `, ${count(report.findings.length, 'finding')}` : ''
  printer.lines(`${paint.bold(plain(report.target, 300))}  ${shade(paint, report.level)}  ${paint.dim(`score ${report.score}${what}, ${(report.elapsedMs / 1000).toFixed(1)} s`)}`)
  for (const finding of report.findings) printer.lines(...findingLines(finding, paint))
  for (const line of report.missing.slice(0, 10)) printer.lines(`  ${paint.yellow('?')} not examined: ${plain(line, 300)}`)
  if (report.missing.length > 10) printer.lines(`  ${paint.yellow('?')} and ${report.missing.length - 10} more`)
}

function findingLines({ title, severity, detector, evidence }: Report['findings'][number], paint: Paint): string[] {
  const mark = severity === 'critical' || severity === 'high' ? paint.red('✗') : paint.yellow('!')
  return [
    `  ${mark} ${plain(title, 300)} ${paint.dim(`(${detector}, ${severity})`)}`,
    ...evidence.slice(0, 5).flatMap(({ file, lines, excerpt, says }) => [
      `      ${paint.dim(plain(lines[0] > 0 ? `${file}:${lines[0]}` : file, 200))}  ${plain(says, 300)}`,
      ...(excerpt === '' ? [] : [`        ${plain(excerpt, 160)}`]),
    ]),
  ]
}
