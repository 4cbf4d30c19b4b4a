import { setTimeout as wait } from 'node:timers/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { SandboxAnswer } from '../api/sandbox-schemas.ts'
import { aboutRecord } from '../conduct/about.ts'
import { duration } from '../config/values.ts'
import { SluiceError } from '../core/errors.ts'
import type { Digest, Run, Verdict } from '../core/types.ts'
import { weigh } from '../core/weigh.ts'
import { readRecord } from '../sandbox/gate/packed.ts'
import type { Written } from '../sandbox/gate/packed.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Paint, Printer } from './print.ts'

type Stored = SandboxAnswer<'list'>[number]
type Detail = SandboxAnswer<'run'>
type Want = SandboxAnswer<'asked'>[number]

const STATUSES = ['running', 'completed', 'incomplete', 'failed', 'lost'] as const

/** What a gate ran in its sandbox, what waits for it, and asking for a run: below the command that runs packages on this machine. */
export const sandboxOfGate: AddCommand = (program, surroundings, done) => {
  const group = program.commands.find((one) => one.name() === 'sandbox') ?? program.command('sandbox').description('packages run in isolation')
  list(group, surroundings)
  waiting(group, surroundings)
  show(group, surroundings)
  ask(group, surroundings, done)
}

const HERE = 'of a gate (--data or --server): '

function list(group: Command, surroundings: Surroundings): void {
  group.command('list [package]')
    .description(`${HERE}what was run, the latest first`)
    .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
    .option('--limit <runs>', 'how many', '50')
    .action(async (spec: string | undefined, { status, limit }: { status?: Stored['status']; limit: string }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.sandbox.list({ package: spec, status, limit: most(limit) })
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('Nothing was run yet: sluice status says whether packages can be run here, sluice sandbox waiting what waits.')
        printer.table(['run', 'begun', 'package', 'because', 'status', 'what it did'], all.map((run) => [
          run.id.slice(0, 8), moment(run.startedAt), plain(packageOf(run), 50), run.reason, colourOf(run, printer.paint)(run.status), plain(didOf(run), Math.max(60, printer.width - 90)),
        ]))
      })
    })
}

function waiting(group: Command, surroundings: Surroundings): void {
  group.command('waiting')
    .description(`${HERE}what waits for a run, in the order in which it is run, and what could not be run`)
    .option('--limit <files>', 'how many', '50')
    .action(async ({ limit }: { limit: string }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.sandbox.waiting(most(limit))
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('Nothing waits for a run.')
        printer.table(['place', 'package', 'since', 'state', 'because'], all.map((one) => [one.place === null ? '' : String(one.place), plain(packageOf(one), 50), moment(one.askedAt), stateOf(one), plain(`${one.says}${one.problem === null ? '' : ` (${one.problem})`}`, Math.max(60, printer.width - 80))]))
      })
    })
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <run>').description(`${HERE}everything that was seen in one run`).option('--all', 'of clean packages as well')
    .action(async (id: string, _options: object, command: Command) => {
      // The command above knows these options, too, and takes them wherever they stand.
      const { all = false } = command.optsWithGlobals<{ all?: boolean }>()
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.sandbox.show(id)
        if (printer.wantsJson) return printer.json(found)
        await detail(found, printer, all)
      })
    })
}

function ask(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('run <package>')
    .description(`${HERE}run a version now, before all that waits, and wait for what it did`)
    .option('--file <name>', 'of a version with many files, this one')
    .option('--no-wait', 'only ask for it')
    .option('--within <time>', 'how long to wait', '15min')
    .addHelpText('after', '\nThe version has to be known to the gate: sluice scan examines it. Exit codes: 0 nothing malicious, 1 malicious, 2 not run to its end.')
    .action(async (spec: string, _options: object, command: Command) => {
      const { file, wait: waits, within } = command.optsWithGlobals<{ file?: string; wait: boolean; within: string }>()
      const time = duration().safeParse(within)
      if (!time.success || time.data < 1_000) throw new SluiceError('usage', `--within ${plain(within, 40)} is no time`, { hint: 'write 30s or 10min' })
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const wants = await desk.sandbox.ask(spec, file)
        if (!waits) return printer.wantsJson ? printer.json(wants) : printer.lines(`${count(wants.length, 'file')} of ${plain(spec)} will be run; sluice sandbox list ${plain(spec)} shows what came of it`)
        const runs = await until(desk, { spec, wants, printer, end: Date.now() + time.data })
        if (printer.wantsJson) printer.json(runs)
        else for (const one of runs) await detail(one, printer, true)
        done(runs.some(({ run }) => levelOf(run) === 'malicious') ? 1 : runs.every(({ run }) => run.status === 'completed') ? 0 : 2)
      })
    })
}

