import { readdirSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import { hostName } from '../host/events/name.ts'
import { bill, purls } from '../host/inventory/bill.ts'
import { readPlaces } from '../host/inventory/inventory.ts'
import type { InventoryReport } from '../host/inventory/inventory.ts'
import { Kept, keepWalk, stateFolder, walkDone, walkKept } from '../host/inventory/kept.ts'
import { machineRoots } from '../host/inventory/roots.ts'
import { begin, walk } from '../host/inventory/walk.ts'
import type { WalkState } from '../host/inventory/walk.ts'
import { isFolder } from '../screening/machine.ts'
import { screen } from '../screening/screen.ts'
import { failing, verdictOf } from './check-verdict.ts'
import { configOptions, globalsOf } from './globals.ts'
import type { Globals } from './globals.ts'
import { originsOf } from './host-origins.ts'
import { asJson, printInventory } from './host-print.ts'
import type { Surroundings } from './opened.ts'
import { createPrinter, plain } from './print.ts'
import type { Printer } from './print.ts'
import { openScreener } from './screeners.ts'
import type { OpenedScreener } from './screeners.ts'

interface Options {
  failOn: string
  format?: 'human' | 'json' | 'cyclonedx' | 'purl'
  list?: string[]
  gate?: string[]
  verify?: boolean
  all?: boolean
  tell?: boolean
  as?: string
  resume: boolean
}

interface Around {
  surroundings: Surroundings
  globals: Globals
  printer: Printer
  done(code: number): void
}

const HELP = `
Looks below the home folder and where installers put packages by default, or below the folders given, for node_modules, every
site-packages (virtual environments, conda, pipx, uv, the system's, the user's own), Go's module cache, and programs of Go's with what is
built into them. Reads only: it runs nothing, follows no link and does not go into other file systems. For each package it says where it
lies, whether it still is what the installer recorded, which scripts run, and whether it came through the gate. All of it is held against
advisories, the gate's verdicts, orders and policy, as sluice check does.

A walk that was broken off goes on where it was. With --tell, the gate (--server) is told what has changed since it was told last, with
a token of the scope host in SLUICE_TOKEN; what it is told is asked for with sluice hosts and sluice trace.

Exit codes: 0 nothing of --fail-on, 1 something, 2 bad usage, something that cannot be read, or nothing known to hold packages against.

Examples:
  sluice host inventory
  sluice host inventory ~/work --verify
  sluice host inventory --tell --server https://sluice.acme.example
  sluice host inventory --format cyclonedx > machine.cdx.json`

/** `sluice host inventory`. */
export function hostInventory(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('inventory [path...]')
    .description('what is installed on this machine, where it came from, and what is known against it')
    .option('--fail-on <kinds>', 'what exits with 1, as in sluice check', 'malicious')
    .addOption(new Option('--format <name>', 'human, json, cyclonedx (1.6) or purl (one a line)').choices(['human', 'json', 'cyclonedx', 'purl']))
    .option('--verify', 'hash files and hold them against what installers recorded (Python\'s RECORD, Go\'s module cache)')
    .option('--all', 'list every package')
    .option('--tell', 'tell the gate of --server what has changed')
    .option('--as <name>', 'the name of this machine, as its token has it', hostname())
    .option('--list <file>', 'hold packages against this list too; may be given again', collect)
    .option('--gate <url>', 'where the gate is, to say what came past it; known with --server or from sluice.yaml; may be given again', collect)
    .option('--no-resume', 'begin anew, also where a walk was broken off')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: Options, command: Command) => {
      const globals = globalsOf(command)
      const printer = createPrinter(surroundings, globals.json === true || (options.format !== undefined && options.format !== 'human'))
      // Exit code 1 says that something was found.
      await run(paths, options, { surroundings, globals, printer, done }).catch((thrown: unknown) => {
        throw thrown instanceof SluiceError && thrown.code !== 'usage' ? new SluiceError('usage', thrown.message, { cause: thrown, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) }) : thrown
      })
    })
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

async function run(paths: readonly string[], options: Options, around: Around): Promise<void> {
  const { surroundings, globals, printer, done } = around
  const fails = failing(options.failOn)
  if (options.tell && globals.server === undefined) throw new SluiceError('usage', '--tell needs a gate to tell', { hint: 'name it with --server URL, with a token of the scope host in SLUICE_TOKEN' })
  const host = hostName(options.as ?? hostname())
  if (host === null) throw new SluiceError('usage', `no machine can be called ${plain(options.as ?? hostname(), 80)}`, { hint: 'give it a name with --as' })
  const report = await look(paths, options, around)
  if (options.tell) await tell(report, { host, paths }, around)
  const format = options.format ?? (globals.json ? 'json' : 'human')
  if (format === 'purl') return printer.lines(...purls(report.trees))
  if (format === 'cyclonedx') return printer.json(bill(report.trees, { host, now: new Date() }))
  const screener = await judge(options, around)
  try {
    const installed = report.trees.map(({ path, packages }) => ({ path, packages }))
    const screened = await screen({ files: [], installed, unread: report.unread, left: report.left.map(({ path, says }) => `${path}: ${says}`), lineOf: () => null }, screener, { progress: (checked, of) => printer.progress(`${checked} of ${of} packages`) })
    const verdict = verdictOf(screened, { fails, lists: (options.list ?? []).length > 0, now: new Date() })
    const origins = await originsOf(report.trees, { screener, globals, surroundings })
    done(verdict.code)
    const shown = { host, report, origins, screened, verdict, where: screener.where, all: options.all ?? false }
    if (format === 'json') printer.json(asJson(shown))
    else printInventory(shown, printer)
  } finally {
    await screener.close()
  }
}

