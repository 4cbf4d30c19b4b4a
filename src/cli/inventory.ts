import { readFileSync, statSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import type { Command } from 'commander'
import type { InventoryAnswer } from '../api/inventory-schemas.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import { findProjectFiles } from '../host/lockfiles/find.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Printer } from './print.ts'
import { since } from './words.ts'

type Item = InventoryAnswer<'who'>[number]

/** What services lock and ship: who has it, beyond who downloaded it. */
export const inventory: AddCommand = (program, surroundings, done) => {
  const group = program.command('inventory').description('what services lock and ship: told by their pipelines, so that "who has it" is more than who downloaded it')
  add(group, surroundings, done)
  group.command('list').description('services, and when they were last told of').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.inventory.services()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('No service is known yet. A pipeline tells with: sluice inventory add SERVICE package-lock.json')
      printer.table(['service', 'files', 'packages', 'last told'], all.map((one) => [plain(one.name), String(one.files), String(one.packages), one.lastAt === null ? '-' : moment(one.lastAt)]))
    })
  })
  show(group, surroundings)
  who(group, surroundings)
  remove(group, surroundings)
}

function add(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('add <service> [path...]')
    .description('tell what a service has: lockfiles and SBOMs, or the folder of its repository. Exits with 1 where a file was refused')
    .option('--revision <text>', 'the commit or build it is of')
    .option('--complete', 'these are all it has: what was known of other files of it ends')
    .addHelpText('after', `
Reads package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock, requirements with versions, Pipfile.lock, poetry.lock, uv.lock, pdm.lock,
pylock.toml, go.mod, go.sum, CycloneDX and SPDX JSON. Manifests beside them are read too: they say what the project itself asks for.
What a file no longer has ends that day and is kept. A file that is not whole (cut off, a conflict in it) is refused, and what was known
of it stays.

Example, as a step of CI, with a token of the scope inventory in SLUICE_TOKEN:
  sluice inventory add checkout . --revision "$GIT_COMMIT" --server https://sluice.acme.example`)
    .action(async (service: string, paths: string[], options: { revision?: string; complete?: boolean }, command: Command) => {
      const found = (paths.length === 0 ? ['.'] : paths).map(filesAt)
      const unread = found.flatMap((one) => one.unread)
      const [first] = unread
      // What cannot be read has not gone.
      if (first && options.complete) throw new SluiceError('usage', `${plain(first.path)} cannot be read: ${plain(first.says, 300)}`, { hint: 'these are not all files, so leave out --complete, or mend it' })
      const files = found.flatMap((one) => one.files)
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const added = await desk.inventory.add({ service, files, revision: options.revision ?? null, complete: options.complete ?? false })
        if (added.refused.length + unread.length > 0) done(1)
        for (const { path, says } of unread) printer.note(`${printer.paint.red('not read')} ${plain(path)}: ${plain(says, 300)}; what was known of it stays`)
        if (printer.wantsJson) return printer.json(added)
        for (const one of added.files) printer.lines(`${plain(one.source)} (${plain(one.format)}): ${count(one.packages, 'package')}, ${one.added} new, ${one.gone} gone`)
        for (const source of added.ended) printer.lines(`${plain(source)}: gone`)
        for (const { source, line, says } of added.refused) printer.note(`${printer.paint.red('refused')} ${plain(source)}${line === null ? '' : `:${line}`}: ${plain(says, 300)}; what was known of it stays`)
      })
    })
}

function filesAt(path: string): { files: GivenFile[]; unread: { path: string; says: string }[] } {
  try {
    if (!statSync(path).isDirectory()) return { files: [{ path: path.replaceAll('\\', '/'), bytes: readFileSync(path) }], unread: [] }
  } catch (cause) {
    throw new SluiceError('usage', `cannot read ${plain(path)}: ${sentence(cause)}`, { cause })
  }
  const { files, unread } = findProjectFiles(resolve(path))
  if (files.length + unread.length === 0) throw new SluiceError('usage', `${plain(path)} holds no manifest, lockfile or SBOM`, { hint: 'name the file, or the folder of a project' })
  const below = <File extends { path: string }>(file: File): File => ({ ...file, path: path === '.' ? file.path : posix.join(path.replaceAll('\\', '/'), file.path) })
  return { files: files.map(below), unread: unread.map(below) }
}

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <service>').description('its files, and every package they have').option('--at <when>', 'what it had then: 7d, 2030-01-31')
    .action(async (service: string, { at }: { at?: string }, command: Command) => {
      const when = at === undefined ? null : since(at).toISOString()
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.inventory.show(service, when)
        if (printer.wantsJson) return printer.json(found)
        printer.table(['file', 'format', 'packages', 'revision', 'told by', 'since', 'last'], found.files.map((one) =>
          [plain(one.source), plain(one.format), String(one.packages), plain(one.revision ?? '-', 40), plain(one.by), moment(one.firstAt), moment(one.lastAt)]))
        printer.lines('')
        itemsTable(printer, found.items, false)
        if (!found.complete) printer.note('and more; --json has no more either')
      })
    })
}

function who(group: Command, surroundings: Surroundings): void {
  group.command('who <package>').description('which services have a package, with the way by which it comes in')
    .option('--at <when>', 'who had it then: 7d, 2030-01-31').option('--ever', 'whoever had it at any time')
    .addHelpText('after', '\nExamples:\n  sluice inventory who npm:left-pad@1.3.0\n  sluice inventory who pypi:requests --at 2030-01-31')
    .action(async (spec: string, { at, ever = false }: { at?: string; ever?: boolean }, command: Command) => {
      const when = at === undefined ? null : since(at).toISOString()
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.inventory.who(spec, { at: when, ever })
        if (printer.wantsJson) return printer.json(found)
        if (found.length === 0) return printer.note(`No service that was told of ${ever ? 'ever had' : when === null ? 'has' : 'had'} ${plain(spec)}${ever || when !== null ? '' : '; --ever asks for all times'}.`)
        itemsTable(printer, found, true)
      })
    })
}

function itemsTable(printer: Printer, items: readonly Item[], services: boolean): void {
  printer.table([...services ? ['service'] : [], 'package', 'file', 'comes in', 'first', 'last', 'gone'], items.map((one) => [
    ...services ? [plain(one.service)] : [], plain(`${one.ecosystem}:${one.name}@${one.version}`), plain(one.source),
    one.direct === true ? 'direct' : one.path.length > 0 ? one.path.map((name) => plain(name, 60)).join(' > ') : '-', moment(one.firstAt), moment(one.lastAt), one.goneAt === null ? '-' : moment(one.goneAt),
  ]))
}

function remove(group: Command, surroundings: Surroundings): void {
  group.command('remove <service> [file]').description('a service, or one file of it, is no more: what it had ends now, and is kept')
    .option('--forget', 'delete what is kept of it as well')
    .action(async (service: string, file: string | undefined, { forget = false }: { forget?: boolean }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const removed = await desk.inventory.remove(service, { source: file ?? null, forget })
        if (printer.wantsJson) return printer.json(removed)
        printer.lines(`${plain(service)}: ${count(removed.ended, 'package')} until now${forget ? ', and forgotten' : ''}`)
      })
    })
}
