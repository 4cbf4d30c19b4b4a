import { commit, FACTS, lookupOf, newSecret, periodOf, whoOf } from '../../ledger/caller.ts'
import type { Fact, Facts } from '../../ledger/caller.ts'
import { sortableAddress } from '../../ledger/networks.ts'
import type { Outcome } from './messages.ts'

type Run = (sql: string, parameters: readonly unknown[]) => Outcome

/** A caller's row as ledger lines refer to it. */
interface Interned {
  id: number
  mark: string
}

/**
 * Finds or makes the rows of callers, for the length of one transaction: which rows there are is asked of the database each time, so
 * that several processes share them and none is taken for there that was rolled back.
 */
export class Interning {
  readonly #run: Run
  readonly #unkept: ReadonlySet<Fact>
  readonly #known = new Map<string, Interned>()
  readonly #secrets = new Map<number, string>()

  constructor(run: Run, unkept: ReadonlySet<Fact>) {
    this.#run = run
    this.#unkept = unkept
  }

  /** `at`: when they asked. */
  row(facts: Facts, at: number): Interned {
    const period = periodOf(at)
    const text = JSON.stringify(facts)
    const key = `${period} ${text}`
    const known = this.#known.get(key) ?? this.#find(facts, text, period)
    this.#known.set(key, known)
    return known
  }

  #find(facts: Facts, text: string, period: number): Interned {
    const lookup = lookupOf(this.#secret(period), text)
    const [id, mark] = this.#run('select id, mark from callers where lookup = ?', [lookup]).values
    if (id !== undefined) return { id: Number(id), mark: String(mark) }
    const made = commit(facts, this.#unkept)
    const kept = (fact: Fact): string | null => (this.#unkept.has(fact) ? null : facts[fact] ?? null)
    const who = FACTS.some((fact) => facts[fact] !== undefined && this.#unkept.has(fact)) ? null : whoOf(facts)
    const network = kept('forwarded') ?? (facts.forwarded === undefined ? kept('address') : null)
    const { insertId } = this.#run(INSERT, [period, made.mark, lookup, who, network === null ? null : sortableAddress(network), JSON.stringify(made.proofs), ...FACTS.map(kept)])
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

const INSERT = `insert into callers (period, mark, lookup, who, network, proofs, ${FACTS.map((fact) => `"${fact}"`).join(', ')})
  values (?, ?, ?, ?, ?, ?, ${FACTS.map(() => '?').join(', ')})`
