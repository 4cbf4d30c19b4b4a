import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { posix, resolve } from 'node:path'
import type { Command } from 'commander'
import { sentence, SluiceError } from '../core/errors.ts'
import { bypasses } from '../host/lockfiles/diagnose.ts'
import type { Bypass } from '../host/lockfiles/diagnose.ts'
import { findProjectFiles } from '../host/lockfiles/find.ts'
import { readEach } from '../host/lockfiles/index.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import type { Dependency, ProjectFile } from '../host/lockfiles/project-file.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import { show } from './names-show.ts'
import type { Checked } from './names-show.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'
import type { Printer } from './print.ts'

/** A dependency that may not be what it claims to be, and where the project asks for it. */
interface Doubt {
  check: Checked
  at: { file: string; line: number | null; path: readonly string[]; written: string | null }[]
}

/** Is each dependency of a project what it claims to be? */
export function audit(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('audit [path...]')
    .description('is each dependency of a project what it claims to be? Reads manifests, lockfiles and SBOMs; exits with 1 where one is not')
    .option('--offline', 'by the names alone, without asking the registries who those are that resemble another')
    .addHelpText('after', '\nReads package.json, package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock, requirements.txt, Pipfile(.lock), pyproject.toml,\nsetup.cfg, poetry.lock, uv.lock, pdm.lock, pylock.toml, go.mod, go.sum, CycloneDX and SPDX.\n\nExamples:\n  sluice names audit\n  sluice names audit package-lock.json --offline --json')
    .action(async (paths: string[], { offline = false }: { offline?: boolean }, command: Command) => {
      const { files, left, unread } = await readFiles(paths.length === 0 ? ['.'] : paths)
      await atDesk(command, surroundings, { passing: true, upstreams: !offline }, async (desk, printer) => {
        const known = dependenciesOf(files)
        const wanted = [...known.values()].map(([{ dependency }]) => ({ ecosystem: dependency.ecosystem, name: dependency.name }))
        // By the names first: only those that resemble another are worth a question.
        const byName = wanted.length === 0 ? [] : await desk.watch.checkNames(wanted, false, (checked) => printer.progress(`${checked} of ${count(wanted.length, 'name')}`))
        const resembling = byName.filter(({ level }) => level !== 'none')
        const [askable, silent] = offline ? [[], resembling] : partition(resembling, await publicOnly(desk, known))
        const checked = [...silent, ...askable.length === 0 ? []
          : await desk.watch.checkNames(askable, true, (asked) => printer.progress(`asking the registries: ${asked} of ${askable.length}`))]
        const doubts = checked.filter(({ level }) => level !== 'none').map((check): Doubt => ({
          check, at: (known.get(`${check.ecosystem}:${check.name}`) ?? []).map(({ file, dependency: { line, path, written } }) => ({ file, line, path, written })),
        }))
        const nameless = namelessIn(files)
        if (doubts.some(({ check }) => check.level === 'alarm') || nameless.some(({ kind }) => kind === 'other-package')) done(1)
        for (const one of left.slice(0, 10)) printer.note(`not looked at: ${plain(one)}`)
        tellUnread(unread, printer)
        report(files, { names: wanted.length, doubts, nameless, offline, unread }, printer)
      })
    })
}

/** Whether a name may be sent to the public registry: what a lockfile has from somewhere else is nobody's business there. */
async function publicOnly(desk: Desk, known: ReadonlyMap<string, readonly Place[]>): Promise<(one: Checked) => boolean> {
  const { sources } = await desk.status()
  const hosts = new Set([desk.origin, ...Object.values(sources).flatMap(({ url }) => url ?? [])].map((url) => new URL(url).host))
  return ({ ecosystem, name }) => (known.get(`${ecosystem}:${name}`) ?? []).every(({ dependency: { source } }) => source.kind === 'registry' && (source.host === null || hosts.has(source.host)))
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

type Nameless = Bypass & { file: string }

/** Entries whose name says nothing of what is fetched: another package's archive, an address, a repository. */
function namelessIn(files: readonly ProjectFile[]): Nameless[] {
  const nowhere = { hosts: new Set<string>(), upstreams: new Set<string>() }
  return files.flatMap((file) => bypasses(file, nowhere).filter(({ kind }) => kind === 'other-package' || kind === 'url' || kind === 'git').map((one) => ({ ...one, file: file.path })))
}

/** What a project uses is protected: names that imitate it are told of, and private names in it are known by more than a pattern. */
export function learn(group: Command, surroundings: Surroundings): void {
  group.command('learn [path...]')
    .description('protect what projects use: reads their manifests, lockfiles and SBOMs, as audit does')
    .addHelpText('after', '\nWhat is fetched through the gate is protected without this.\n\nExample, as a step of CI:\n  sluice names learn package-lock.json --server https://sluice.acme.example')
    .action(async (paths: string[], _options: object, command: Command) => {
      const { files, unread } = await readFiles(paths.length === 0 ? ['.'] : paths)
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const wanted = [...dependenciesOf(files).values()].map(([{ dependency }]) => ({ ecosystem: dependency.ecosystem, name: dependency.name }))
        tellUnread(unread, printer)
        const { names } = wanted.length === 0 ? { names: 0 } : await desk.watch.learnNames(wanted, files.map(({ path }) => path).join(', '))
        if (printer.wantsJson) printer.json({ names, files: files.length })
        else printer.lines(`${count(names, 'name')} of ${count(files.length, 'file')} protected from now on`)
      })
    })
}

