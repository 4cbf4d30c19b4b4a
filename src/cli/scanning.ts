import { join, posix, resolve } from 'node:path'
import { unscanned } from '../admission/scan-local.ts'
import type { LocalTarget } from '../admission/scan-local.ts'
import type { Answer } from '../api/schemas.ts'
import { wire } from '../api/wire.ts'
import { SluiceError } from '../core/errors.ts'
import type { ArtifactRef, EcosystemId } from '../core/types.ts'
import { installedIn } from '../host/installed/index.ts'
import type { Globals } from './globals.ts'
import type { Desk } from './desk.ts'
import type { Surroundings } from './opened.ts'
import { plain } from './print.ts'
import type { Printer } from './print.ts'
import { openWorkbench } from './workbench.ts'
import type { Workbench } from './workbench.ts'

type Report = Answer<'scan'>

/** A report, and where its files lie on this machine as the person wrote it; null for packages by name. */
export interface Scanned { report: Report; path: string | null }

export interface ScanOptions {
  ecosystem?: EcosystemId
  file?: string
}

interface Examination { options: ScanOptions; globals: Globals; surroundings: Surroundings; printer: Printer }

/** One thing to examine, and what to call it while that goes on. */
type Item =
  | { kind: 'name'; target: string }
  | { kind: 'local'; target: string; local: LocalTarget }
  | { kind: 'installed'; target: string; place: string; local: LocalTarget }
  | { kind: 'failed'; target: string; thrown: SluiceError }

/**
 * Examines all targets, as many at a time as there are workers, and reports in the order they were named. A target that cannot
 * be examined is an undetermined report and not the end; only where it is the only one, bad usage throws.
 */
export async function examineAll(targets: readonly string[], examination: Examination): Promise<Scanned[]> {
  const { options, printer } = examination
  const { bench, desk, workers, stopped, close } = await open(targets, examination)
  try {
    const items = targets.flatMap((target) => itemsOf(target, options, printer))
    const all: Scanned[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < items.length && !stopped(); index = next++) {
        const item = items[index] as Item
        const called = item.kind === 'installed' ? item.place : item.target
        const shown = items.length > 1 ? `${(index + 1).toLocaleString('en')} of ${items.length.toLocaleString('en')}: ${called}` : called
        printer.progress(`examining ${shown}`)
        all[index] = await examine(item, { alone: items.length === 1, options, desk, bench, printer, progress: (says) => printer.progress(`examining ${shown}: ${says}`) })
      }
    }
    await Promise.all(Array.from({ length: Math.min(items.length, workers) }, work))
    // The signal ends the process as soon as everything is put away; nothing is printed of half a scan.
    if (stopped()) await new Promise(() => {})
    return all
  } finally {
    printer.progress('')
    await close()
  }
}

interface Places { desk: Desk | null; bench: Workbench | null; workers: number; stopped(): boolean; close(): Promise<void> }

/** Packages by name go through a gate; what lies here needs none, and nothing of one is loaded for it. */
async function open(targets: readonly string[], { globals, surroundings, printer }: Examination): Promise<Places> {
  const by = { globals, surroundings, printer }
  const [named, local] = [targets.some(isName), !targets.every(isName)]
  if (named && globals.server === undefined) {
    const [{ openFolder }, { localDesk }] = await Promise.all([import('./folder.ts'), import('./local.ts')])
    const { opened, stopped, close } = await openFolder(by, true)
    const { workers } = opened.config().examine
    return { desk: localDesk(opened), bench: { scan: (target) => opened.app.operator.scanLocal(target), workers, stopped, close }, workers, stopped, close }
  }
  const bench = local ? await openWorkbench(by, globals.server === undefined) : null
  const desk = named ? (await import('./remote.ts')).remoteDesk(globals.server as string, surroundings.env['SLUICE_TOKEN']?.trim() || null) : null
  return { desk, bench, workers: bench?.workers ?? 1, stopped: () => bench?.stopped() ?? false, close: async () => bench?.close() }
}

/** A folder with many installed packages is as many targets. */
function itemsOf(target: string, { ecosystem = undefined }: ScanOptions, printer: Printer): Item[] {
  if (isName(target)) return [{ kind: 'name', target }]
  const path = resolve(target)
  try {
    const tree = ecosystem === undefined ? installedIn(path) : null
    if (!tree) return [{ kind: 'local', target, local: { target, path, ecosystem: ecosystem ?? null } }]
    noteLeft(target, tree.left, printer)
    return tree.packages.map(({ place, path: below, ...what }) => {
      const called = posix.join(target.replaceAll('\\', '/'), place)
      return { kind: 'installed', target: called, place, local: { target: called, path: join(path, below), ...what } }
    })
  } catch (thrown) {
    if (thrown instanceof SluiceError) return [{ kind: 'failed', target, thrown }]
    throw thrown
  }
}

async function examine(item: Item, { alone, options, desk, bench, printer, progress }: {
  alone: boolean; options: ScanOptions; desk: Desk | null; bench: Workbench | null; printer: Printer; progress: (says: string) => void
}): Promise<Scanned> {
  const { target } = item
  const path = item.kind === 'name' ? null : target
  try {
    if (item.kind === 'failed') throw item.thrown
    if (item.kind === 'name') return { path, report: await (desk as Desk).scan(target, { file: options.file, progress }) }
    const { report, ref, left } = await (bench as Workbench).scan(item.local)
    if (item.kind === 'installed') return { path, report: wire({ ...report, target: `${target}${specOf(ref)}` }) }
    noteLeft(target, left, printer)
    return { path, report: wire(report) }
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || (thrown.code === 'usage' && alone)) throw thrown
    if (printer.wantsJson) printer.note(`sluice: ${plain(target)}: ${plain(thrown.message, 500)}`)
    if (thrown.hint && item.kind !== 'installed') printer.note(`  ${plain(target)}: ${plain(thrown.hint, 500)}`)
    return { path, report: wire(unscanned(target, thrown)) }
  }
}

/** What an installed package says it is, spelled as a target of its own; files that belong to none say nothing. */
function specOf({ ecosystem, name, version }: ArtifactRef): string {
  return version === '' ? '' : ` (${ecosystem}:${name}${ecosystem === 'pypi' ? '==' : '@'}${version})`
}

function noteLeft(target: string, left: readonly string[], printer: Printer): void {
  if (left.length === 0) return
  printer.note(`${plain(target)}: not looked at: ${left.slice(0, 8).map((path) => plain(path, 80)).join(', ')}${left.length > 8 ? ` and ${left.length - 8} more` : ''}`)
}

const isName = (target: string): boolean => /^(?:npm|pypi|go|pkg):/.test(target)
