import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { NameIndex } from '../../src/names/index.ts'
import type { Protected } from '../../src/names/index.ts'
import { popularNames } from '../../src/names/popular/index.ts'
import { readNameList } from '../../src/names/popular/read.ts'
import { wordsOf } from '../../src/names/forms.ts'
import { CASE_C } from './case-c.ts'
import { cost, falseAlarms, popular, recall, replay, synthetic } from './measures.ts'
import { caseTable, costTable, falseTable, recallTable, record } from './report.ts'
import { Random } from './random.ts'

const HELP = `node --expose-gc bench/names/run.ts [options]
  --pypi FILE       popular names of PyPI; default: the built-in list
  --part tuning|report   false alarms on the names that thresholds were tuned on, or on the others (default)
  --only LIST       of case, squats, alarms, million
  --show N          so many examples of what went wrong, on stderr
  --write           into bench/RESULTS.md`

const { values } = parseArgs({ options: {
  pypi: { type: 'string' }, part: { type: 'string', default: 'report' }, only: { type: 'string', default: 'case,squats,alarms,million' },
  show: { type: 'string', default: '0' }, write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
} })
const SEED = 20210727
const TAIL = 5_000
const TARGETS = 1_000

const only = new Set(values.only.split(','))
const show = Number(values.show)
const lists = { pypi: values.pypi ? readNameList('pypi', readFileSync(values.pypi)) : popularNames('pypi'), npm: popularNames('npm'), go: popularNames('go') }
const sections: string[] = []
const say = (lines: readonly string[]): void => {
  for (const line of lines.slice(0, show)) process.stderr.write(`  ${line}\n`)
}

if (values.help) process.stdout.write(`${HELP}\n`)
else {
  if (only.has('case')) sections.push(caseTable(replay(NameIndex.build('pypi', popular(lists.pypi)), CASE_C)))
  if (only.has('squats')) squats()
  if (only.has('alarms')) alarms()
  if (only.has('million')) million()
  process.stdout.write(`${sections.join('\n\n')}\n`)
  if (values.write) record(sections, `node --expose-gc bench/names/run.ts${values.pypi ? ' --pypi FILE' : ''} --write`)
}

/** 1,000 of the 5,000 most popular of each registry, so that well-known and lesser known ones are among them; Go's list is shorter. */
function squats(): void {
  for (const ecosystem of ['pypi', 'npm', 'go'] as const) {
    const targets = new Random(SEED).some(lists[ecosystem].filter((name) => ecosystem !== 'go' || name.startsWith('github.com/')).slice(0, 5_000), TARGETS)
    const rows = recall(NameIndex.build(ecosystem, popular(lists[ecosystem])), targets, SEED)
    sections.push(recallTable(ecosystem, targets.length, lists[ecosystem].length, rows))
    for (const row of rows) say(row.missed.map((missed) => `${ecosystem} ${row.kind}: ${missed}`))
  }
  const own = new Random(SEED).some(lists.pypi.slice(-5_000), 300)
  const index = NameIndex.build('pypi', [...popular(lists.pypi.filter((name) => !own.includes(name))), ...own.map((name): Protected => ({ name, why: 'private', rank: null }))])
  sections.push(recallTable('private', own.length, lists.pypi.length, recall(index, own, SEED)))
}

/** The last 5,000 of each list are held out: names that are used a lot and imitate nobody, half to tune on and half to report. */
function alarms(): void {
  const rows = (['pypi', 'npm'] as const).flatMap((ecosystem) => {
    const names = lists[ecosystem]
    if (names.length < 2 * TAIL) return []
    const index = NameIndex.build(ecosystem, popular(names.slice(0, -TAIL)))
    const held = names.slice(-TAIL).filter((_, at) => ((names.length - TAIL + at) % 2 === 0) === (values.part === 'tuning'))
    const result = falseAlarms(index, ecosystem, held)
    say([...result.kinds].map(([kind, count]) => `${ecosystem} ${kind}: ${count}`))
    say(result.examples)
    return [{ ecosystem, protectedNames: names.length - TAIL, result }]
  })
  sections.push(falseTable(values.part, rows))
}

function million(): void {
  const words = [...new Set([...lists.npm, ...lists.pypi].flatMap((name) => wordsOf(name)))].filter((word) => /^[a-z]{3,12}$/.test(word))
  const names = synthetic(words, 1_000_000, SEED)
  const asked = [...synthetic(words, 10_000, SEED + 1), ...new Random(SEED).some(names, 10_000).map((name) => name.slice(0, 3) + name.slice(4)), ...lists.npm.slice(0, 5_000), ...lists.pypi.slice(0, 5_000)]
  sections.push(costTable(cost(names, asked, globalThis.gc)))
}
