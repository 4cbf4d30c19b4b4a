import { setImmediate as breathe } from 'node:timers/promises'
import { sentence } from '../core/errors.ts'
import type { Database, Tables } from '../ports/database.ts'
import { CallerCheck } from './verify-callers.ts'
import { columnsOf, GENESIS, link } from './chain.ts'
import type { EntryColumns, Head } from './chain.ts'

export interface Verification {
  ok: boolean
  /** Lines read. */
  lines: number
  /** The last line's; null when no line was read. */
  head: Head | null
  /** In the order of the ledger; the first hundred. */
  problems: readonly { seq: number; says: string }[]
  /** All of them. */
  problemCount: number
  /** Of those who asked in these lines: rows whose facts are those committed to, and rows of which something was forgotten. */
  callers: { whole: number; forgotten: number }
}

/** A head that somebody kept: the ledger must still lead to it. `where` says in words who kept it. */
export interface KeptHead extends Head {
  where: string
}

export interface VerifyOptions {
  database: Pick<Database, 'query'>
  /** From the head file and from people. Read them before calling, so that lines appended meanwhile do no harm. */
  kept?: readonly KeptHead[]
  /** First line to read; what it follows is then taken on trust, and kept heads before it are not looked at. */
  from?: number
  progress?: (lines: number) => void
}

const PAGE = 1000
const SHOWN = 100

/**
 * Reads the whole chain and finds every change of an entry, of its copied columns or of a hash, every gap, a restart, and
 * an end that was cut off before a kept head. Memory is bounded; a gate may run and append meanwhile.
 * Somebody who rewrites everything after a line and the head file as well is found only by a head kept elsewhere.
 */
export async function verify({ database, kept = [], from = 1, progress }: VerifyOptions): Promise<Verification> {
  const problems: { seq: number; says: string }[] = []
  let problemCount = 0
  const note = (seq: number, says: string): void => {
    problemCount += 1
    if (problems.length < SHOWN) problems.push({ seq, says })
  }
  const keptAt = new Map<number, KeptHead[]>()
  for (const head of kept) keptAt.set(head.seq, [...keptAt.get(head.seq) ?? [], head])

  const callers = new CallerCheck(database)
  let lines = 0
  let head: Head | null = from > 1 ? null : { seq: 0, hash: GENESIS }
  for (let page = readPage(database, from - 1); ;) {
    const rows = await page
    const last = rows.at(-1)
    if (!last) break
    // The next page is read while this one is checked; a turn of the event loop sends the request off, and lets others work.
    page = readPage(database, last.seq)
    await breathe()
    const said = await callers.page(rows)
    for (const row of rows) {
      const before = head ?? { seq: from - 1, hash: row.prev }
      for (const says of checkLine(row, before)) note(row.seq, says)
      for (const says of said.get(row.seq) ?? []) note(row.seq, says)
      for (const { hash, where } of keptAt.get(row.seq) ?? []) {
        if (hash !== row.hash) note(row.seq, `is not the line that ${where} knows as the head`)
      }
      head = { seq: row.seq, hash: row.hash }
    }
    lines += rows.length
    progress?.(lines)
  }

  const end = head?.seq ?? from - 1
  for (const { seq, hash, where } of kept) {
    if (seq > end) note(end, `the end was cut: ${where} knows line ${seq}, the ledger ends at ${end}`)
    if (seq === 0 && hash !== GENESIS) note(0, `${where} does not hold the head of an empty ledger`)
  }
  return { ok: problemCount === 0, lines, head: lines > 0 ? head : null, problems, problemCount, callers: callers.counts }
}

type Row = Tables['ledger']

function readPage(database: Pick<Database, 'query'>, after: number): Promise<Row[]> {
  const page = database.query.selectFrom('ledger').selectAll().where('seq', '>', after).orderBy('seq').limit(PAGE).execute()
  // A page read ahead may fail before anybody waits for it.
  page.catch(() => null)
  return page
}

/** Compares with the stored hash of the line before, so that one change is one problem and not one per later line. */
function* checkLine(row: Row, before: Head): Generator<string> {
  if (row.seq !== before.seq + 1) yield before.seq + 2 === row.seq ? `line ${before.seq + 1} is missing` : `lines ${before.seq + 1} to ${row.seq - 1} are missing`
  if (row.prev === GENESIS && row.seq !== 1) yield 'the chain starts anew here'
  else if (row.prev !== before.hash) yield 'does not follow from the line before'
  if (link(row.prev, row.entry) !== row.hash) yield 'the entry or its hash was changed'
  let columns: EntryColumns
  try {
    columns = columnsOf(row.entry)
  } catch (thrown) {
    yield sentence(thrown)
    return
  }
  for (const column of COLUMNS) {
    if (columns[column] !== row[column]) yield `the column ${column} differs from the entry`
  }
}

const COLUMNS = ['at', 'kind', 'ecosystem', 'name', 'version', 'file', 'digest', 'token', 'address', 'client'] satisfies
  (keyof EntryColumns)[]
