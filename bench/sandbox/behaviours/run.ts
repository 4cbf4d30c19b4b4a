/**
 * Runs every row of the table (`--fresh`: of the one that nothing was tuned on) in the sandbox, judges what was seen, and compares: rule, target, file and line.
 *
 *   node bench/sandbox/behaviours/run.ts [--language node] [--disguise plain,ci,called] [--only npm-token,…] [--fresh] [--out FILE.jsonl] [--records DIR]
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from '../../../src/conduct/judge.ts'
import { aboutRecord } from '../../../src/conduct/about.ts'
import { weigh } from '../../../src/core/weigh.ts'
import { packRecord } from '../../../src/sandbox/gate/packed.ts'
import type { Finding } from '../../../src/core/types.ts'
import type { PassName } from '../../../src/sandbox/record.ts'
import { box } from '../box.ts'
import { build } from './build.ts'
import { fresh } from './fresh.ts'
import { go } from './go.ts'
import { node } from './node.ts'
import { python } from './python.ts'
import { makesSense } from './row.ts'
import type { Disguise, Language, Row } from './row.ts'

const DISGUISES: readonly Disguise[] = ['plain', 'delayed', 'hidden', 'ci', 'called']
/** As few passes as show it: all of them are for what hides. */
const PASSES: Readonly<Record<Disguise, readonly PassName[]>> = { plain: ['laptop'], hidden: ['laptop'], called: ['laptop'], delayed: ['later'], ci: ['laptop', 'ci'] }

/** The first run of Go builds its standard library for the others. */
const GO_BUILDS = 900_000

interface Outcome {
  language: Language
  id: string
  disguise: Disguise
  /** What was right of the best finding. */
  rule: boolean
  target: boolean
  place: boolean
  /** Whether all that was found makes an alarm. */
  alarm: boolean
  /** As it was found, or what was found instead. */
  says: string
  ms: number
}

const { values } = parseArgs({ options: { language: { type: 'string' }, disguise: { type: 'string' }, only: { type: 'string' }, fresh: { type: 'boolean' }, out: { type: 'string' }, records: { type: 'string' } } })
const TABLE: Readonly<Record<Language, readonly Row[]>> = values.fresh === true ? fresh : { node, python, go }
const sandbox = await box(join(tmpdir(), 'sluice-bench-cache'))
const outcomes: Outcome[] = []
for (const disguise of DISGUISES.filter((one) => values.disguise === undefined || values.disguise.split(',').includes(one))) {
  for (const language of (Object.keys(TABLE) as Language[]).filter((one) => values.language === undefined || values.language.split(',').includes(one))) {
    for (const row of TABLE[language].filter((one) => makesSense(language, one, disguise) && (values.only === undefined || values.only.split(',').includes(one.id)))) {
      const outcome = await tried(language, row, disguise)
      outcomes.push(outcome)
      console.error(`${mark(outcome)} ${language} ${row.id} ${disguise} ${(outcome.ms / 1000).toFixed(1)} s: ${outcome.says}`)
      if (values.out) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`)
    }
  }
}
report()

async function tried(language: Language, row: Row, disguise: Disguise): Promise<Outcome> {
  const { archive, places } = await build(language, row, disguise)
  const from = performance.now()
  try {
    const { record } = await sandbox.runBytes(archive, { passes: PASSES[disguise], timeMs: 180_000, phaseMs: 40_000, signal: AbortSignal.timeout(language === 'go' ? GO_BUILDS : 200_000) })
    if (values.records) {
      mkdirSync(values.records, { recursive: true })
      writeFileSync(join(values.records, `${language}-${row.id}-${disguise}.zst`), await packRecord(record))
    }
    const { findings, level } = weigh(archive.digest, judge(record, aboutRecord(record)), [], '')
    return { language, id: row.id, disguise, alarm: level === 'suspicious' || level === 'malicious', ...compared(row, findings, places), ms: performance.now() - from }
  } catch (thrown) {
    return { language, id: row.id, disguise, rule: false, target: false, place: false, alarm: false, says: `could not be run: ${String(thrown)}`, ms: performance.now() - from }
  }
}

function compared({ finds, target }: Row, findings: readonly Finding[], places: readonly string[]): Pick<Outcome, 'rule' | 'target' | 'place' | 'says'> {
  const scored = findings.filter(({ detector, severity }) => finds.includes(detector) && severity !== 'low').map((finding) => {
    const named = target.test(finding.title) || finding.evidence.some(({ says, excerpt }) => target.test(says) || target.test(excerpt))
    const place = finding.evidence.flatMap((one) => [one, ...(one.decodedFrom ? [one.decodedFrom] : [])]).some(({ file, lines }) => places.includes(`${file}:${lines[0]}`))
    return { finding, named, place, score: Number(named) + Number(place) }
  }).toSorted((a, b) => b.score - a.score)
  const [best] = scored
  if (!best) return { rule: false, target: false, place: false, says: `instead: ${findings.map(({ detector }) => detector).join(', ') || 'nothing'}` }
  const where = best.place ? '' : ` at ${best.finding.evidence.map(({ file, lines }) => `${file}:${lines[0]}`).join(', ')}, not ${places.join(' or ')}`
  return { rule: true, target: best.named, place: best.place, says: `${best.finding.severity}, ${best.finding.title}${where}` }
}

function mark({ rule, target, place }: Outcome): string {
  return rule && target && place ? 'right ' : rule && target ? 'line? ' : rule ? 'what? ' : 'MISSED'
}

/** Go has no hooks: of it, rule and target count. */
function report(): void {
  const right = (outcome: Outcome): boolean => outcome.rule && outcome.target && (outcome.place || outcome.language === 'go')
  console.log('| disguise | language | rows | rule and target | with file and line | right | alarms |\n|---|---|---|---|---|---|---|')
  for (const disguise of DISGUISES) {
    for (const language of [...Object.keys(TABLE), 'all']) {
      const rows = outcomes.filter((one) => one.disguise === disguise && (language === 'all' || one.language === language))
      if (rows.length === 0) continue
      const share = (count: number): string => `${count} (${(100 * count / rows.length).toFixed(1)} %)`
      console.log(`| ${disguise} | ${language} | ${rows.length} | ${share(rows.filter(({ rule, target }) => rule && target).length)} | ${share(rows.filter(({ place }) => place).length)} | ${share(rows.filter(right).length)} | ${share(rows.filter(({ alarm }) => alarm).length)} |`)
    }
  }
}
