import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import { sentence, SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { atDesk } from './at-desk.ts'
import { configOptions, globalsOf } from './globals.ts'
import type { Globals } from './globals.ts'
import { audit, learn } from './names-audit.ts'
import { show } from './names-show.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

export const ecosystemOption = (text: string): Option => new Option('--ecosystem <name>', text).choices(['npm', 'pypi', 'go'])

/** Of more names than these, only those are shown that something is to be said of. */
const FEW = 20

/** Whether names are what they seem. */
export const names: AddCommand = (program, surroundings, done) => {
  const group = program.command('names').description('names that imitate others: check, audit a project, private names that are exposed')
  check(group, surroundings, done)
  audit(group, surroundings, done)
  learn(group, surroundings)
  exposed(group, surroundings, done)
  update(group, surroundings)
  reset(group, surroundings)
}

function check(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('check <name...>')
    .description('does a name imitate a popular one, one used here, or a private one? Exits with 1 where one does')
    .addOption(ecosystemOption('where the names are; else write npm:NAME, pypi:NAME, go:MODULE'))
    .option('--look', 'ask the registries who these packages are, which clears those that are what they seem')
    .addHelpText('after', '\nExamples:\n  sluice names check --ecosystem pypi reids ullib3\n  sluice names check npm:@babe1/core go:github.com/gorila/mux --look')
    .action(async (written: string[], { ecosystem, look = false }: { ecosystem?: EcosystemId; look?: boolean }, command: Command) => {
      const wanted = written.map((name) => named(name, ecosystem))
      await atDesk(command, surroundings, { passing: true, upstreams: look }, async (desk, printer) => {
        const all = await desk.watch.checkNames(wanted, look, (checked) => printer.progress(`${checked} of ${count(wanted.length, 'name')}`))
        if (all.some(({ level }) => level === 'alarm')) done(1)
        if (printer.wantsJson) return printer.json(all)
        const telling = all.length <= FEW ? all : all.filter(({ level, problem }) => level !== 'none' || problem !== null)
        for (const one of telling) show(one, printer)
        const found = all.filter(({ level }) => level !== 'none').length
        if (all.length > FEW) printer.lines(`${telling.length > 0 ? '\n' : ''}${count(all.length, 'name')} checked, ${found === 0 ? 'nothing against any' : `${found.toLocaleString('en')} that may not be what they seem`}.`)
        if (found > 0 && !look) printer.note('By the names alone; --look asks the registries who they are.')
      })
    })
}

function named(written: string, ecosystem: EcosystemId | undefined): { ecosystem: EcosystemId; name: string } {
  const [, prefix, rest] = /^(npm|pypi|go):(.+)$/.exec(written) ?? []
  if (prefix !== undefined && rest !== undefined) return { ecosystem: prefix as EcosystemId, name: rest }
  if (ecosystem) return { ecosystem, name: written }
  throw new SluiceError('usage', `which registry is ${plain(written, 80)} of?`, { hint: 'write npm:NAME, pypi:NAME or go:MODULE, or add --ecosystem' })
}

function exposed(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('exposed')
    .description('private names that anybody could take at a public registry. Asks those registries for each of them. Exits with 1 where one is free')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, { passing: true, upstreams: true }, async (desk, printer) => {
        const { npm, pypi } = (await desk.watch.status()).names
        if (npm.private + pypi.private > 0) printer.note('Asking the public registries about private names: the names themselves are sent there.')
        const all = await desk.watch.exposed((asked, of) => printer.progress(`${asked} of ${of}`))
        if (all.some(({ state, says }) => state === 'free' && says.startsWith('free:'))) done(1)
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('No private name is known by more than a pattern yet: list names under policy.private, or let clients ask for them once.')
        printer.table(['private name', 'at', 'as', 'is', 'about it'], all.map(({ mine, ecosystem, name, state, says }) => [
          plain(`${mine.ecosystem}:${mine.name}`), ecosystem, plain(name), state === 'free' ? printer.paint.red(state) : state === 'taken' ? printer.paint.yellow(state) : state, plain(says),
        ]))
      })
    })
}

function update(group: Command, surroundings: Surroundings): void {
  group.command('update [file]')
    .description('read popular names from a file, or from the lists that sluice.yaml names; the most popular first')
    .addOption(ecosystemOption('which registry the file is about; without a file: only this one'))
    .addHelpText('after', '\nPlain lines, JSON arrays and CSV with a column project, name or package are read. The built-in lists count until then.\n\nExample:\n  sluice names update --ecosystem pypi top-pypi-packages.csv')
    .action(async (file: string | undefined, { ecosystem }: { ecosystem?: EcosystemId }, command: Command) => {
      if (file !== undefined && ecosystem === undefined) throw new SluiceError('usage', 'which registry is the list about?', { hint: 'add --ecosystem npm, pypi or go' })
      const bytes = file === undefined ? undefined : await readFile(file).catch((cause: unknown) => { throw new SluiceError('usage', `the list cannot be read: ${sentence(cause)}`, { cause }) })
      const wanted = ecosystem ? [ecosystem] : configured(globalsOf(command), surroundings)
      await atDesk(command, surroundings, { create: true, upstreams: file === undefined }, async (desk, printer) => {
        const updated = []
        for (const one of wanted) updated.push(await desk.watch.updateNames(one, bytes))
        if (printer.wantsJson) return printer.json(updated)
        for (const { ecosystem: of, names: many, from } of updated) printer.lines(`${count(many, 'popular name')} of ${of} from ${plain(from)}`)
      })
    })
}

function reset(group: Command, surroundings: Surroundings): void {
  group.command('reset')
    .description('the built-in lists of popular names count again, in place of those that update read')
    .addOption(ecosystemOption('only this registry\'s'))
    .action(async ({ ecosystem }: { ecosystem?: EcosystemId }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const done = []
        for (const one of ecosystem ? [ecosystem] : ['npm', 'pypi', 'go'] as const) done.push({ ecosystem: one, reset: await desk.watch.resetNames(one) })
        if (printer.wantsJson) return printer.json(done)
        for (const { ecosystem: of, reset: was } of done) printer.lines(`${of}: the built-in names count${was ? ' again' : ', as before'}`)
      })
    })
}

/** The registries whose lists the configuration names. What a running gate is told, this machine does not know. Throws `usage`. */
function configured(globals: Globals, surroundings: Surroundings): EcosystemId[] {
  if (globals.server !== undefined) throw new SluiceError('usage', 'which list is the gate to read again?', { hint: 'add --ecosystem npm, pypi or go' })
  const { names: lists } = surroundings.configure(configOptions(globals))
  const wanted = (['npm', 'pypi', 'go'] as const).filter((one) => lists[one] !== null)
  if (wanted.length === 0) throw new SluiceError('usage', 'no lists of popular names are configured', { hint: 'name a file and --ecosystem, or set names.npm, names.pypi, names.go in sluice.yaml' })
  return wanted
}
