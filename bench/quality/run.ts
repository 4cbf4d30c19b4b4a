import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { modelAt } from '../../src/learning/model.ts'
import { createPool } from '../../src/workers/pool.ts'
import { benign, mostDependedOn } from './benign.ts'
import { CORPORA, print } from './command.ts'
import { compare } from './compare.ts'
import { ownHosts } from './hosts.ts'
import { judge } from './judge.ts'
import { malware } from './malware.ts'
import type { Outcome } from './outcome.ts'
import { reweighed } from './reweigh.ts'
import { hash32 } from './sample.ts'
import type { Sample } from './sample.ts'
import { report } from './tables.ts'

const HELP = `node bench/quality/run.ts [options]
  --corpus malware|benign|hard|all   default all
  --part tuning|report|all           default tuning: rules are tuned on one part and reported on the other
  --representatives                  of each cluster only the archive that stands for it
  --limit N                          the first N of each corpus, in an order that is random and always the same
  --only TEXT                        archives whose id contains it
  --jobs N                           workers, default 1
  --seconds N                        clock time an archive may take, default 20 as at the gate: more where the machine is busy with other things
  --out FILE.jsonl                   a line for each archive
  --from FILE.jsonl                  no run: the tables of an earlier one
  --model FILE.json|none             with --from: weighed again with this model, or by rules alone
  --diff OLD.jsonl                   what changed since
  --corpora DIR                      default bench/.cache/corpora`

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: 'all' }, part: { type: 'string', default: 'tuning' },
    representatives: { type: 'boolean', default: false }, limit: { type: 'string', default: 'Infinity' }, only: { type: 'string' },
    jobs: { type: 'string', default: '1' }, seconds: { type: 'string', default: '20' }, out: { type: 'string' }, from: { type: 'string' }, model: { type: 'string' }, diff: { type: 'string' },
    corpora: { type: 'string', default: CORPORA },
    help: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** As at the gate, unless asked otherwise. */
const LIMITS = { timeMs: Number(values.seconds) * 1000, memoryMb: 512 }

async function main(): Promise<void> {
  const kept = values.from === undefined ? await examineAll() : read(values.from).filter(wanted)
  const model = values.model === undefined || values.model === 'none' ? null : modelAt(pathToFileURL(values.model))
  const outcomes = values.model === undefined ? kept : kept.map((outcome) => reweighed(outcome, model))
  if (values.diff !== undefined) print(`${compare(read(values.diff).filter(wanted), outcomes)}\n`)
  print(report(outcomes, mostDependedOn(values.corpora)))
}

async function examineAll(): Promise<Outcome[]> {
  // An engine that does not load would only show as thousands of undetermined archives.
  await import('../../src/workers/examine.ts')
  const own = await ownHosts()
  const bad = await malware(values.corpora, say)
  const corpora = [bad.samples, benign(values.corpora, 'benign'), benign(values.corpora, 'hard')]
  const queue = corpora.flatMap((samples) => shuffled(samples.filter(wanted)).slice(0, Number(values.limit)))
  const pool = createPool({ size: Number(values.jobs), limits: LIMITS })
  const outcomes: Outcome[] = []
  if (values.out !== undefined) writeFileSync(values.out, '')
  let next = 0
  const work = async (): Promise<void> => {
    for (let sample = queue[next++]; sample; sample = queue[next++]) {
      const outcome = await judge(pool, sample, own)
      if (!outcome) continue
      outcomes.push(outcome)
      if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`)
      if (outcomes.length % 250 === 0) say(`${outcomes.length} of ${queue.length}`)
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, work))
  await pool.close()
  bad.close()
  return outcomes
}

function wanted({ id, corpus, part, representative }: Pick<Sample, 'id' | 'corpus' | 'part' | 'representative'>): boolean {
  return (values.corpus === 'all' || values.corpus === corpus) && (values.part === 'all' || values.part === part)
    && (values.only === undefined || id.includes(values.only)) && (!values.representatives || representative)
}

/** Those that stand for a cluster first, so that the beginning is already of many kinds. */
function shuffled(samples: readonly Sample[]): Sample[] {
  const keyed = samples.map((sample) => ({ sample, key: hash32(sample.id) + (sample.representative && !sample.inert ? 0 : 2 ** 32) }))
  return keyed.sort((a, b) => a.key - b.key).map(({ sample }) => sample)
}

const read = (file: string): Outcome[] => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Outcome)

if (values.help) print(HELP)
else await main()
