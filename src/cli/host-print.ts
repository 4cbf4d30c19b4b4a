import type { InventoryReport } from '../host/inventory/inventory.ts'
import type { Origin } from '../host/inventory/origin.ts'
import type { InventoryPackage, InventoryTree } from '../host/inventory/package.ts'
import { purlOf } from '../screening/purl.ts'
import type { Screened } from '../screening/screen.ts'
import { printCheck } from './check-print.ts'
import type { CheckVerdict } from './check-verdict.ts'
import { count, plain, tail } from './print.ts'
import type { Printer } from './print.ts'

interface Shown {
  host: string
  report: InventoryReport
  origins: ReadonlyMap<InventoryPackage, Origin>
  screened: Screened
  verdict: CheckVerdict
  where: string
  all: boolean
}

const MOST_LINES = 20
const KINDS: Readonly<Record<InventoryTree['kind'], string>> = { 'node': 'node_modules', 'python': 'site-packages', 'go-cache': 'module cache', 'go-binary': 'program' }
const ORIGINS: Readonly<Record<Origin, string>> = { gate: 'through the gate', perhaps: 'perhaps through the gate', past: 'past the gate', unknown: '-' }

export function asJson({ host, report, origins, screened, verdict, where }: Shown): object {
  return {
    host, where, trees: report.trees.map((tree) => ({ ...tree, packages: tree.packages.map((one) => ({ purl: purlOf({ ...one, version: one.version?.toWellFormed() ?? null }), ...one, origin: origins.get(one) ?? 'unknown' })) })),
    basis: screened.basis, packages: screened.packages, finds: screened.finds, unread: report.unread, left: report.left, failed: verdict.code === 1, code: verdict.code, warnings: verdict.warnings,
  }
}

/** Places, what in them is not as it was put there, what runs by itself, what came past the gate; then what is known against packages. */
export function printInventory(shown: Shown, printer: Printer): void {
  const { report, origins, all } = shown
  const trees = report.trees.filter(({ packages, notes }) => packages.length + notes.length > 0)
  const past = (packages: readonly InventoryPackage[]): number => packages.filter((one) => origins.get(one) === 'past').length
  if (trees.length > 0) {
    printer.table(['place', 'what', 'packages', 'with scripts', 'past the gate', 'not as installed'], trees.map(({ kind, path, says, packages }) => [
      tail(plain(path, 400), 70), plain(kind === 'node' || kind === 'python' ? says.replace(/, of .*/, '') : KINDS[kind], 60), String(packages.length), number(packages.filter(({ hooks }) => hooks.length > 0).length), number(past(packages)), number(packages.filter(differs).length),
    ]))
    printer.lines('')
  } else printer.note('No packages are installed in the places that were looked at.')
  const packages = trees.flatMap((tree) => tree.packages.map((one) => ({ tree, one })))
  section(printer, 'Not as it was installed', packages.filter(({ one }) => differs(one)), ({ tree, one }) => `${nameOf(one)}  ${plain(one.says ?? one.agreement, 300)}  ${printer.paint.dim(placeOf(tree, one))}`)
  section(printer, 'Code that runs by itself', packages.filter(({ one }) => one.hooks.length > 0), ({ tree, one }) =>
    `${nameOf(one)}  ${one.hooks.map(({ name, command, runs }) => `${plain(name, 20)}: ${plain(command, 100)}${runs === true ? '' : runs === false ? ' (scripts are switched off)' : ' (if it was approved)'}`).join('; ')}  ${printer.paint.dim(placeOf(tree, one))}`)
  section(printer, 'Put there by no installer', trees.flatMap(({ path, notes }) => notes.map((says) => ({ path, says }))), ({ path, says }) => `${plain(says, 300)}  ${printer.paint.dim(plain(path, 200))}`, 'file')
  section(printer, 'Past the gate', packages.filter(({ one }) => origins.get(one) === 'past'), ({ tree, one }) => `${nameOf(one)}  ${one.from === null ? 'the gate never delivered it' : `from ${plain(one.from, 120)}`}  ${printer.paint.dim(placeOf(tree, one))}`)
  if (all) printer.table(['package', 'origin', 'installer', 'agreement', 'where'], packages.map(({ tree, one }) => [nameOf(one), ORIGINS[origins.get(one) ?? 'unknown'], plain(one.installer ?? '-', 20), one.agreement, placeOf(tree, one)]))
  printCheck({ ...shown.screened, installed: shown.screened.installed.filter((tree) => tree.packages > 0) }, { printer, lineOf: () => null, where: shown.where, verdict: shown.verdict })
}

const differs = ({ agreement }: InventoryPackage): boolean => agreement === 'differs' || agreement === 'newer' || agreement === 'unrecorded'
const number = (value: number): string => (value === 0 ? '-' : String(value))
const nameOf = ({ ecosystem, name, version }: InventoryPackage): string => plain(`${ecosystem}:${name}${version === null ? '' : `${ecosystem === 'pypi' ? '==' : '@'}${version}`}`, 120)
const placeOf = ({ path }: InventoryTree, { place }: InventoryPackage): string => plain(place === '' ? path : `${path}/${place}`, 200)

function section<One>(printer: Printer, head: string, all: readonly One[], line: (one: One) => string, noun = 'package'): void {
  if (all.length === 0) return
  printer.lines(printer.paint.bold(`${head}: ${count(all.length, noun)}`), ...all.slice(0, MOST_LINES).map((one) => `  ${line(one)}`))
  if (all.length > MOST_LINES) printer.lines(printer.paint.dim(`  and ${all.length - MOST_LINES} more; --json lists them`))
  printer.lines('')
}
