import { agentNamed, readAgent } from '../core/client.ts'
import type { Agent } from '../core/client.ts'
import { hash } from 'node:crypto'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { rowsOf } from '../intel/read/csv-cells.ts'
import type { Delivery } from './delivery.ts'

/**
 * Rows of tables of downloads that others publish, PyPI's first of all (one row a download: time, country, file, and what its
 * user agent said), as CSV, as JSON lines or as one JSON array. Columns may be nested (`details.installer.name`), flattened with dots
 * or underscores, or short (`installer`); a column with a number of downloads makes a row stand for so many.
 */
export interface ExternalRow {
  at: number
  ecosystem: EcosystemId
  name: string
  version: string | null
  file: string | null
  agent: Agent
  country: string | null
  times: number
  /** The same for rows of the same country and the same client, as far as they tell: one caller or several alike. */
  alike: string
}

const MOST_TIMES = 1e9

/** Reads a whole table. `ecosystem` is that of rows which name none. Throws `feed-invalid` with the line; nothing is skipped. */
export function* externalRows(text: string, ecosystem: EcosystemId): Generator<ExternalRow> {
  for (const { line, fields } of /^\ufeff?\s*[{[]/.test(text) ? jsonRecords(text) : tableRecords(text)) yield rowOf(fields, line, ecosystem)
}

export const deliveryOf = (row: ExternalRow, source: string): Delivery => ({
  at: row.at, ecosystem: row.ecosystem, name: row.name, version: row.version, file: row.file, agent: row.agent,
  caller: { key: `${source} ${row.alike}`, named: false, token: null, user: null, host: null, address: null, job: null },
  part: false, times: row.times, country: row.country, source,
})

type Fields = ReadonlyMap<string, string>

interface Found { line: number; fields: Fields }

function* tableRecords(text: string): Generator<Found> {
  let heads: string[] | null = null
  for (const { line, cells, problem } of rowsOf(text)) {
    if (problem !== undefined) throw new SluiceError('feed-invalid', `line ${line}: ${problem}`)
    if (heads === null) {
      heads = cells.map(keyOf)
      if (!heads.some((head) => TIMES.includes(head))) {
        throw new SluiceError('feed-invalid', `line ${line}: no column says when; there are ${oneLine(cells.join(', '), 200)}`, {
          hint: 'a table of downloads has a first line with names: timestamp, country_code, project, …',
        })
      }
      continue
    }
    const names = heads
    if (cells.length > names.length) throw new SluiceError('feed-invalid', `line ${line}: ${cells.length} cells in a table of ${names.length} columns`)
    yield { line, fields: new Map(cells.map((cell, column) => [names[column] ?? '', cell])) }
  }
}

/** One object a line, or an array: on one line, or with an object on each of its lines. */
function* jsonRecords(text: string): Generator<Found> {
  let line = 0
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    const written = text.slice(from, end < 0 ? text.length : end)
    from = end < 0 ? text.length : end + 1
    line += 1
    const bare = written.trim().replace(/^\ufeff/, '').replace(/,$/, '')
    if (bare === '' || bare === '[' || bare === ']') continue
    const found = parse(bare, line)
    for (const one of Array.isArray(found) ? found : [found]) {
      if (typeof one !== 'object' || one === null) throw new SluiceError('feed-invalid', `line ${line}: not an object`)
      const fields = new Map<string, string>()
      flatten(one, '', fields, 0)
      yield { line, fields }
    }
  }
}

function parse(text: string, line: number): unknown {
  for (const candidate of [text, text.replace(/^\[/, ''), text.replace(/\]$/, '')]) {
    try {
      return JSON.parse(candidate)
    } catch {
      continue
    }
  }
  throw new SluiceError('feed-invalid', `line ${line}: not JSON`, { hint: 'one object a line, or an array with one a line' })
}

const DEEPEST = 6
function flatten(value: object, prefix: string, into: Map<string, string>, depth: number): void {
  if (depth > DEEPEST) return
  for (const [name, inner] of Object.entries(value).slice(0, 200)) {
    const key = keyOf(prefix === '' ? name : `${prefix}_${name}`)
    if (typeof inner === 'object' && inner !== null) flatten(inner, key, into, depth + 1)
    else if (inner !== null && inner !== undefined) into.set(key, String(inner).slice(0, 2_000))
  }
}

/** `details.installer.name`, `details_installer_name` and `DETAILS installer-name` are one. */
const keyOf = (head: string): string => head.trim().toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 100)

