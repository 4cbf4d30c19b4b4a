import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CORPORA, print } from './command.ts'
import { openShelf, plain } from './archive.ts'
import type { Shelf } from './archive.ts'
import type { Outcome } from './outcome.ts'
import { hash32 } from './sample.ts'

const HELP = `node bench/quality/findings.ts RUN.jsonl [--count N] [--around N] [--corpora DIR]
  a random sample of a run's findings (default 100), one for each cluster, with the code they point at, to be checked by hand:
  is the behaviour there, in that file, on that line?`

const { values, positionals: [run] } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' }, around: { type: 'string', default: '2' },
    corpora: { type: 'string', default: CORPORA },
  },
})
const LONGEST_LINE = 300

async function main(run: string): Promise<void> {
  const outcomes = readFileSync(run, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Outcome)
  const found = outcomes.filter(({ representative }) => representative)
    .flatMap((outcome) => outcome.findings.map((finding) => ({ outcome, finding, key: hash32(`${outcome.id} ${finding.detector} ${finding.file}`) })))
    .sort((a, b) => a.key - b.key)
  // One of each archive before a second of any.
  const first = [...Map.groupBy(found, ({ outcome }) => outcome.id).values()].map(([one]) => one as (typeof found)[number])
  const chosen = [...first, ...found.filter((one) => !first.includes(one))].slice(0, Number(values.count))
  const shelf = await openShelf(values.corpora)
  for (const [index, { outcome, finding }] of chosen.entries()) {
    const { detector, behaviour, severity, confidence, title, file, line } = finding
    print(`\n${index + 1}. ${outcome.id} (${outcome.level} ${outcome.score})\n   ${detector} · ${behaviour} · ${severity} ${confidence}\n   ${title}\n   ${file}:${line}`)
    print(await excerpt(shelf, outcome.id, file, line))
  }
  shelf.close()
}

async function excerpt(shelf: Shelf, id: string, path: string, line: number): Promise<string> {
  const file = (await shelf.files(shelf.sample(id))).get(path)
  if (!file) return '   (no such file)'
  if (line === 0) return ''
  const around = Number(values.around)
  return plain(file.bytes).split('\n').slice(Math.max(0, line - 1 - around), line + around)
    .map((text, index) => `   ${Math.max(1, line - around) + index} | ${text.replace(/\s{20,}/g, ' ⋯ ').slice(0, LONGEST_LINE)}`).join('\n')
}

if (run === undefined) print(HELP)
else await main(run)
