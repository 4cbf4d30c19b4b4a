import type { Command } from 'commander'
import { Option } from 'commander'
import type { Answer } from '../api/schemas.ts'
import { globalsOf } from './globals.ts'
import type { Surroundings } from './opened.ts'
import { createPrinter } from './print.ts'
import type { ScanOptions } from './scanning.ts'

type Options = ScanOptions & { format?: 'human' | 'json' | 'sarif'; failOn: 'suspicious' | 'malicious'; all?: boolean; explain?: string | true }

/** Examines packages before anybody installs them. */
export function scan(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('scan [targets...]')
    .description('examine archives, folders, installed trees or packages by name; nothing of them is ever run')
    .addOption(new Option('--format <format>', 'how to print what was found (--json is --format json)').choices(['human', 'json', 'sarif']))
    .addOption(new Option('--fail-on <level>', 'exit with 1 from this level on').choices(['suspicious', 'malicious']).default('malicious'))
    .addOption(new Option('--ecosystem <ecosystem>', 'what local targets are, where their files do not tell').choices(['npm', 'pypi', 'go']))
    .option('--file <name>', 'of a version with many files, only this one')
    .option('--all', 'print everything that was found, of clean targets as well')
    .option('--explain [detector]', 'print why a detector looks for what it finds, or list all detectors, and examine nothing')
    .addHelpText('after', `
A target is an archive (.tgz, .tar.gz, .whl, .zip), a folder, npm:name@version, pypi:name==version, go:module@version or
a purl. Names are fetched and judged as the gate does it, and the verdict stays in the data folder for the gate to use;
where there is no data folder, it goes with the command. Of a folder, node_modules and version control are left out.

A folder of installed packages is one target for each of them: node_modules (nested, scoped, pnpm's store), site-packages
(each distribution by its RECORD, and the files that belong to none), Go's module cache (folders and zips).

Exit codes: 0 nothing at or above --fail-on, 1 found, 2 could not be judged or bad usage.

Examples:
  sluice scan ./left-pad-1.3.0.tgz
  sluice scan node_modules --fail-on suspicious
  sluice scan npm:left-pad@1.3.0 --format sarif > left-pad.sarif`)
    .action(async (targets: string[], options: Options, command: Command) => {
      const globals = globalsOf(command)
      const format = options.format ?? (globals.json ? 'json' : 'human')
      const printer = createPrinter(surroundings, format !== 'human')
      if (options.explain !== undefined) {
        const { explain } = await import('./explain.ts')
        done(explain(options.explain === true ? null : options.explain, printer))
        return
      }
      if (targets.length === 0) command.error("error: missing required argument 'targets'")
      const { examineAll } = await import('./scanning.ts')
      const scanned = await examineAll(targets, { options, globals, surroundings, printer })
      const reports = scanned.map(({ report }) => report)
      if (format === 'json') printer.json(reports)
      else if (format === 'sarif') printer.json((await import('./sarif.ts')).sarif(scanned))
      else (await import('./report.ts')).printReports(reports, printer, options.all === true)
      done(exitCode(reports, options.failOn))
    })
}

function exitCode(reports: readonly Answer<'scan'>[], failOn: Options['failOn']): number {
  const found = reports.some(({ level }) => level === 'malicious' || (level === 'suspicious' && failOn === 'suspicious'))
  return found ? 1 : reports.some(({ level }) => level === 'undetermined') ? 2 : 0
}
