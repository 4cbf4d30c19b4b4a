import { parsePackage } from '../../core/package-spec.ts'
import type { EcosystemId } from '../../core/types.ts'
import { oneLine } from '../../core/text.ts'
import { INDICATOR_KINDS, spellIndicator } from '../indicator.ts'
import type { IndicatorKind, ListedIndicator } from '../indicator.ts'
import { idIn, listed, readEcosystem, readName, readTime } from '../record.ts'
import type { IntelRecord, Item, ListedAdvisory } from '../record.ts'
import { readTlp } from '../tlp.ts'
import type { Tlp } from '../tlp.ts'
import { guessedColumns, namedColumns } from './columns.ts'
import type { Columns } from './columns.ts'
import { rowsOf } from './csv-cells.ts'
import type { Row } from './csv-cells.ts'
import { readVersions } from './versions.ts'

export interface ListOptions {
  /** What its entries call their source. */
  source: string
  /** Where it does not say otherwise. */
  tlp: Tlp
  /** For lists that name none. */
  ecosystem?: EcosystemId | undefined
}

const MOST = 2_000_000
/** Ids of databases (`MAL-2026-1`). Another one, such as a number, means nothing outside its list. */
const DATABASE = /^[A-Z]{2,12}-[\w-]{1,100}$/

/**
 * A table of packages or of indicators, with a first line that names its columns or without. Each line is an item; lines of
 * one package are told together where the list gives no ids. null: this is no table of either.
 */
export function readCsv(text: string, file: string, options: ListOptions): Iterable<Item> | null {
  const rows = rowsOf(text)
  const first = rows.next()
  if (first.done || first.value.problem !== undefined) return null
  const named = namedColumns(first.value.cells)
  const columns = named ?? guessedColumns(first.value.cells, options.ecosystem !== undefined)
  if (!columns) return null
  return together(items(named ? null : first.value, rows, { columns, file, options }))
}

interface Table { columns: Columns; file: string; options: ListOptions }

function* items(first: Row | null, rows: Iterable<Row>, table: Table): Generator<Item> {
  let count = 0
  if (first) yield* itemsOf(first, table)
  for (const row of rows) {
    if (++count > MOST) return yield { where: `${table.file}:${row.line}`, problem: `more than ${MOST} lines: the rest is left out` }
    yield* itemsOf(row, table)
  }
}

function* itemsOf(row: Row, { columns, file, options }: Table): Generator<Item> {
  const where = `${file}:${row.line}`
  if (row.problem !== undefined) return yield { where, problem: row.problem }
  const cell = (at: number | undefined): string => (at === undefined ? '' : unarmed(row.cells[at] ?? ''))
  const id = cell(columns.id)
  const modified = readTime(cell(columns.modified))
  const withdrawn = /^(?:true|yes|1|x)$/i.test(cell(columns.withdrawn)) ? modified ?? new Date() : readTime(cell(columns.withdrawn))
  const common = { source: options.source, tlp: readTlp(cell(columns.tlp)) ?? options.tlp, withdrawn, summary: cell(columns.summary) || undefined }
  const advisories: ListedAdvisory[] = []
  const indicators: ListedIndicator[] = []
  if (columns.name !== undefined || columns.purl !== undefined) {
    const found = packageOf(cell, columns, options.ecosystem)
    if ('problem' in found) {
      if (columns.indicators.length === 0) return yield { where, problem: found.problem }
    } else {
      const scope = readVersions(found.ecosystem, found.version)
      if (!scope) return yield { where, problem: `unreadable versions: ${oneLine(found.version, 80)}` }
      const url = /^https?:\/\/\S+$/.test(cell(columns.reference)) ? cell(columns.reference).slice(0, 1_000) : null
      advisories.push(listed({
        ...common, summary: common.summary ?? 'listed as malicious', ...scope, ecosystem: found.ecosystem, name: found.name, url,
        id: DATABASE.test(id) ? id : idIn(options.source, found.ecosystem, found.name), ...(modified ? { modified } : {}),
      }))
    }
  }
  for (const column of columns.indicators) {
    const raw = cell(column.at)
    if (raw === '') continue
    const spelled = spellIndicator(raw, column.kind ?? kindOf(cell(columns.kind)))
    if ('problem' in spelled) yield { where, problem: spelled.problem }
    else indicators.push({ ...spelled, record: id === '' ? null : oneLine(id, 128), says: oneLine(common.summary ?? '', 300), tlp: common.tlp, validUntil: null, withdrawn, modified })
  }
  if (advisories.length + indicators.length > 0) yield { where, id: advisories[0]?.id ?? where, modified, advisories, indicators }
}