type Unread = { path: string; says: string }

function tellUnread(unread: readonly Unread[], printer: Printer): void {
  for (const { path, says } of unread.slice(0, 20)) printer.note(`not read: ${plain(path)}: ${plain(says, 300)}`)
  if (unread.length > 20) printer.note(`and ${unread.length - 20} more that could not be read`)
}

/** One file that cannot be read says nothing of the others. Throws `usage` where none can. */
async function readFiles(paths: readonly string[]): Promise<{ files: ProjectFile[]; left: string[]; unread: Unread[] }> {
  const given: GivenFile[] = []
  const left: string[] = []
  for (const path of paths) {
    if (!isFolder(path)) {
      given.push({ path, bytes: await readFile(path).catch((cause: unknown) => { throw new SluiceError('usage', `cannot read ${plain(path)}: ${sentence(cause)}`, { cause }) }) })
      continue
    }
    const found = findProjectFiles(resolve(path))
    if (found.files.length === 0) throw new SluiceError('not-found', `${plain(path)} holds no manifest, lockfile or SBOM`, { hint: 'name the file, or the folder of a project' })
    given.push(...found.files.map((file) => ({ ...file, path: path === '.' ? file.path : posix.join(path.replaceAll('\\', '/'), file.path) })))
    left.push(...found.left, ...found.unread.map(({ path: one, says }) => `${one} (${says})`))
  }
  const { files, unread } = readEach(given)
  const [first] = unread
  if (files.length === 0 && first) throw new SluiceError('usage', first.says)
  return { files, left, unread }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw new SluiceError('usage', `there is no ${plain(path)}`, { cause })
  }
}

type Place = { file: string; dependency: Dependency }

/** By package; what is no registry's package has no name that could be somebody else's. */
function dependenciesOf(files: readonly ProjectFile[]): Map<string, [Place, ...Place[]]> {
  const known = new Map<string, [Place, ...Place[]]>()
  for (const { path, dependencies } of files) {
    for (const dependency of dependencies) {
      if (dependency.source.kind === 'path' || dependency.source.kind === 'workspace') continue
      const key = `${dependency.ecosystem}:${dependency.name}`
      const before = known.get(key)
      if (before) before.push({ file: path, dependency })
      else known.set(key, [{ file: path, dependency }])
    }
  }
  return known
}

function report(files: readonly ProjectFile[], { names, doubts, nameless, offline, unread }: { names: number; doubts: readonly Doubt[]; nameless: readonly Nameless[]; offline: boolean; unread: readonly Unread[] }, printer: Printer): void {
  const problems = files.flatMap(({ path, problems: all }) => all.map(({ line, says }) => ({ file: path, line, says })))
  if (printer.wantsJson) return printer.json({ files: files.map(({ path, format, dependencies }) => ({ path, format, dependencies: dependencies.length })), names, doubts, nameless, problems, unread })
  for (const { file, line, says } of problems.slice(0, 20)) printer.note(`${plain(file)}${line === null ? '' : `:${line}`}: ${plain(says)}`)
  if (problems.length > 20) printer.note(`and ${problems.length - 20} more that could not be read; --json lists them`)
  for (const { check, at } of doubts) {
    show(check, printer)
    for (const { file, line, path, written } of at.slice(0, 5)) {
      printer.lines(printer.paint.dim(`  at ${plain(file)}${line === null ? '' : `:${line}`}${written === null ? '' : `, written ${plain(written, 80)}`}${path.length > 0 ? `, by way of ${path.map((one) => plain(one, 60)).join(' > ')}` : ''}`))
    }
    if (at.length > 5) printer.lines(printer.paint.dim(`  and ${at.length - 5} more places`))
  }
  for (const { kind, file, line, says, remedy, count: many, examples } of nameless) {
    const shown = examples.slice(0, 4).map(({ name }) => plain(name, 60)).join(', ')
    const head = `${plain(file)}${line === null ? '' : `:${line}`}: ${plain(says, 200)}`
    printer.lines(kind === 'other-package' ? printer.paint.red(head) : printer.paint.yellow(head), `  ${shown}${many > 4 ? `, and ${many - 4} more` : ''}; ${plain(remedy, 200)}`)
  }
  const wrong = doubts.length + nameless.reduce((sum, { kind, count: many }) => sum + (kind === 'other-package' ? many : 0), 0)
  printer.lines(`${doubts.length + nameless.length > 0 ? '\n' : ''}${count(names, 'dependency', 'dependencies')} of ${count(files.length, 'file')} looked at, ${wrong === 0 ? 'none' : wrong} that may not be what ${wrong === 1 ? 'it claims' : 'they claim'} to be${offline ? ' (by the names alone)' : ''}.`)
}