/** Every file once it was run, or could not be. Whoever gives up leaves it in the queue. */
async function until(desk: Desk, { spec, wants, printer, end }: { spec: string; wants: readonly Want[]; printer: Printer; end: number }): Promise<Detail[]> {
  for (;;) {
    const runs = await desk.sandbox.list({ package: spec, limit: 1_000 })
    const ended = wants.map((want) => runs.find((run) => run.digest === want.digest && run.startedAt >= want.askedAt && run.status !== 'running' && run.status !== 'lost'))
    if (ended.every((run) => run !== undefined)) return Promise.all(ended.map((run) => desk.sandbox.show(run?.id ?? '')))
    if (Date.now() >= end) throw new SluiceError('sandbox-unavailable', `${plain(spec)} was not run yet; it stays in the queue`, { hint: 'is a gate running on this data? sluice status says what waits' })
    const under = runs.some(({ status }) => status === 'running')
    printer.progress(under ? 'it is being run' : 'waiting for its turn; a gate that runs on this data runs it')
    await wait(1_000)
  }
}

async function detail({ run, record }: Detail, printer: Printer, all: boolean): Promise<void> {
  const { paint, lines } = printer
  lines(
    `${paint.bold(plain(fileOf(run), 120))}  ${run.status}${run.says === null ? '' : `: ${plain(run.says, 200)}`}`,
    paint.dim(`run ${run.id}, begun ${moment(run.startedAt)}, because ${run.reason}; ${plain(run.digest, 80)}`), '',
  )
  if (record === null) {
    for (const line of run.missing) lines(paint.yellow(`  ${plain(line, 200)}`))
    return lines(run.status === 'failed' || run.status === 'lost' ? 'There is no record of it.' : 'Its record is not kept any more; what was found stands in the verdict.')
  }
  // What prints a run reads what judges it: nobody else needs that.
  const { printRun } = await import('./sandbox-print.ts')
  const read = readRecord(record as unknown as Written)
  printRun({ target: fileOf(run), record: read, about: aboutRecord(read), indicators: run.indicators, verdict: verdictOf(run) }, printer, all)
}

const packageOf = ({ ref: { ecosystem, name, version } }: Pick<Stored, 'ref'>): string => `${ecosystem}:${name}@${version}`
const fileOf = ({ ref: { ecosystem, name, version, file } }: Pick<Stored, 'ref'>): string => `${ecosystem}:${name}@${version} ${file}`
function stateOf({ state, holds, urgency, dueAt }: Want): string {
  if (state === 'left') return Date.parse(dueAt) > Date.now() ? `not run, again ${moment(dueAt)}` : 'not run'
  return holds ? (urgency === 0 ? 'held, a client waits' : 'held') : 'served'
}

/** What the run alone says: its code has its part in the verdict on the file. */
const verdictOf = ({ digest, runs, missing, versions }: Stored): Verdict => weigh(digest as Digest, runs as unknown as readonly Run[], missing, versions)
const levelOf = (run: Stored): Verdict['level'] => (run.status === 'failed' || run.status === 'lost' || run.status === 'running' ? 'undetermined' : verdictOf(run).level)

const colourOf = (run: Stored, { red, green, yellow }: Paint): ((text: string) => string) => ({ malicious: red, clean: green, suspicious: yellow, undetermined: yellow })[levelOf(run)]

function didOf(run: Stored): string {
  if (run.status === 'running') return 'under way'
  const [worst] = verdictOf(run).findings
  return run.says ?? worst?.title ?? run.missing[0] ?? 'nothing worth telling'
}

function most(limit: string): number {
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1_000) throw new SluiceError('usage', '--limit is a number from 1 to 1000')
  return Number(limit)
}
