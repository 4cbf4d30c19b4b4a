import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError, sentence } from '../core/errors.ts'
import type { Config } from '../config.ts'
import { GUARD_DEFAULTS } from '../host/guard/defaults.ts'
import type { GuardSettings } from '../host/guard/defaults.ts'
import type { GuardOptions } from '../host/guard/guard.ts'
import { stateFolder } from '../host/inventory/kept.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { configOptions, globalsOf } from './globals.ts'
import { createPrinter, plain } from './print.ts'

interface Options {
  engine?: GuardSettings['engine']
  stop?: GuardSettings['stop']
  fail?: GuardSettings['fail']
  leftovers?: GuardSettings['leftovers']
  grace?: string
  maskEnv?: GuardSettings['maskEnv']
  maskFiles?: GuardSettings['maskFiles']
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

What is not said here is taken from host.guard in sluice.yaml. Where host.server or SLUICE_SERVER names a gate, it is told afterwards.

Exit codes: the command's own; 97 stopped by policy (--stop), 98 it could not be watched (--fail), 127 it is not there.

Examples:
  sluice guard -- npm ci
  sluice guard --stop high --report guard.json -- pip install -r requirements.txt
  sluice guard --engine strace --keep ~/.ssh -- go mod download`

/** An install, or anything, under watch. */
export const guard: AddCommand = (program, surroundings, done) => {
  program.command('guard <command...>')
    .description('run an install watched, with its user\'s secrets masked; says what ran, was read and reached, and stops it on policy')
    .addOption(new Option('--engine <name>', 'how it is watched').choices(['auto', 'bpftrace', 'strace']))
    .addOption(new Option('--stop <severity>', 'end it at an alarm of this severity or above').choices(['never', 'medium', 'high', 'critical']))
    .addOption(new Option('--fail <what>', 'where it cannot be watched, or not any more').choices(['stop', 'go-on']))
    .addOption(new Option('--leftovers <what>', 'what it leaves running').choices(['stop', 'leave']))
    .option('--grace <seconds>', 'how long what it started may take to end after it')
    .addOption(new Option('--mask-env <how>', 'variables that look like secrets').choices(['remove', 'decoy', 'keep']))
    .addOption(new Option('--mask-files <how>', 'credential files of the home').choices(['hide', 'keep']))
    .option('--keep <what>', 'a variable (NAME, PREFIX*) or path (~/.ssh) that is not masked; may be given again', collect)
    .option('--hide <path>', 'a further file or folder to hide; may be given again', collect)
    .option('--report <file>', 'write the report there, as JSON')
    .option('--quiet', 'alarms alone on standard error')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: Options, command: Command) => {
      await run(words as [string, ...string[]], settled(options, configured(surroundings, command)), { json: globalsOf(command).json === true, surroundings, done })
    })
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

interface Settled {
  /** null: there is no file, and no gate to tell. */
  config: Config | null
  guard: GuardSettings
  report: string | null
  quiet: boolean
}

/** Reading a configuration takes longer than many a command: without a file there is nothing to read but the way to a gate. */
function configured(surroundings: Surroundings, command: Command): Config | null {
  const options = configOptions(globalsOf(command))
  return surroundings.env['SLUICE_SERVER'] ? surroundings.configure(options) : surroundings.settings(options).config
}

/** What the command line says counts before the file. */
function settled(options: Options, config: Config | null): Settled {
  const guard = config?.host.guard ?? GUARD_DEFAULTS
  const grace = options.grace === undefined ? guard.graceMs : Number(options.grace) * 1000
  if (!(grace >= 0 && grace <= 600_000)) throw new SluiceError('usage', '--grace is a number of seconds from 0 to 600')
  return {
    config, report: options.report ?? null, quiet: options.quiet === true,
    guard: {
      engine: options.engine ?? guard.engine, stop: options.stop ?? guard.stop, fail: options.fail ?? guard.fail, leftovers: options.leftovers ?? guard.leftovers, graceMs: grace,
      maskEnv: options.maskEnv ?? guard.maskEnv, maskFiles: options.maskFiles ?? guard.maskFiles, keep: [...guard.keep, ...(options.keep ?? [])], hide: [...guard.hide, ...(options.hide ?? [])],
    },
  }
}

async function run(command: readonly [string, ...string[]], { config, guard: settings, report: file, quiet }: Settled, { json, surroundings, done }: { json: boolean; surroundings: Surroundings; done: (code: number) => void }): Promise<void> {
  const [{ guard: watch, UNWATCHED }, { judgesFor }, { plantHoney }, { onPath }, { registryHosts }, { alarmLine, reportLines }] = await Promise.all([
    import('../host/guard/guard.ts'), import('../host/guard/judges.ts'), import('../host/guard/honey.ts'), import('../host/watch/on-path.ts'), import('../host/guard/registries.ts'), import('./guard-print.ts'),
  ])
  const { env, err, out } = surroundings
  const paint = createPrinter({ ...surroundings, out: err }, true).paint
  // A terminal's line that the command has begun is taken over: what it shows there (progress) is drawn again.
  const line = (text: string): void => void err.write(`${err.isTTY === true ? '\r\u001b[2K' : ''}${text}\n`)
  const say = (text: string): void => { line(`sluice guard: ${plain(text, 400)}`) }
  const transport = config === null ? null : await surroundings.hostTransport(config)
  const reporting = config === null || transport === null ? null : (await import('../host/guard/reporting.ts')).openReporting({ folder: config.host.spool.folder ?? join(stateFolder(env), 'spool'), settings: config.host, transport, user: userName(), command, cwd: process.cwd(), say })
  const honey = settings.maskEnv === 'decoy' || settings.maskFiles === 'hide' ? plantHoney({ npm: REGISTRY, pypi: REGISTRY }) : null
  const all: GuardOptions = {
    command, folder: process.cwd(), home: env['HOME'] ?? homedir(), env, engine: settings.engine, stopAt: settings.stop === 'never' ? null : settings.stop, fail: settings.fail, leftovers: settings.leftovers,
    graceMs: settings.graceMs, judges: judgesFor({ ownHosts: registryHosts({ env, home: env['HOME'] ?? homedir(), known: registriesIn(config) }), user: userName() ?? '', host: hostname() }), strace: onPath('strace', env['PATH']), user: { root: process.getuid?.() === 0, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    mask: { env: settings.maskEnv, files: settings.maskFiles, keep: settings.keep, also: settings.hide.map((path) => resolve(path)), decoys: honey?.decoys ?? null },
    honey: honey ?? undefined, heard: reporting?.teller, say, onAlarm: (alarm) => { line(`sluice guard: ${alarmLine(alarm, paint)}`) },
  }
  try {
    const { report, code } = await watch(all)
    if (file !== null) write(file, report)
    if (json) out.write(`${JSON.stringify(report)}\n`)
    else if (!quiet) for (const one of reportLines(report, paint)) line(one)
    done(code)
    await reporting?.finish(report)
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code !== 'sandbox-unavailable') throw thrown
    say(thrown.message)
    line(`  ${thrown.hint === undefined ? '' : `${plain(thrown.hint, 300)}; `}--fail go-on runs it unwatched`)
    done(UNWATCHED)
  } finally {
    await reporting?.close()
    await transport?.close()
  }
}

/** Of a configuration: upstreams, private registries and the gate itself. */
export const registriesIn = (config: Config | null): (string | null)[] => (config === null ? [] : [
  ...Object.values(config.upstreams).map(({ url }) => (url === 'off' ? null : url)), ...config.policy.private.map(({ registry }) => registry), config.host.server?.url ?? null,
])

/** What decoys name as the registry they would log in at. */
const REGISTRY = 'packages.example'

function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

function write(path: string, report: unknown): void {
  try {
    const file = openSync(path, 'w', 0o600)
    try {
      // What commands are called with is nobody else's business, also where the file was there before.
      if (fstatSync(file).isFile()) fchmodSync(file, 0o600)
      writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new SluiceError('storage', `the report cannot be written: ${sentence(cause)}`, { cause })
  }
}
