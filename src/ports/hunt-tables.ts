import type { Generated } from 'kysely'

/** The index in which judged files are found by the facts of their verdicts. Same words as in `database.ts`. */
export interface HuntTables {
  judged_files: JudgedFilesTable
  rule_sets: RuleSetsTable
  facts: FactsTable
  indicator_hits: IndicatorHitsTable
}

/** One narrow row a judged file, so that a hunt never walks over verdicts, which are a hundred times as large. */
interface JudgedFilesTable {
  id: Generated<number>
  ecosystem: string
  name: string
  file: string
  version: string
  /** 0 clean, 1 undetermined, 2 suspicious, 3 malicious. */
  level: number
  score: number
  /** When it was published; where nobody says, when it was first seen here. */
  published_at: number
  judged_at: number
  /** How often it was delivered, as far as the ledger was counted. */
  served: number
  /** The detectors that judged it, or that could say nothing else of it: a row of `rule_sets`. */
  rules: number
  /** Up to which change the organisation's own rules were run over it. */
  swept: number
}

/** Detectors and their versions, as in `rules` of a verdict, without the organisation's own rules. */
interface RuleSetsTable {
  id: Generated<number>
  rules: string
}

/** `fact`: see `src/hunt/keys.ts`. Numbers may collide, and hunts look again at what they show. */
interface FactsTable {
  fact: number
  artifact: number
}

/** A judged file that carries a known indicator: held for it on every gate, until the indicator is withdrawn or has expired. */
interface IndicatorHitsTable {
  ecosystem: string
  name: string
  version: string
  file: string
  type: string
  value: string
  /** What clients that are refused read. */
  says: string
  /** null: people were not told of it yet. */
  alarm: string | null
  at: number
}
