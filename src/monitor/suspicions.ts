import { Revisions } from '../admission/revisions.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Ledger } from '../ledger/append.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Concern, ConcernKind } from './concerns.ts'

export interface SuspicionParts {
  database: Database
  revisions: Revisions
  ledger: Ledger
  clock: Clock
}

/** What was concluded of a package, kept where decisions find it. A conclusion that holds stands in the ledger and counts on every gate at once. */
export class Suspicions {
  readonly #parts: SuspicionParts

  constructor(parts: SuspicionParts) {
    this.#parts = parts
  }

  /**
   * What the watch has against a package now, of these kinds; what it had before and has no more is gone. Returns what is new: told apart
   * by kind and by whether it holds, so that looking again tells nobody again.
   */
  async set(about: { ecosystem: EcosystemId; name: string; version: string | null }, kinds: readonly ConcernKind[], concerns: readonly Concern[]): Promise<Concern[]> {
    const { database, revisions, ledger, clock } = this.#parts
    const { ecosystem, name, version } = about
    const at = clock.now()
    const worst = kinds.flatMap((kind) => concerns.find((one) => one.kind === kind && one.holds) ?? concerns.find((one) => one.kind === kind) ?? [])
    const { added, changed } = await database.transaction(async (tx) => {
      const before = await tx.selectFrom('suspicions').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', 'in', [...kinds]).execute()
      const gone = before.filter((row) => !worst.some(({ kind }) => kind === row.kind))
      const fresh = worst.filter((one) => !before.some((row) => row.kind === one.kind && (row.holds === 1) === one.holds && row.says === one.says))
      for (const { kind, holds, says } of fresh) {
        const row = { version: null, says, holds: holds ? 1 : 0, alarm: null, at: at.getTime() }
        await tx.insertInto('suspicions').values({ ecosystem, name, kind, ...row })
          .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'kind']).doUpdateSet(row)).execute()
      }
      for (const { kind } of gone) await tx.deleteFrom('suspicions').where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', kind).execute()
      const held = (rows: readonly { holds: number | boolean }[]): boolean => rows.some(({ holds }) => Boolean(holds))
      const changed = held(before) !== held(worst) || (held(worst) && fresh.some(({ holds }) => holds))
      if (changed) await Revisions.record(tx, { kind: 'suspicion', ecosystem, name, at })
      const known = new Set(before.map(({ kind, holds }) => `${kind} ${holds}`))
      return { added: worst.filter(({ kind, holds }) => !known.has(`${kind} ${holds ? 1 : 0}`)), changed }
    })
    if (!changed) return added
    revisions.bump(ecosystem, name)
    const holding = worst.find(({ holds }) => holds)
    await ledger.append({
      at, kind: 'decided', ecosystem, name, version, action: holding ? 'hold' : 'serve', reason: holding ? 'suspected' : 'clean',
      because: holding?.says ?? 'the watch suspects it no more', by: 'watch',
    })
    return added
  }
}
