/**
 * Turns outcomes of `run.ts` (JSON lines) into rows for `npm run train`: one line an archive, on standard output.
 *
 *   node bench/quality/rows.ts RUN.jsonl… > rows.jsonl
 *
 * Archives that hold nothing that runs, or that could not be examined, teach nothing and are left out. All archives of a
 * cluster together weigh as much as one, and the benign ones of each ecosystem as much as all malicious ones of it, or, where
 * there are none, a tenth of that.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Outcome } from './outcome.ts'

const EXPECTED = 3

const outcomes: Outcome[] = []
for (const file of process.argv.slice(2)) {
  for await (const line of createInterface({ input: createReadStream(file) })) if (line !== '') outcomes.push(JSON.parse(line) as Outcome)
}
const usable = outcomes.filter(({ inert, features }) => !inert && Object.keys(features).length > 0)
const clusters = Map.groupBy(usable, ({ cluster }) => cluster)
const malicious = new Set(usable.filter(({ corpus }) => corpus === 'malware').map(({ cluster }) => cluster)).size
const benign = Map.groupBy(usable.filter(({ corpus }) => corpus !== 'malware'), ({ ecosystem }) => ecosystem)

for (const { id, corpus, ecosystem, part, cluster, features } of usable) {
  const bad = corpus === 'malware'
  const many = benign.get(ecosystem)?.length ?? 1
  const weight = bad ? 1 / (clusters.get(cluster)?.length ?? 1) : Math.min(EXPECTED, (ecosystem === 'pypi' ? malicious : malicious / 2) / many)
  const row = { id: `pkg:${ecosystem}/${encodeURIComponent(id)}`, label: bad ? 1 : 0, weight: Number(weight.toFixed(4)), group: cluster, part, features }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
