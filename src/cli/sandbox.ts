import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { SluiceError } from '../core/errors.ts'
import type { BackendName } from '../sandbox/cell/backends.ts'
import type { PassName, PhaseName } from '../sandbox/record.ts'
import { globalsOf } from './globals.ts'
import type { Surroundings } from './opened.ts'
import { createPrinter, plain } from './print.ts'
import { runTarget } from './sandboxing.ts'
import { printRun, readings } from './sandbox-print.ts'

interface Options {
  format?: 'human' | 'json' | 'ossf'
  failOn: 'suspicious' | 'malicious'
  pass: readonly PassName[]
  phase: PhaseName
  time: number
  backend: BackendName | 'auto'
  ecosystem?: 'npm' | 'pypi' | 'go'
  file?: string
  all?: boolean
}

const PASSES: readonly PassName[] = ['laptop', 'ci', 'later']

/** Runs a package where nothing can get out, and says what it did. */
export function sandbox(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('sandbox <target>')
    .description('run a package in isolation, and print what it did')
    .addOption(new Option('--format <format>', 'human, json (ours, everything), ossf (as OSSF package-analysis prints it)').choices(['human', 'json', 'ossf']))
    .addOption(new Option('--fail-on <level>', 'exit with 1 from this level on').choices(['suspicious', 'malicious']).default('malicious'))
    .addOption(new Option('--pass <passes>', 'as whom it is run, each time in a fresh cell: laptop, ci, later (a laptop whose time runs fast); commas between').argParser(passes).default(PASSES, 'all three'))
    .addOption(new Option('--phase <phase>', 'how far: installed, then loaded, then what it exports and its commands called').choices(['install', 'import', 'execute']).default('execute'))
    .addOption(new Option('--time <time>', 'what all of it may take').argParser(duration).default(240_000, '4m'))
    .addOption(new Option('--backend <name>', 'how it is isolated; auto is bubblewrap, or gvisor where only that works').choices(['auto', 'bubblewrap', 'gvisor']).default('auto'))
    .addOption(new Option('--ecosystem <ecosystem>', 'what a local target is, where its files do not tell').choices(['npm', 'pypi', 'go']))
    .option('--file <name>', 'of a version with many files, this one; else the one that a client here would install')
    .option('--all', 'print everything that was seen, of clean packages as well')
    .addHelpText('after', `
A target is an archive (.tgz, .tar.gz, .whl, .zip), a folder, npm:name@version, pypi:name==version, go:module@version or a
purl. What it depends on is fetched first, outside, without running any of it. Then it is installed as its users install it,
every module is loaded, and what it exports and its commands are called, in a cell without a way out: names and ports are
answered by a sinkhole, secrets in it are planted and known again wherever they turn up, and nothing of it is left afterwards.

Needs Linux with bubblewrap and strace; sluice doctor says what is missing. Nothing is stored but, where there is a data
folder, the file itself and the built standard library of Go.

Exit codes: 0 nothing at or above --fail-on, 1 found, 2 could not be run to its end, or bad usage.

Examples:
  sluice sandbox npm:left-pad@1.3.0
  sluice sandbox ./suspect-1.0.0.tgz --pass laptop --phase install
  sluice sandbox pypi:requests==2.32.3 --format ossf > requests.json`)
    .action(async (target: string, options: Options, command: Command) => {
      const globals = globalsOf(command)
      if (globals.server !== undefined) throw new SluiceError('usage', 'packages are run on this machine', { hint: 'leave out --server; the gate runs by itself what its policy wants run' })
      const format = options.format ?? (globals.json ? 'json' : 'human')
      const printer = createPrinter(surroundings, format !== 'human')
      const order = ['install', 'import', 'execute'] as const
      const ran = await runTarget(target, {
        globals, surroundings, printer, ecosystem: options.ecosystem, file: options.file, backend: options.backend === 'auto' ? null : options.backend,
        passes: PASSES.filter((pass) => options.pass.includes(pass)), phases: order.slice(0, order.indexOf(options.phase) + 1), timeMs: options.time,
      }).catch((thrown: unknown) => {
        // Not run is not clean.
        if (!(thrown instanceof SluiceError) || thrown.code === 'usage') throw thrown
        printer.note(`sluice: ${plain(thrown.message, 500)}`)
        if (thrown.hint) printer.note(`  ${plain(thrown.hint, 500)}`)
        return null
      })
      if (ran === null) return done(2)
      if (format === 'human') printRun(ran, printer, options.all === true)
      else printer.json(readings[format](ran))
      const { level } = ran.verdict
      done(level === 'malicious' || (level === 'suspicious' && options.failOn === 'suspicious') ? 1 : ran.record.missing.length > 0 || level === 'undetermined' ? 2 : 0)
    })
}

/** `--pass laptop,ci`, or the option several times. */
function passes(given: string, before: readonly PassName[]): PassName[] {
  const named = given.split(',').map((one) => one.trim())
  const wrong = named.find((one) => !PASSES.includes(one as PassName))
  if (wrong !== undefined) throw new InvalidArgumentError(`Allowed choices are ${PASSES.join(', ')}.`)
  return [...(before === PASSES ? [] : before), ...named as PassName[]]
}

/** `90`, `90s`, `4m`; at least ten seconds, at most an hour. */
function duration(given: string): number {
  const found = /^(\d{1,5})(s|m|min)?$/.exec(given.trim())
  const ms = found ? Number(found[1]) * (found[2]?.startsWith('m') ? 60_000 : 1_000) : NaN
  if (!(ms >= 10_000 && ms <= 3_600_000)) throw new InvalidArgumentError('A time between 10s and 60m.')
  return ms
}
