import { agentNamed, readAgent } from '../core/client.ts'
import type { Agent } from '../core/client.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { parseEntry } from '../ledger/entry.ts'
import type { Database } from '../ports/database.ts'
import type { Caller, Delivery, Visit } from './delivery.ts'

/** Which lines: of a package, of exact bytes, or all of a span of time. */
export type About = { ecosystem: EcosystemId; name: string } | { digest: Digest } | 'everything'

export interface Span {
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
}

/** A line of the ledger, as far as it is about who received what. */
export interface Line {
  at: number
  kind: 'served' | 'index'
  ecosystem: EcosystemId
  name: string
  version: string | null
  file: string | null
  /** The row in `callers`. */
  row: number | null
  caller: Caller | null
  agent: Agent
  part: boolean
  publishedAt: number | null
}

type Reader = Pick<Database, 'query'>

const PAGE = 5_000
/** Rows of `callers` asked for at once, and remembered. */
const AT_ONCE = 500
const REMEMBERED = 100_000

/** Lines page by page, in the order in which they were written. */
export async function* linesOf(database: Reader, people: People, about: About, { since, until }: Span, kinds: readonly Line['kind'][] = ['served']): AsyncGenerator<Line[]> {
  const begin = about === 'everything' && since ? await lineAt(database, since.getTime()) : 0
  for (let after = begin; ;) {
    const rows = await database.query.selectFrom('ledger')
      .leftJoin('artifacts', (on) => on.onRef('artifacts.ecosystem', '=', 'ledger.ecosystem').onRef('artifacts.name', '=', 'ledger.name').onRef('artifacts.file', '=', 'ledger.file'))
      .where('ledger.seq', '>', after).where('ledger.kind', 'in', kinds)
      .$if(typeof about === 'object' && 'name' in about, (query) => query
        .where('ledger.ecosystem', '=', (about as { ecosystem: string }).ecosystem).where('ledger.name', '=', (about as { name: string }).name))
      .$if(typeof about === 'object' && 'digest' in about, (query) => query.where('ledger.digest', '=', (about as { digest: string }).digest))
      .$if(since !== undefined, (query) => query.where('ledger.at', '>=', Number(since)))
      .$if(until !== undefined, (query) => query.where('ledger.at', '<', Number(until)))
      .orderBy('ledger.seq').limit(PAGE).select(COLUMNS).execute()
    const last = rows.at(-1)
    if (!last) return
    after = Number(last.seq)
    yield await people.lines(rows)
    if (rows.length < PAGE) return
  }
}

/** What these callers did around that time, in the order of time for each of them; at most so many lines, and so many of some of them. */
export async function* visitsOf(database: Reader, people: People, rows: readonly number[], { since, until }: Span, most: number): AsyncGenerator<Line[]> {
  let left = most
  for (let from = 0; from < rows.length && left > 0; from += CALLERS) {
    const some = rows.slice(from, from + CALLERS)
    for (let [after, these] = [0, LINES]; left > 0 && these > 0;) {
      const found = await database.query.selectFrom('ledger')
        .leftJoin('artifacts', (on) => on.onRef('artifacts.ecosystem', '=', 'ledger.ecosystem').onRef('artifacts.name', '=', 'ledger.name').onRef('artifacts.file', '=', 'ledger.file'))
        .where('ledger.caller', 'in', some).where('ledger.seq', '>', after).where('ledger.kind', 'in', ['served', 'index'])
        .$if(since !== undefined, (query) => query.where('ledger.at', '>=', Number(since)))
        .$if(until !== undefined, (query) => query.where('ledger.at', '<', Number(until)))
        .orderBy('ledger.seq').limit(Math.min(PAGE, left, these)).select(COLUMNS).execute()
      const last = found.at(-1)
      if (!last) break
      after = Number(last.seq)
      left -= found.length
      these -= found.length
      yield await people.lines(found)
      if (found.length < PAGE) break
    }
  }
}

/** Callers looked at together, and lines of them: one that is busy must not hide the others. */
const CALLERS = 50
const LINES = 10_000

const COLUMNS = [
  'ledger.seq', 'ledger.at', 'ledger.kind', 'ledger.ecosystem', 'ledger.name', 'ledger.version', 'ledger.file', 'ledger.caller', 'ledger.entry',
  'artifacts.published_at as publishedAt',
] as const

interface Row {
  seq: number
  at: number
  kind: string
  ecosystem: string | null
  name: string | null
  version: string | null
  file: string | null
  caller: number | null
  entry: string
  publishedAt: number | null
}

/** Who stands behind lines. Remembers those it has looked up. */
export class People {
  readonly #database: Reader
  readonly #known = new Map<number, { caller: Caller; agent: Agent }>()

