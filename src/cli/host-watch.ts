import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError, sentence } from '../core/errors.ts'
import type { HostSettings } from '../config/host.ts'
import type { WatchState } from '../host/watch/service.ts'
import type { Surroundings } from './opened.ts'
import { configOptions, globalsOf } from './globals.ts'
import { registriesIn } from './guard.ts'
import { createPrinter, moment, plain } from './print.ts'
import type { Printer } from './print.ts'

interface Options {
  engine?: HostSettings['watch']['engine']
  status?: boolean
}

const HELP = `
Follows every package manager that anybody starts on this machine (npm, pnpm, yarn, bun, pip, uv, poetry, go and others) with everything
it starts: by bpftrace where this is root and the kernel lets it, else by audit rules, else by looking at /proc. It says which, and what
that cannot see. What is noticed goes to the gate of host.server (sluice.yaml) or SLUICE_SERVER with the token in SLUICE_TOKEN, by way
of a spool on the disk; without one, alarms are printed and nothing is kept.

It runs until it is ended. packaging/sluice-host-watch.service runs it as a service.

Examples:
  sluice host watch
  sluice host watch --engine audit --json
  sluice host watch --status`

/** `sluice host watch`. */
export function hostWatch(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('watch').description('follow package managers on this machine, and tell the gate what they and their packages do')
    .addOption(new Option('--engine <name>', 'how they are followed (host.watch.engine)').choices(['auto', 'bpftrace', 'audit', 'poll']))
    .option('--status', 'where the watch that runs here stands')
    .addHelpText('after', HELP)
    .action(async (options: Options, command: Command) => {
      const globals = globalsOf(command)
      const printer = createPrinter(surroundings, globals.json === true)
      const { stateFolder } = await import('../host/inventory/kept.ts')
      const folder = stateFolder(surroundings.env)
      if (options.status) return status(folder, printer, done)
      await run(surroundings.configure(configOptions(globals)), { folder, engine: options.engine, printer, surroundings })
    })
}

type Configured = ReturnType<Surroundings['configure']>

async function run(config: Configured, { folder, engine, printer, surroundings }: { folder: string; engine: Options['engine']; printer: Printer; surroundings: Surroundings }): Promise<void> {
  const { host } = config
  const [{ HostWatch }, { judgesFor }, { registryHosts }, { openOut }, { alarmLine }] = await Promise.all([
    import('../host/watch/service.ts'), import('../host/guard/judges.ts'), import('../host/guard/registries.ts'), import('../host/spool/out.ts'), import('./guard-print.ts'),
  ])
  const say = (line: string): void => { printer.note(`sluice host watch: ${plain(line, 400)}`) }
  const transport = await surroundings.hostTransport(config)
  const out = transport === null ? null : openOut({ folder: host.spool.folder ?? join(folder, 'spool'), settings: host, transport, onTrouble: say })
  const ownHosts = registryHosts({ env: surroundings.env, home: surroundings.env['HOME'] ?? homedir(), known: registriesIn(config) })
  const watch = new HostWatch({
    host: host.name, engine: engine ?? host.watch.engine, programs: host.watch.programs, acts: host.watch.acts, path: surroundings.env['PATH'] ?? '', root: process.getuid?.() === 0,
    judges: () => judgesFor({ ownHosts, user: '', host: hostname() }), out, say,
    onAlarm: (alarm) => { if (!printer.wantsJson) printer.note(`${moment(new Date().toISOString())}  ${alarmLine(alarm, printer.paint)}`) },
    ...(printer.wantsJson ? { onEvent: (event) => { surroundings.out.write(`${JSON.stringify(event)}\n`) } } : {}),
  })
  const over = new Promise<void>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(name, () => { resolve() })
  })
  try {
    await watch.start()
    const state = watch.state()
    if (printer.wantsJson) surroundings.out.write(`${JSON.stringify(state)}\n`)
    else announce(state, host.server?.url ?? null, say)
    const timer = setInterval(() => { keep(folder, watch.state(), say) }, 5_000)
    keep(folder, state, say)
    await over
    clearInterval(timer)
  } finally {
    await watch.stop()
    await out?.sender.drain(5_000)
    keep(folder, { ...watch.state(), engine: null }, say)
    out?.sender.stop()
    out?.spool.close()
    await transport?.close()
  }
}

function announce({ engine, says, cannot }: WatchState, server: string | null, say: (line: string) => void): void {
  say(`following package managers by ${engine}; ${server === null ? 'nobody is told: host.server or SLUICE_SERVER names no gate' : `telling ${server}`}`)
  for (const line of says) say(`not better, because ${line}`)
  say(`it cannot see: ${cannot.join('; ')}`)
}

/** Replaced whole, so that whoever reads it gets one or the other. */
function keep(folder: string, state: WatchState, say: (line: string) => void): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'watch.json.new'), JSON.stringify(state))
    renameSync(join(folder, 'watch.json.new'), join(folder, 'watch.json'))
  } catch (thrown) {
    say(`the state cannot be written: ${sentence(thrown)}`)
  }
}

function status(folder: string, printer: Printer, done: (code: number) => void): void {
  const state = stateIn(folder)
  const runs = state !== null && state.engine !== null && isAlive(state.pid)
  if (!runs) done(1)
  if (printer.wantsJson) return printer.json({ runs, ...state })
  if (state === null) return printer.note(`No watch has run here: ${folder} holds no state. Start one with: sluice host watch`)
  if (!runs) printer.lines(`${printer.paint.red('not running')}; the last one was seen at ${moment(String(state.at))}`)
  else printer.lines(`${printer.paint.green('running')} since ${moment(String(state.startedAt))}, by ${state.engine}`)
  printer.lines(`sessions ${state.sessions.begun}, ${state.sessions.now} of them now; alarms ${state.alarms}`)
  for (const [why, count] of Object.entries(state.lost)) printer.lines(`lost ${count}: ${plain(why, 200)}`)
  if (state.spool) printer.lines(`waiting to be sent ${state.spool.pending}, sent ${state.spool.sent}, refused ${state.spool.refused}${state.spool.trouble === null ? '' : `; ${plain(state.spool.trouble, 200)}`}`)
  for (const line of state.says) printer.lines(`not better, because ${plain(line, 300)}`)
  printer.lines(`cannot see: ${plain(state.cannot.join('; '), 500)}`)
}

function stateIn(folder: string): WatchState | null {
  let text: string
  try {
    text = readFileSync(join(folder, 'watch.json'), 'utf8')
  } catch {
    return null
  }
  try {
    return JSON.parse(text) as WatchState
  } catch (cause) {
    throw new SluiceError('storage', `the state in ${folder} cannot be read`, { cause })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