/** Whoever knows what is against packages. What is installed can be told where nobody does: then that is said. */
async function judge(options: Options, { globals, surroundings, printer }: Around): Promise<OpenedScreener> {
  try {
    return await openScreener({ globals, surroundings, gates: options.gate ?? [], lists: options.list ?? [], warn: (says) => printer.note(plain(says, 300)) })
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code !== 'usage' || globals.server !== undefined || globals.data !== undefined || (options.list ?? []).length > 0 || (options.gate ?? []).length > 0) throw thrown
    if (thrown.hint !== undefined) printer.note(printer.paint.yellow(`${thrown.message}: ${thrown.hint}`))
    const { policy } = surroundings.settings(configOptions(globals))
    return {
      where: 'nothing', close: () => Promise.resolve(), gate: () => Promise.resolve(null), assess: () => Promise.resolve([]),
      basis: () => Promise.resolve({ advisories: 0, ecosystems: [], updatedAt: null, policy: { id: policy.id, mode: policy.mode } }),
    }
  }
}

/** How long a walk goes on before others have their turn, and before it is kept; milliseconds. */
const TURN = 50
const KEEP = 2_000

/** Walks in turns, keeps how far it has come, and reads what it has found. Throws where it was broken off. */
async function look(paths: readonly string[], options: Options, { surroundings: { env }, printer }: Around): Promise<InventoryReport> {
  for (const path of paths) if (!isFolder(path)) throw new SluiceError('usage', `there is no folder ${plain(path)}`)
  const machine = paths.length > 0 ? { roots: [...new Set(paths.map((path) => resolve(path)))], left: [] } : machineRoots(env, namesIn)
  const kept = new Kept(stateFolder(env))
  const known = options.resume ? walkKept(kept, machine.roots, new Date()) : null
  if (known) printer.note(`Going on with a walk that was broken off, after ${known.folders} folders; --no-resume begins anew.`)
  const state = known ?? begin(machine.roots)
  await inTurns(state, machine.roots, { kept, printer })
  state.left.push(...machine.left)
  if (state.leftMore > 0) state.left.push({ path: '', says: `${state.leftMore} more folders were left out` })
  const report = readPlaces({ ...state, programs: [...state.programs, ...paths.map((path) => resolve(path))] }, {
    env, verify: options.verify ?? false, progress: (trees, of, path) => printer.progress(`${trees} of ${of} places, ${plain(path, 60)}`), ...(paths.length > 0 ? { programs: [] } : {}),
  })
  walkDone(kept)
  return report
}

async function inTurns(state: WalkState, roots: readonly string[], { kept, printer }: { kept: Kept; printer: Printer }): Promise<void> {
  let stopped: NodeJS.Signals | null = null
  const stop = (signal: NodeJS.Signals): void => { stopped = signal }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    let keptAt = Date.now()
    for (let end = Date.now() + TURN; !walk(state, new Set(roots), { stop: () => Date.now() > end }); end = Date.now() + TURN) {
      printer.progress(`${state.folders} folders, ${state.places.length} places with packages`)
      await breathe()
      if (stopped !== null || Date.now() - keptAt > KEEP) {
        keepWalk(kept, roots, { state, now: new Date() })
        keptAt = Date.now()
      }
      if (stopped !== null) throw new SluiceError('usage', `broken off after ${state.folders} folders`, { hint: 'the same command goes on from there' })
    }
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

async function tell(report: InventoryReport, { host, paths }: { host: string; paths: readonly string[] }, { surroundings, globals, printer }: Around): Promise<void> {
  const [{ apiOf }, { HostAnswers }, { tellInventory }] = await Promise.all([import('./remote.ts'), import('../api/hosts-schemas.ts'), import('../host/inventory/tell.ts')])
  const { call, origin } = apiOf(globals.server as string, surroundings.env['SLUICE_TOKEN']?.trim() || null)
  const told = await tellInventory(report.trees, {
    server: origin, host, user: whoami(), kept: new Kept(stateFolder(surroundings.env)), now: new Date(), roots: paths.length === 0 ? null : paths.map((path) => resolve(path)),
    send: async (packed) => call(HostAnswers.taken, 'hosts/events', { packed }),
  })
  printer.note(`Told the gate as ${plain(host)}: ${told.installed} installed, ${told.removed} gone${told.whole ? ', everything, because it knew nothing of this machine' : ''}${told.refused > 0 ? `; ${told.refused} were not taken` : ''}.`)
}

function whoami(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
