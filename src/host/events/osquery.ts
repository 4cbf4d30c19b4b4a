import type { EcosystemId } from '../../core/types.ts'
import type { HostEvent } from './event.ts'
import { checked, documentsIn, idOf, numberOf, packageOf, runningIn, textOf, valuesOf } from './foreign.ts'
import type { Values } from './foreign.ts'
import type { Read } from './ocsf.ts'

type Action = 'added' | 'removed' | 'snapshot'
type Act = NonNullable<HostEvent['act']>

/** One row of a result, and what stands around it. */
interface Row {
  host: string
  at: Date
  columns: Values
  action: Action
  id: string
}

/**
 * osquery's results: event, batch and snapshot format, one a line, in a list, or as its TLS logger posts them. A query is named by
 * whoever scheduled it, so that its name has to have the table's in it: `pack_acme_npm_packages`.
 */
export function readOsquery(text: string, most: number): Read[] {
  const documents = documentsIn(text, most).flatMap((one) => {
    const { log_type: type, data } = valuesOf(one)
    return Array.isArray(data) ? (type === 'result' ? data.slice(0, most + 1) as unknown[] : []) : [one]
  })
  const read: Read[] = []
  for (const document of documents) {
    for (const one of resultOf(document)) {
      if (read.length > most) return read
      read.push(one)
    }
  }
  return read
}

function* resultOf(value: unknown): Generator<Read> {
  const result = valuesOf(value)
  const host = textOf(result['hostIdentifier']) ?? textOf(result['hostname'])
  const name = textOf(result['name'])
  const seconds = numberOf(result['unixTime'])
  if (host === null || name === null || seconds === null) return yield { problem: 'no result of osquery: it has no hostIdentifier, no name or no unixTime' }
  const reads = Object.entries(TABLES).find(([table]) => name.toLowerCase().includes(table))?.[1]
  if (!reads) return yield { problem: `the query ${name.slice(0, 100)} is not about what is read here: its name has to have one of ${Object.keys(TABLES).join(', ')}` }
  let index = 0
  for (const [action, columns] of rowsOf(result)) {
    const event = reads({ host, at: new Date(seconds * 1_000), columns, action, id: idOf('osquery', host, name, seconds, result['epoch'], result['counter'], action, index++, columns) })
    if (event !== null) yield typeof event === 'string' ? { problem: event } : checked(event)
  }
}

function* rowsOf({ action, columns, snapshot, diffResults }: Values): Generator<[Action, Values]> {
  if (Array.isArray(snapshot)) for (const row of snapshot) yield ['snapshot', valuesOf(row)]
  if (columns !== undefined) yield [action === 'removed' ? 'removed' : action === 'snapshot' ? 'snapshot' : 'added', valuesOf(columns)]
  const { added, removed } = valuesOf(diffResults)
  // What is gone first: the same thing may be back in the same result.
  for (const row of Array.isArray(removed) ? removed : []) yield ['removed', valuesOf(row)]
  for (const row of Array.isArray(added) ? added : []) yield ['added', valuesOf(row)]
}

/** null: nothing to tell. A text: what is wrong with the row. */
type Reads = (row: Row) => HostEvent | string | null

const event = ({ host, at, id }: Row, rest: Pick<HostEvent, 'kind' | 'says'> & Partial<HostEvent>): HostEvent =>
  ({ id, at, host, user: null, package: null, place: null, session: null, act: null, process: null, source: 'osquery', ...rest })

const packages = (ecosystem: EcosystemId): Reads => (row) => {
  const [name, version] = [textOf(row.columns['name']), textOf(row.columns['version'])]
  const had = packageOf(ecosystem, name, version)
  if (!had) return `a row without a name that ${ecosystem} takes`
  const gone = row.action === 'removed'
  const place = textOf(row.columns['path']) ?? textOf(row.columns['directory'])
  return event(row, { kind: gone ? 'removed' : 'installed', package: had, place, says: `${had.name}${version === null ? '' : ` ${version}`} ${gone ? 'is gone' : 'is installed'}` })
}

/** Events happen: that osquery no longer lists one says nothing. */
const happened = (reads: Reads): Reads => (row) => (row.action === 'removed' ? null : reads(row))

const processes = happened((row) => {
  const { columns } = row
  const [pid, path, command] = [numberOf(columns['pid']), textOf(columns['path']), textOf(columns['cmdline'])]
  if (pid === null || path === null) return 'a row of processes without pid or path'
  const argv = command === null ? [] : command.split(' ')
  return event(row, {
    kind: 'act', at: timeOf(row), place: path, user: textOf(columns['username']), package: runningIn(textOf(columns['cwd'])), says: `${path} was started`,
    act: act('exec', pid, path, { argv }), process: { pid, parent: numberOf(columns['parent']), program: path, argv },
  })
})

const sockets = happened((row) => {
  const { columns } = row
  const [pid, address, port] = [numberOf(columns['pid']), textOf(columns['remote_address']), numberOf(columns['remote_port'])]
  const verb = textOf(columns['action'])
  if (verb !== 'connect') return null
  if (pid === null || address === null || port === null) return 'a row of sockets without pid, address or port'
  const [target, program] = [address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`, textOf(columns['path'])]
  return event(row, { kind: 'act', at: timeOf(row), place: program, says: `${program ?? 'a process'} connected to ${target}`, act: act('connect', pid, target), process: program === null ? null : { pid, parent: null, program, argv: [] } })
})

const FILES: Readonly<Record<string, Act['kind']>> = { CREATED: 'write', UPDATED: 'write', MOVED_TO: 'rename', MOVED_FROM: 'rename', DELETED: 'delete', ACCESSED: 'read', OPENED: 'read', ATTRIBUTES_MODIFIED: 'mode' }

const files = happened((row) => {
  const [path, verb] = [textOf(row.columns['target_path']), textOf(row.columns['action']) ?? '']
  const kind = Object.hasOwn(FILES, verb) ? FILES[verb] : undefined
  if (path === null || kind === undefined) return path === null ? 'a row of files without a path' : null
  return event(row, { kind: 'act', at: timeOf(row), place: path, says: `${path} was ${verb.toLowerCase().replaceAll('_', ' ')}`, act: act(kind, numberOf(row.columns['pid']) ?? 0, path) })
})

const TABLES: Readonly<Record<string, Reads>> = { npm_packages: packages('npm'), python_packages: packages('pypi'), process_events: processes, socket_events: sockets, file_events: files }

const act = (kind: Act['kind'], pid: number, target: string, more: Partial<Act> = {}): Act => ({ kind, at: 0, pid, target, done: true, seen: ['call'], by: null, ...more })

/** Seconds; when it happened rather than when it was listed. */
function timeOf({ at, columns }: Row): Date {
  const seconds = numberOf(columns['time'])
  return seconds === null || seconds === 0 || seconds > 8.64e12 ? at : new Date(seconds * 1_000)
}
