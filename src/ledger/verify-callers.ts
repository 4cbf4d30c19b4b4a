import type { Database, Tables } from '../ports/database.ts'
import { FACTS, forgottenOf, problemsOf } from './caller.ts'
import { markIn } from './chain.ts'

type Line = Pick<Tables['ledger'], 'seq' | 'entry' | 'caller'>

const IDS = 500
/** Callers remembered as looked at; most come again soon. */
const KEPT = 200_000

/** Compares what lines say of their callers with the rows of these, page by page. A row that was looked at is not looked at again soon. */
export class CallerCheck {
  readonly #database: Pick<Database, 'query'>
  /** Commitments of rows without fault. */
  #marks = new Map<number, string>()
  #counted = 0
  readonly counts = { whole: 0, forgotten: 0 }

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database
  }

  /** What is wrong, by line. */
  async page(lines: readonly Line[]): Promise<ReadonlyMap<number, readonly string[]>> {
    const ids = new Set(lines.flatMap(({ caller }) => (caller === null ? [] : [Number(caller)])))
    const faults = await this.#look([...ids].filter((id) => !this.#marks.has(id)).sort((a, b) => a - b))
    const found = new Map<number, string[]>()
    for (const line of lines) {
      const says = [...this.#compare(line, faults)]
      if (says.length > 0) found.set(line.seq, says)
    }
    return found
  }

  *#compare({ entry, caller }: Line, faults: ReadonlyMap<number, readonly string[]>): Generator<string> {
    let mark: string | null
    try {
      mark = markIn(entry)
    } catch {
      // The chain's own check says so.
      return
    }
    if (caller === null) {
      if (mark !== null) yield 'the column caller differs from the entry'
      return
    }
    const known = this.#marks.get(Number(caller))
    if (known === undefined) yield* faults.get(Number(caller)) ?? ['the row of its caller is gone']
    else if (known !== mark) yield 'the column caller differs from the entry'
  }

  async #look(ids: readonly number[]): Promise<Map<number, readonly string[]>> {
    const faults = new Map<number, readonly string[]>()
    if (this.#marks.size + ids.length > KEPT) this.#marks = new Map()
    for (let from = 0; from < ids.length; from += IDS) {
      const rows = await this.#database.query.selectFrom('callers').select(['id', 'mark', 'proofs', ...FACTS]).where('id', 'in', ids.slice(from, from + IDS)).execute()
      for (const row of rows) {
        const says = [...problemsOf(row)]
        if (says.length > 0) faults.set(Number(row.id), says)
        else this.#marks.set(Number(row.id), row.mark)
        // Rows are made with the first line that has them, so that ids go up with the lines.
        if (Number(row.id) <= this.#counted) continue
        if (forgottenOf(row).length > 0) this.counts.forgotten += 1
        else this.counts.whole += 1
      }
      this.#counted = Math.max(this.#counted, ...rows.map(({ id }) => Number(id)))
    }
    return faults
  }
}