const TIMES = ['timestamp', 'time', 'at', 'date', 'download_time', 'day']
const ALIKE = ['details_', 'installer', 'python', 'implementation', 'distro', 'system', 'cpu', 'libc', 'openssl', 'setuptools', 'rustc', 'tls_', 'ci', 'user_agent']

function rowOf(fields: Fields, line: number, otherwise: EcosystemId): ExternalRow {
  const field = (...names: string[]): string | null => {
    for (const name of names) {
      const value = fields.get(name)?.trim()
      if (value !== undefined && value !== '' && !/^(?:null|\(null\)|none|nan)$/i.test(value)) return value.slice(0, 2_000)
    }
    return null
  }
  const bad = (says: string): SluiceError => new SluiceError('feed-invalid', `line ${line}: ${says}`)
  const at = timeOf(field(...TIMES), bad)
  const told = field('ecosystem', 'registry')?.toLowerCase() ?? otherwise
  if (!Object.hasOwn(ecosystems, told)) throw bad(`unknown ecosystem: ${oneLine(told, 40)}`)
  const ecosystem = told as EcosystemId
  const project = field('project', 'file_project', 'package', 'name', 'module')
  if (project === null) throw bad('no project')
  let name: string
  try {
    name = ecosystems[ecosystem].canonicalName(project)
  } catch (thrown) {
    throw bad(sentence(thrown))
  }
  if (!ecosystems[ecosystem].isName(name)) throw bad(`no name of a package: ${oneLine(project, 80)}`)
  const count = field('num_downloads', 'downloads', 'download_count', 'count', 'times')
  const times = count === null ? 1 : Number(count)
  if (!Number.isSafeInteger(times) || times < 1 || times > MOST_TIMES) throw bad(`not a number of downloads: ${oneLine(count ?? '', 40)}`)
  const country = field('country_code', 'country')?.toUpperCase() ?? null
  const alike = [...fields].filter(([key]) => ALIKE.some((word) => key.startsWith(word))).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    at, ecosystem, name, times,
    version: field('file_version', 'version')?.slice(0, 256) ?? null,
    file: field('file_filename', 'filename')?.slice(0, 500) ?? null,
    agent: agentIn(field),
    country: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
    alike: hash('sha256', JSON.stringify([country, alike])).slice(0, 32),
  }
}

function agentIn(field: (...names: string[]) => string | null): Agent {
  const ci = /^(?:true|1|yes|t)$/i.test(field('details_ci', 'ci') ?? '') ? 'yes' : null
  const whole = field('user_agent', 'useragent', 'ua')
  if (whole !== null) return { ...readAgent(whole), ...(ci ? { ci } : {}) }
  return agentNamed(field('details_installer_name', 'installer_name', 'installer', 'client'), field('details_installer_version', 'installer_version')?.slice(0, 40) ?? null, ci)
}

const SPACED = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?: ?(?:UTC|Z|\+00(?::?00)?))?$/

/** `2024-03-05 02:13:44 UTC`, ISO 8601, a day, or seconds, milliseconds or microseconds since 1970. */
function timeOf(text: string | null, bad: (says: string) => SluiceError): number {
  if (text === null) throw bad('no time')
  const number = /^\d{9,17}(?:\.\d+)?$/.test(text) ? Number(text) : null
  const at = number === null ? Date.parse(text.replace(SPACED, '$1T$2Z')) : number > 1e14 ? number / 1_000 : number > 1e11 ? number : number * 1_000
  if (!Number.isFinite(at) || at < 0 || at > 4e12) throw bad(`not a time: ${oneLine(text, 40)}`)
  return Math.floor(at)
}
