import type { Bypass } from '../host/lockfiles/diagnose.ts'
import type { Gathered } from '../screening/gather.ts'
import { counts } from '../screening/judge.ts'
import type { Occurrence } from '../screening/occurrences.ts'
import type { Find, Screened } from '../screening/screen.ts'
import { KINDS } from '../screening/types.ts'
import type { Against, Kind } from '../screening/types.ts'
import type { CheckVerdict } from './check-verdict.ts'
import { count, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'

interface Shown {
  printer: Printer
  lineOf: Gathered['lineOf']
  where: string
  verdict: CheckVerdict
}

const HEADS: Readonly<Record<Kind, string>> = {
  malicious: 'Malicious', recalled: 'Recalled', denied: 'Denied by policy', listed: 'On a list that was given', held: 'Held', vulnerable: 'Vulnerable',
}
const MOST_PLACES = 3
const MOST_NOTES = 20

/** The finds by kind, the gravest first, each with why, how it comes in, and what to do. */
export function printCheck(screened: Screened, shown: Shown): void {
  const { printer, verdict } = shown
  for (const warning of verdict.warnings) printer.note(printer.paint.yellow(warning))
  for (const { path, says } of screened.unread.slice(0, MOST_NOTES)) printer.note(`not read: ${says.startsWith(path) ? '' : `${plain(path)}: `}${plain(says, 300)}`)
  if (screened.unread.length > MOST_NOTES) printer.note(`and ${screened.unread.length - MOST_NOTES} more that could not be read; --json lists them`)
  const { problems, left } = screened
  for (const { file, line, says } of problems.slice(0, MOST_NOTES)) printer.note(`${at(file, line)}: ${plain(says, 300)}`)
  if (problems.length > MOST_NOTES) printer.note(`and ${problems.length - MOST_NOTES} more lines that could not be read; --json lists them`)
  for (const one of left.slice(0, 5)) printer.note(`not looked at: ${plain(one)}`)
  for (const kind of KINDS) printKind(kind, screened.finds.filter((one) => worstOf(one) === kind), shown)
  const accepted = screened.finds.filter((one) => worstOf(one) === null)
  if (accepted.length > 0) printAccepted(accepted, printer)
  if (screened.bypasses.length > 0) printBypasses(screened, shown)
  summary(screened, shown)
}

const worstOf = ({ against }: Find): Kind | null => against.find(counts)?.kind ?? null
const nameOf = ({ ecosystem, name, version }: Find): string => plain(`${ecosystem}:${name}${version === null ? '' : `${ecosystem === 'pypi' ? '==' : '@'}${version}`}`)
const at = (file: string, line: number | null): string => `${plain(file)}${line === null ? '' : `:${line}`}`

function printKind(kind: Kind, finds: readonly Find[], shown: Shown): void {
  if (finds.length === 0) return
  const { printer } = shown
  const paint = kind === 'held' || kind === 'vulnerable' ? printer.paint.yellow : printer.paint.red
  printer.lines(paint(printer.paint.bold(`${HEADS[kind]}: ${count(finds.length, 'package')}`)), '')
  for (const one of finds) printFind(one, paint, shown)
  if (kind === 'malicious') printer.note(RAN)
}

const RAN = 'Where it was installed or built, its code may have run: treat that machine or pipeline as taken over, and replace the credentials that were in reach. Removing the package does not undo that.'

function printFind(one: Find, paint: (text: string) => string, { printer, lineOf }: Shown): void {
  const { paint: { dim, bold } } = printer
  printer.lines(`${paint(nameOf(one))}${one.version === null ? dim(' (every version)') : ''}`)
  for (const against of one.against.slice(0, 8)) for (const line of wrap(saysOf(against), printer.width - 4)) printer.lines(`  ${line}`)
  if (one.against.length > 8) printer.lines(dim(`  and ${one.against.length - 8} more; --json lists them`))
  for (const place of one.at.slice(0, MOST_PLACES)) printPlace(place, one, { printer, lineOf })
  if (one.machines > 0) printer.lines(`  ${dim('on')} ${count(one.machines, 'machine')}${dim(`, as they say: sluice trace ${nameOf(one)} --installed tells which`)}`)
  if (one.at.length > MOST_PLACES) printer.lines(dim(`  and ${count(one.at.length - MOST_PLACES, 'more place')}`))
  if (one.remedy) {
    for (const [index, line] of wrap(plain(one.remedy.does, 600), printer.width - 6).entries()) printer.lines(`  ${index === 0 ? '→' : ' '} ${line}`)
    if (one.remedy.command !== null) printer.lines(`    ${bold(plain(one.remedy.command, 400))}`)
  }
  if (one.safe === null && one.unsafe !== null) printer.lines(dim(`    ${plain(one.unsafe, 300)}`))
  if (one.safe?.from === 'advisory') printer.lines(dim(`    ${plain(one.safe.version)} is what the advisory names as fixed; the gate has not seen it yet`))
  printer.lines('')
}

function saysOf({ kind, id, says, severity, source, url, at: place, accepted }: Against): string {
  const head = [id, severity !== null && kind === 'vulnerable' ? `(${severity})` : null].filter((part) => part !== null).join(' ')
  const tail = [
    place ? `${place.file}:${place.line} ${place.says}` : null, url === null ? null : url, source === null ? null : `from ${source}`, accepted === null ? null : `accepted: ${accepted}`,
  ].filter((part) => part !== null && part !== '')
  return plain(`${[head, says].filter(Boolean).join(' ')}${tail.length > 0 ? ` · ${tail.join(' · ')}` : ''}`, 700)
}

function printPlace({ file, line, direct, dev, path, written, installed, range }: Occurrence, { name }: Find, { printer, lineOf }: Pick<Shown, 'printer' | 'lineOf'>): void {
  const { dim } = printer.paint
  const how = [
    installed ? 'installed' : direct === true ? 'asked for by the project' : path.length > 0 || direct === false ? 'transitive' : null,
    dev === true ? 'only for development' : null, written === null ? null : `written ${plain(written, 80)}`, range === null || range === '' ? null : `range ${plain(range, 60)}`,
  ].filter((part) => part !== null)
  printer.lines(`  ${dim('at')} ${at(file, line)}${how.length > 0 ? dim(` (${how.join(', ')})`) : ''}`)
  if (path.length > 0) printer.lines(`    ${[...path.map((one) => plain(one, 60)), plain(name, 80)].join(dim(' > '))}`)
  const text = line === null ? null : lineOf(file, line)
  if (text !== null && text.trim() !== '') printer.lines(dim(`    ${String(line).padStart(5)} | ${plain(text.trimEnd(), Math.max(40, printer.width - 14))}`))
}

function printAccepted(finds: readonly Find[], printer: Printer): void {
  printer.lines(printer.paint.bold(`Known and accepted: ${count(finds.length, 'package')}`))
  for (const one of finds) printer.lines(`  ${nameOf(one)}  ${printer.paint.dim(plain([...new Set(one.against.map(({ accepted }) => accepted ?? ''))].join('; '), 200))}`)
  printer.lines('')
}

function printBypasses({ bypasses }: Screened, { printer, lineOf }: Shown): void {
  printer.lines(printer.paint.yellow(printer.paint.bold(`Past the gate: ${count(bypasses.length, 'way')}`)), '')
  for (const one of bypasses) {
    printer.lines(`${at(one.file, one.line)}: ${wordOf(one, printer)}`)
    const shownNames = one.examples.slice(0, 4).map(({ name }) => plain(name, 60)).join(', ')
    if (one.count > 0) printer.lines(printer.paint.dim(`  ${shownNames}${one.count > 4 ? `, and ${one.count - 4} more` : ''}`))
    const text = one.line === null ? null : lineOf(one.file, one.line)
    if (text !== null && text.trim() !== '') printer.lines(printer.paint.dim(`    ${String(one.line).padStart(5)} | ${plain(text.trimEnd(), Math.max(40, printer.width - 14))}`))
    printer.lines(`  → ${plain(one.remedy, 300)}`)
  }
  printer.lines('')
}

const wordOf = ({ kind, says }: Bypass, { paint }: Printer): string => (kind === 'other-package' ? paint.red(plain(says, 300)) : plain(says, 300))

function summary(screened: Screened, { printer, where, verdict }: Shown): void {
  const { paint } = printer
  const { basis, packages, files, installed, finds, bypasses } = screened
  const of = [files.length === 0 && installed.length === 0 ? 'no file' : null, files.length > 0 ? count(files.length, 'file') : null, installed.length > 0 ? count(installed.length, 'installed tree') : null].filter((part) => part !== null).join(' and ')
  const kinds = KINDS.flatMap((kind) => {
    const many = finds.filter((one) => worstOf(one) === kind).length
    return many > 0 ? [`${many} ${kind}`] : []
  })
  const found = kinds.length === 0 ? `nothing is known against any` : kinds.join(', ')
  const known = `${count(basis.advisories, 'advisory', 'advisories')}${basis.updatedAt ? ` (of ${basis.updatedAt.toISOString().slice(0, 10)})` : ''}`
  const line = `${count(packages, 'package')} of ${of} held against ${known} and ${plain(where)}: ${basis.advisories === 0 && kinds.length === 0 ? 'that says little' : found}${bypasses.length > 0 ? `; ${count(bypasses.length, 'way')} past the gate` : ''}.`
  printer.lines(verdict.code === 0 ? paint.green(line) : verdict.code === 1 ? paint.red(line) : paint.yellow(line))
  if (!screened.gate && files.some(({ format }) => /lock|yarn|npmrc|go\.env|pip\.conf/.test(format))) printer.note(paint.dim('Whether lockfiles and settings lead to your gate was not looked at: say where it is with --gate URL.'))
}
