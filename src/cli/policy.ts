import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Answer } from '../api/schemas.ts'
import { SluiceError, sentence } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import { configOptions, globalsOf } from './globals.ts'
import type { Surroundings } from './opened.ts'
import { count, createPrinter, moment, plain, shade } from './print.ts'
import type { Printer } from './print.ts'
import { since } from './words.ts'

type Policy = Answer<'policy'>
type Replay = Answer<'replay'>

/** Policy: what is in force, whether a file is valid, what a changed one would do. */
export function policy(program: Command, surroundings: Surroundings): void {
  const group = program.command('policy').description('what is served: show it, check a file, try a change against past traffic')

  group.command('show')
    .description('the policy in force')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const current = await desk.policy()
        if (printer.wantsJson) printer.json(current)
        else show(current, printer)
      })
    })

  group.command('check <file>')
    .description('say whether a sluice.yaml is valid, and where not; nothing is changed')
    .action((file: string, _options: object, command: Command) => {
      const globals = globalsOf(command)
      const printer = createPrinter(surroundings, globals.json === true)
      const { policy: read, warnings } = surroundings.configure({ ...configOptions(globals), config: file })
      for (const warning of warnings) printer.note(warning)
      if (printer.wantsJson) printer.json({ valid: true, policy: read, warnings })
      else printer.lines(`${printer.paint.green('✓')} ${file} is valid: policy ${read.id}, ${read.mode} mode, ${count(read.allow.length, 'exception')}, ${count(read.deny.length, 'denial')}`)
    })

  group.command('test <file>')
    .description('replay the ledger\'s traffic against a changed sluice.yaml and say what would have been decided otherwise')
    .option('--since <when>', 'how far back: 12h, 7d, 2030-01-31', '7d')
    .addHelpText('after', '\nEvery request is decided again at its own time, with the verdicts and advisories of today: what differs is the policy\'s doing.')
    .action(async (file: string, options: { since: string }, command: Command) => {
      const from = since(options.since)
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new SluiceError('usage', `cannot read ${file}: ${sentence(cause)}`, { cause })
      })
      const globals = globalsOf(command)
      // Problems are told with the file's own name and lines; a gate elsewhere may have secrets this machine lacks.
      if (globals.server === undefined) surroundings.configure({ ...configOptions(globals), config: file })
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const replay = await desk.testPolicy(text, from)
        if (printer.wantsJson) printer.json(replay)
        else showReplay(replay, { since: moment(from.toISOString()), printer })
      })
    })
}

function show(policy: Policy, printer: Printer): void {
  const { paint } = printer
  printer.lines(
    `${paint.bold(`policy ${policy.id}`)}, ${policy.mode === 'enforce' ? 'enforced' : paint.yellow('observing: everything is served, and what would have been decided is recorded')}`,
    `minimum age   ${Object.entries(policy.minimumAge).map(([ecosystem, ms]) => `${ecosystem} ${age(ms)}`).join(', ')}`,
    `suspicious    ${policy.suspicious}`,
    `suspected     ${policy.suspected}`,
    `undetermined  ${policy.undetermined}`,
    `advisories    malicious ones quarantine; vulnerabilities ${policy.advisories.holdFrom === null ? 'are reported only' : `hold from ${policy.advisories.holdFrom} on`}`,
  )
  const rules = (heading: string, all: Policy['allow']): void => {
    if (all.length === 0) return
    printer.lines('', paint.bold(heading))
    printer.table(['package', 'versions', 'lifts', 'until', 'because'], all.map((rule) => [
      plain(`${rule.ecosystem}:${rule.name}`), plain(rule.versions.join(', ') || 'all', 60), rule.lifts.join(', ') || '-', rule.expires === null ? '-' : moment(rule.expires), plain(rule.because),
    ]))
  }
  rules('allowed', policy.allow)
  rules('denied', policy.deny)
  if (policy.private.length > 0) {
    printer.lines('', paint.bold('private names'))
    printer.table(['names', 'from'], policy.private.map((entry) => [plain(`${entry.ecosystem}:${entry.pattern}`), plain(entry.registry ?? 'nowhere: refused')]))
  }
}

const age = (ms: number): string => (ms === 0 ? 'none' : ms % 86_400_000 === 0 && ms > 86_400_000 ? `${ms / 86_400_000} d` : `${Math.round(ms / 360_000) / 10} h`)

function showReplay(replay: Replay, { since: from, printer }: { since: string; printer: Printer }): void {
  const { paint } = printer
  const { requests, files, unknown, changes } = replay
  if (files === 0) return printer.note(`No package was asked for since ${from} UTC: there is nothing to replay.`)
  const asked = `${count(requests, 'request')} for ${count(files, 'file')} since ${from} UTC`
  if (changes.length === 0) printer.lines(`${paint.green('✓')} ${asked}: nothing would have been decided otherwise`)
  else {
    const stopped = changes.filter(({ was, would }) => was.action === 'serve' && would.action !== 'serve')
    const freed = changes.filter(({ was, would }) => was.action !== 'serve' && would.action === 'serve')
    const others = changes.length - stopped.length - freed.length
    printer.lines(`${asked}: ${count(stopped.length, 'file')} would no longer be served, ${freed.length} would be, ${others} would have another reason`, '')
    printer.table(['package', 'requests', 'was', 'would be', 'because'], changes.map((change) => [
      plain(`${change.ecosystem}:${change.name}@${change.version}`), String(change.requests), shade(paint, change.was.action), shade(paint, change.would.action), plain(change.would.because),
    ]))
  }
  if (unknown > 0) printer.note(`${count(unknown, 'file')} could not be dated: nobody knows any more how old they are.`)
}
