/**
 * How much of what a gate judged is wanted in the sandbox, and held for it: of the data folder given, by ecosystem and reason.
 * `node bench/sandbox/cascade.ts DATA`: reads it only. Fill one by installing ordinary projects through a gate with default settings.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

const [data = 'sluice-data'] = process.argv.slice(2)
const database = new DatabaseSync(join(data, 'sluice.db'), { readOnly: true })
const all = <Row>(sql: string): Row[] => database.prepare(sql).all() as unknown as Row[]
const judged = new Map(all<{ ecosystem: string; files: number; packages: number }>('select ecosystem, count(*) as files, count(distinct name) as packages from verdicts group by ecosystem').map((row) => [row.ecosystem, row]))
const rows = all<{ ecosystem: string; reason: string; held: number; files: number; left: number }>(
  "select ecosystem, reason, holds as held, count(*) as files, sum(state = 'left') as left from sandbox_wants group by ecosystem, reason, holds order by ecosystem, held desc, files desc")
const runs = all<{ status: string; runs: number; ms: number }>('select status, count(*) as runs, avg(elapsed_ms) as ms from sandbox_runs group by status')

console.log('| ecosystem | judged | wanted because | held | files | of all | not run to the end |\n|---|---|---|---|---|---|---|')
for (const { ecosystem, reason, held, files, left } of rows) {
  const { files: of = 0 } = judged.get(ecosystem) ?? {}
  console.log(`| ${ecosystem} | ${of} | ${reason} | ${held ? 'yes' : 'no'} | ${files} | ${(100 * files / of).toFixed(2)} % | ${left} |`)
}
for (const [ecosystem, { files }] of judged) if (!rows.some((row) => row.ecosystem === ecosystem)) console.log(`| ${ecosystem} | ${files} | nothing | | 0 | 0.00 % | 0 |`)
console.log(`\n${runs.map(({ status, runs: count, ms }) => `${count} ${status}${ms === null ? '' : `, ${(ms / 1_000).toFixed(1)} s each`}`).join('; ') || 'no runs'}`)
for (const { name, version, reason, says, problem, holds } of all<{ name: string; version: string; reason: string; says: string; problem: string | null; holds: number }>('select name, version, reason, says, problem, holds from sandbox_wants order by holds desc, name limit 60')) {
  console.log(`  ${holds ? 'held  ' : 'behind'}  ${name}@${version}  ${reason}: ${says.slice(0, 110)}${problem === null ? '' : `  [${problem}]`}`)
}
