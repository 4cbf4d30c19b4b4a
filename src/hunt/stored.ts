import type { Kysely } from 'kysely'
import type { EcosystemId, Finding } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import type { Candidate } from './expression.ts'
import { judgedFacts } from './judged.ts'
import type { Stored } from './terms.ts'

const ROWS = 200

/** Verdicts of files, as far as hunts look into them, by the files' numbers. */
export async function readStored(query: Kysely<Tables>, files: readonly Candidate[]): Promise<ReadonlyMap<number, Stored>> {
  const found = new Map<number, Stored>()
  for (let from = 0; from < files.length; from += ROWS) await readSome(query, files.slice(from, from + ROWS), found)
  return found
}

/** Of packages with thousands of files a few verdicts are more than an answer may hold: then fewer are asked for. */
async function readSome(query: Kysely<Tables>, files: readonly Candidate[], found: Map<number, Stored>): Promise<void> {
  try {
    for (const row of await rowsOf(query, files)) {
      found.set(Number(row.id), { ...judgedFacts(row.ecosystem as EcosystemId, row, row.hashes ?? '{}'), findings: JSON.parse(row.findings) as Finding[], indicators: JSON.parse(row.indicators ?? '[]') as Stored['indicators'] })
    }
  } catch (thrown) {
    if (files.length <= 1) throw thrown
    const half = Math.ceil(files.length / 2)
    await readSome(query, files.slice(0, half), found)
    await readSome(query, files.slice(half), found)
  }
}

function rowsOf(query: Kysely<Tables>, files: readonly Candidate[]) {
  return query.selectFrom('judged_files')
    .innerJoin('verdicts', (join) => join.onRef('verdicts.ecosystem', '=', 'judged_files.ecosystem').onRef('verdicts.name', '=', 'judged_files.name').onRef('verdicts.file', '=', 'judged_files.file'))
    .leftJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'judged_files.ecosystem').onRef('artifacts.name', '=', 'judged_files.name').onRef('artifacts.file', '=', 'judged_files.file'))
    .select(['judged_files.id', 'judged_files.ecosystem', 'verdicts.findings', 'verdicts.indicators', 'verdicts.profile', 'verdicts.sketch', 'verdicts.digest', 'artifacts.hashes'])
    .where('judged_files.id', 'in', files.map(({ id }) => id)).execute()
}
