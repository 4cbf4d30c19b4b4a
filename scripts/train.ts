import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build, textOf } from '../src/learning/build.ts'
import { tableOf } from '../src/learning/figures.ts'
import { readRows } from '../src/learning/rows.ts'
import { SETTINGS } from '../src/learning/train.ts'

// Makes the model from rows (src/learning/rows.ts): npm run train -- ROWS.jsonl --data 'which rows these are' --date YYYY-MM-DD
const { positionals: [file], values: { data, date, seed, out } } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, date: { type: 'string' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } },
})
if (file === undefined || !data || !/^\d{4}-\d\d-\d\d$/.test(date ?? '') || !/^\d+$/.test(seed)) {
  fail("usage: npm run train -- ROWS.jsonl --data 'which rows these are' --date YYYY-MM-DD [--seed NUMBER] [--out FILE]")
}

const { rows, bad } = readRows(readFileSync(file, 'utf8').split('\n'))
for (const { line, why } of bad) console.error(`${file}:${line}: ${why}`)
if (bad.length > 0) fail(`nothing was trained; bad lines: ${bad.length}`)

const started = performance.now()
const model = build(rows, { data, date: date as string, settings: { ...SETTINGS, seed: Number(seed) } })
writeFileSync(out ?? new URL('../src/learning/model.json', import.meta.url), textOf(model))

console.error(`${rows.length} rows, ${model.features.length} features, ${model.forest.roots.length} trees, ${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(tableOf(model.recipe.figures))

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
