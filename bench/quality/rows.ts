/**
 * Turns outcomes of `run.ts` (JSON lines) into rows for `npm run train`: one line an archive, on standard output.
 *
 *   node bench/quality/rows.ts RUN.jsonl… > rows.jsonl
 *
 * Archives that could not be examined teach nothing and are left out. Those of the malicious corpus that hold nothing that
 * runs count as benign: they teach that a package is not malicious for being small. All archives of a cluster together weigh
 * as much as one; the benign ones of PyPI as much as all malicious clusters, those of the other ecosystems half as much.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Outcome } from './outcome.ts'

const EXPECTED = 3

const outcomes: Outcome[] = []
for (const file of process.argv.slice(2)) {
  for await (const line of createInterface({ input: createReadStream(file) })) if (line !== '') outcomes.push(JSON.parse(line) as Outcome)
}
const isBad = ({ corpus, inert }: Outcome): boolean => corpus === 'malware' && !inert
const usable = outcomes.filter(({ features }) => Object.keys(features).length > 0)
const clusters = Map.groupBy(usable, ({ cluster }) => cluster)
const malicious = new Set(usable.filter(isBad).map(({ cluster }) => cluster)).size
const benign = Map.groupBy(usable.filter((outcome) => !isBad(outcome)), ({ ecosystem }) => ecosystem)

for (const outcome of usable) {
  const { id, ecosystem, part, cluster, features } = outcome
  const bad = isBad(outcome)
  const many = benign.get(ecosystem)?.length ?? 1
  const weight = bad ? 1 / (clusters.get(cluster)?.length ?? 1) : Math.min(EXPECTED, (ecosystem === 'pypi' ? malicious : malicious / 2) / many)
  const row = { id: `pkg:${ecosystem}/${encodeURIComponent(id)}`, label: bad ? 1 : 0, weight: Number(weight.toFixed(4)), group: cluster, part, features }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