  constructor(database: Reader) {
    this.#database = database
  }

  async lines(rows: readonly Row[]): Promise<Line[]> {
    await this.#look(rows)
    return rows.flatMap((row) => {
      if (row.ecosystem === null || row.name === null || !Object.hasOwn(ecosystems, row.ecosystem)) return []
      const id = row.caller === null ? null : Number(row.caller)
      const who = id === null ? ofLine(row.entry) : this.#known.get(id) ?? forgotten(id)
      return [{
        at: Number(row.at), kind: row.kind as Line['kind'], ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, file: row.file,
        row: id, ...who, publishedAt: row.publishedAt === null ? null : Number(row.publishedAt),
        // Quotes inside of values are escaped: this is the member.
        part: row.entry.includes('"range":"'),
      }]
    })
  }

  async #look(rows: readonly Row[]): Promise<void> {
    if (this.#known.size > REMEMBERED) this.#known.clear()
    const wanted = [...new Set(rows.flatMap(({ caller }) => (caller === null || this.#known.has(Number(caller)) ? [] : [Number(caller)])))]
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      const found = await this.#database.query.selectFrom('callers').select(['id', 'address', 'forwarded', 'token', 'user', 'host', 'job', 'client', 'agent', 'ci'])
        .where('id', 'in', wanted.slice(from, from + AT_ONCE)).execute()
      for (const { id, forwarded, client, agent, ci, ...facts } of found) {
        this.#known.set(Number(id), { caller: callerOf({ ...facts, address: forwarded ?? facts.address }, `#${id}`), agent: agentOf(agent, client, ci) })
      }
    }
  }
}

function callerOf({ token, user, host, address, job: told }: Omit<Caller, 'key' | 'named'>, otherwise: string): Caller {
  // Lines from before npm's own header was read as what it is.
  const job = told === 'false' ? null : told
  const known = token !== null || user !== null || host !== null || address !== null
  return { key: known ? [token, user, host, address].map((fact) => fact ?? '').join('\u0000') : otherwise, named: user !== null || host !== null, token, user, host, address, job }
}

const forgotten = (id: number): { caller: Caller; agent: Agent } =>
  ({ caller: callerOf({ token: null, user: null, host: null, address: null, job: null }, `#${id}`), agent: agentNamed(null, null) })

/** Lines from before callers had a table of their own say it themselves. */
function ofLine(entry: string): { caller: Caller | null; agent: Agent } {
  const { address, token, forwarded, client } = parseEntry(entry) ?? {}
  const facts = { token: token ?? null, user: forwarded?.user ?? null, host: forwarded?.host ?? null, address: forwarded?.address ?? address ?? null, job: forwarded?.job ?? null }
  const nobody = Object.values(facts).every((fact) => fact === null)
  return { caller: nobody ? null : callerOf(facts, ''), agent: agentOf(client?.userAgent ?? null, client ? `${client.tool} ${client.version ?? ''}`.trim() : null, client?.ci ?? null) }
}

function agentOf(agent: string | null, client: string | null, ci: string | null): Agent {
  if (agent !== null) return { ...readAgent(agent), ...(ci === null ? {} : { ci }) }
  const [tool = '', version] = client?.split(' ') ?? []
  return agentNamed(tool === '' ? null : tool, version ?? null, ci)
}

/** Whether a file is the package, or only says something of it. */
const carriesCode = ({ ecosystem, file }: Line): boolean =>
  file === null || ecosystems[ecosystem].archiveFormat(file) !== 'none' || !/\.(?:metadata|asc|sig|provenance|mod|info)$/.test(file)

/** null: only a document beside the package was delivered. */
export const deliveryOf = (line: Line): Delivery | null => {
  const { at, ecosystem, name, version, file, agent, caller, part } = line
  return carriesCode(line) ? { at, ecosystem, name, version, file, agent, caller, part, times: 1, source: null } : null
}

export function visitOf(line: Line): Visit | null {
  const { at, kind, ecosystem, name, version, file, caller, agent, publishedAt } = line
  return caller && { at, contact: kind === 'index' ? 'index' : carriesCode(line) ? 'file' : 'beside', ecosystem, name, version, file, caller: caller.key, agent, publishedAt }
}

/** The last line before that time, found by halves: lines are written in the order of time. */
async function lineAt(database: Reader, time: number): Promise<number> {
  const end = await database.query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  let low = 0
  let high = Number(end?.seq ?? 0)
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2)
    const row = await database.query.selectFrom('ledger').select('at').where('seq', '>=', middle).orderBy('seq').limit(1).executeTakeFirst()
    // Gates' clocks differ a little: a minute earlier is early enough.
    if (row && Number(row.at) < time - 60_000) low = middle
    else high = middle - 1
  }
  return low
}