/** What our own tables and others do against formulas. */
const unarmed = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '').trim()

const kindOf = (text: string): IndicatorKind | null => ((INDICATOR_KINDS as readonly string[]).includes(text.toLowerCase()) ? text.toLowerCase() as IndicatorKind : null)

type Found = { ecosystem: EcosystemId; name: string; version: string } | { problem: string }

function packageOf(cell: (at: number | undefined) => string, columns: Columns, usual: EcosystemId | undefined): Found {
  const purl = cell(columns.purl)
  const raw = cell(columns.name)
  const spec = specOf(purl !== '' ? purl : raw)
  const said = cell(columns.ecosystem)
  const ecosystem = spec?.ecosystem ?? (said === '' ? usual ?? null : readEcosystem(said))
  if (purl !== '' && !spec) return { problem: `another kind of package, or no package URL: ${oneLine(purl, 80)}` }
  if (!ecosystem) return { problem: said === '' ? 'no ecosystem is named' : `another ecosystem: ${oneLine(said, 40)}` }
  const name = readName(ecosystem, spec?.name ?? raw)
  if (name === null) return { problem: `no ${ecosystem} package can be called ${oneLine(spec?.name ?? raw, 80) || 'nothing'}` }
  return { ecosystem, name, version: spec?.version ?? cell(columns.version) }
}

/** `pkg:npm/a@1` or `npm:a@1`; null: a bare name. */
export function specOf(text: string): { ecosystem: EcosystemId; name: string; version: string | null } | null {
  if (!/^(?:pkg|npm|pypi|go):/i.test(text) || text.length > 2_000) return null
  try {
    return parsePackage(text.replace(/^pkg:/i, 'pkg:'))
  } catch {
    return null
  }
}

/**
 * Lists have a line for each version, and for each package of a record: what stands under one id is one record, and each package
 * in it one advisory.
 */
export function* together(all: Iterable<Item>): Generator<Item> {
  const records = new Map<string, Gathered>()
  for (const item of all) {
    const [advisory] = 'problem' in item ? [] : item.advisories
    if ('problem' in item || !advisory) {
      yield item
      continue
    }
    const key = `${advisory.id} ${advisory.withdrawn === null}`
    const before = records.get(key)
    if (before) join(before, item)
    else records.set(key, { item, packages: new Map() })
    add(records.get(key)?.packages as Gathered['packages'], advisory)
  }
  for (const { item, packages } of records.values()) {
    item.advisories = [...packages.values()].map(({ advisory, versions, ranges }) => ({ ...advisory, versions: [...versions], ranges: [...ranges.values()] }))
    yield item
  }
}

interface Gathered { item: IntelRecord; packages: Map<string, { advisory: ListedAdvisory; versions: Set<string>; ranges: Map<string, ListedAdvisory['ranges'][number]> }> }

function add(packages: Gathered['packages'], advisory: ListedAdvisory): void {
  const key = `${advisory.ecosystem}/${advisory.name}`
  const before = packages.get(key) ?? { advisory, versions: new Set(), ranges: new Map() }
  packages.set(key, before)
  if (advisory.modified > before.advisory.modified) before.advisory = advisory
  for (const version of advisory.versions) before.versions.add(version)
  for (const range of advisory.ranges) before.ranges.set(JSON.stringify(range), range)
}

function join({ item }: Gathered, { modified, indicators }: IntelRecord): void {
  item.indicators.push(...indicators)
  if (modified !== null && (item.modified === null || item.modified < modified)) item.modified = modified
}
