import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError, sentence } from '../core/errors.ts'
import type { Severity } from '../core/types.ts'
import type { GuardOptions } from '../host/guard/guard.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { globalsOf } from './globals.ts'
import { createPrinter, plain } from './print.ts'

interface Options {
  engine: 'auto' | 'bpftrace' | 'strace'
  stop: Severity | 'never'
  fail: 'stop' | 'go-on'
  leftovers: 'stop' | 'leave'
  grace: string
  maskEnv: 'remove' | 'decoy' | 'keep'
  maskFiles: 'hide' | 'keep'
  keep?: string[]
  hide?: string[]
  report?: string
  quiet?: boolean
}

const HELP = `
The command's input, output, signals and exit code are its own. What happens is told on standard error as it happens, one line each, and
summed up at the end; --report FILE writes all of it as JSON, --json prints that on standard output after the command's own.

Watched by bpftrace where this is root and the kernel lets it, else by strace, with every process that the command starts, also those that
detach. Secrets in the environment and in the home folder are masked: the command sees neither, hooks of npm, pnpm and yarn not even
what their client logs in with. --keep NAME or --keep ~/.ssh leaves what it needs.

Exit codes: the command's own; 97 stopped by policy (--stop), 98 it could not be watched (--fail), 127 it is not there.

Examples:
  sluice guard -- npm ci
  sluice guard --stop high --report guard.json -- pip install -r requirements.txt
  sluice guard --engine strace --keep ~/.ssh -- go mod download`

/** An install, or anything, under watch. */
export const guard: AddCommand = (program, surroundings, done) => {
  program.command('guard <command...>')
    .description('run an install watched, with its user\'s secrets masked; says what ran, was read and reached, and stops it on policy')
    .addOption(new Option('--engine <name>', 'how it is watched').choices(['auto', 'bpftrace', 'strace']).default('auto'))
    .addOption(new Option('--stop <severity>', 'end it at an alarm of this severity or above').choices(['never', 'medium', 'high', 'critical']).default('critical'))
    .addOption(new Option('--fail <what>', 'where it cannot be watched, or not any more').choices(['stop', 'go-on']).default('stop'))
    .addOption(new Option('--leftovers <what>', 'what it leaves running').choices(['stop', 'leave']).default('stop'))
    .option('--grace <seconds>', 'how long what it started may take to end after it', '2')
    .addOption(new Option('--mask-env <how>', 'variables that look like secrets').choices(['remove', 'decoy', 'keep']).default('remove'))
    .addOption(new Option('--mask-files <how>', 'credential files of the home').choices(['hide', 'keep']).default('hide'))
    .option('--keep <what>', 'a variable (NAME, PREFIX*) or path (~/.ssh) that is not masked; may be given again', collect)
    .option('--hide <path>', 'a further file or folder to hide; may be given again', collect)
    .option('--report <file>', 'write the report there, as JSON')
    .option('--quiet', 'alarms alone on standard error')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: Options, command: Command) => {
      await run(words as [string, ...string[]], options, { json: globalsOf(command).json === true, surroundings, done })
    })
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

async function run(command: readonly [string, ...string[]], options: Options, { json, surroundings, done }: { json: boolean; surroundings: Surroundings; done: (code: number) => void }): Promise<void> {
  const grace = Number(options.grace)
  if (!(grace >= 0 && grace <= 600)) throw new SluiceError('usage', '--grace is a number of seconds from 0 to 600')
  const [{ guard: watch, UNWATCHED }, { Rules }, { onPath }, { alarmLine, reportLines }, { resolve }] = await Promise.all([
    import('../host/guard/guard.ts'), import('../host/guard/rules.ts'), import('../host/watch/on-path.ts'), import('./guard-print.ts'), import('node:path'),
  ])
  const { env, err, out } = surroundings
  const paint = createPrinter({ ...surroundings, out: err }, true).paint
  // A terminal's line that the command has begun is taken over: what it shows there (progress) is drawn again.
  const line = (text: string): void => void err.write(`${err.isTTY === true ? '\r\u001b[2K' : ''}${text}\n`)
  const home = env['HOME'] ?? homedir()
  const all: GuardOptions = {
    command, folder: process.cwd(), home, env, engine: options.engine, stopAt: options.stop === 'never' ? null : options.stop, fail: options.fail, leftovers: options.leftovers,
    graceMs: grace * 1000, judges: [new Rules()], strace: onPath('strace', env['PATH']), user: { root: process.getuid?.() === 0, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    mask: { env: options.maskEnv, files: options.maskFiles, keep: options.keep ?? [], also: (options.hide ?? []).map((path) => resolve(path)), decoys: null },
    onAlarm: (alarm) => { line(`sluice guard: ${alarmLine(alarm, paint)}`) },
    say: (text) => { line(`sluice guard: ${plain(text, 400)}`) },
  }
  try {
    const { report, code } = await watch(all)
    if (options.report !== undefined) write(options.report, report)
    if (json) out.write(`${JSON.stringify(report)}\n`)
    else if (!options.quiet) for (const one of reportLines(report, paint)) line(one)
    done(code)
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code !== 'sandbox-unavailable') throw thrown
    line(`sluice guard: ${plain(thrown.message, 400)}${thrown.hint === undefined ? '' : `\n  ${plain(thrown.hint, 300)}`}\n  --fail go-on runs it unwatched`)
    done(UNWATCHED)
  }
}

function write(path: string, report: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
  } catch (cause) {
    throw new SluiceError('storage', `the report cannot be written: ${sentence(cause)}`, { cause })
  }
}
