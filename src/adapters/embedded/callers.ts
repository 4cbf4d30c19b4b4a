import { commit, FACTS, FORGOTTEN, lookupOf, newSecret, periodOf, whoOf } from '../../ledger/caller.ts'
import type { Fact, Facts } from '../../ledger/caller.ts'
import { sortableAddress } from '../../ledger/networks.ts'
import type { Outcome } from './messages.ts'

type Run = (sql: string, parameters: readonly unknown[]) => Outcome

/** A caller's row as ledger lines refer to it. */
interface Interned {
  id: number
  mark: string
}

/** Callers remembered, some hundred bytes each. */
const REMEMBERED = 10_000

/**
 * Finds or makes the rows of callers. Several processes share them: what is remembered of them counts as long as nobody forgot anything
 * (`FORGOTTEN` is the same) and no transaction of this connection was rolled back, which the connection has to tell.
 */
export class Interning {
  readonly #run: Run
  readonly #unkept: ReadonlySet<Fact>
  readonly #known = new Map<string, Interned>()
  readonly #secrets = new Map<number, string>()
  #forgotten: unknown
  #period = 0

  constructor(run: Run, unkept: ReadonlySet<Fact>) {
    this.#run = run
    this.#unkept = unkept
  }

  /** Before the first caller of a transaction. */
  begin(): void {
    const [forgotten] = this.#run('select value from settings where key = ?', [FORGOTTEN]).values
    if (forgotten !== this.#forgotten || this.#known.size > REMEMBERED) this.clear()
    this.#forgotten = forgotten
  }

  clear(): void {
    this.#known.clear()
    this.#secrets.clear()
  }

  /** `text`: the JSON of `Facts`; `at`: when they asked. */
  row(text: string, at: number): Interned {
    const period = periodOf(at)
    // Of a period that is over, memory keeps no more than the tables do.
    if (period > this.#period) this.clear()
    this.#period = Math.max(period, this.#period)
    const key = `${period} ${text}`
    const known = this.#known.get(key)
    if (known) return known
    const found = this.#find(JSON.parse(text) as Facts, text, period)
    this.#known.set(key, found)
    return found
  }

  #find(facts: Facts, text: string, period: number): Interned {
    const lookup = lookupOf(this.#secret(period), text)
    const [id, mark] = this.#run('select id, mark from callers where lookup = ?', [lookup]).values
    if (id !== undefined) return { id: Number(id), mark: String(mark) }
    const made = commit(facts, this.#unkept)
    const kept = (fact: Fact): string | null => (this.#unkept.has(fact) ? null : facts[fact] ?? null)
    const who = FACTS.some((fact) => facts[fact] !== undefined && this.#unkept.has(fact)) ? null : whoOf(facts)
    const network = kept('forwarded') ?? (facts.forwarded === undefined ? kept('address') : null)
    const { insertId } = this.#run(INSERT, [period, made.mark, lookup, network === null ? null : sortableAddress(network), JSON.stringify(made.proofs), ...FACTS.map(kept)])
    if (who !== null) this.#run('insert into same_callers (caller, who) values (?, ?)', [insertId, who])
    return { id: insertId, mark: made.mark }
  }

  #secret(period: number): string {
    const known = this.#secrets.get(period)
    if (known !== undefined) return known
    const [stored] = this.#run('select secret from caller_keys where period = ?', [period]).values
    const secret = stored === undefined ? newSecret() : String(stored)
    if (stored === undefined) this.#run('insert into caller_keys (period, secret) values (?, ?)', [period, secret])
    this.#secrets.set(period, secret)
    return secret
  }
}

const INSERT = `insert into callers (period, mark, lookup, network, proofs, ${FACTS.map((fact) => `"${fact}"`).join(', ')})
  values (?, ?, ?, ?, ?, ${FACTS.map(() => '?').join(', ')})`
