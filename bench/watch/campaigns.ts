/**
 * `node bench/watch/campaigns.ts [--others 20000] [--members 100000] [--write]`: two floods replayed among unrelated uploads, a day of
 * unrelated ones alone, and how long one campaign takes to grow. Everything is made up from seeds; nothing is fetched.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import type { Database } from '../../src/ports/database.ts'
import { print } from '../quality/command.ts'
import { table } from '../quality/markdown.ts'
import { caseC, disguisedFlood, strangersWithOneHabit } from './campaigns-attacks.ts'
import { grow, growInMemory } from './campaigns-growth.ts'
import { replay } from './campaigns-replay.ts'
import type { Score } from './campaigns-replay.ts'
import { World } from './campaigns-world.ts'
import type { Whole } from './campaigns-world.ts'

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url))
const BEGIN = '<!-- campaigns: written by bench/watch/campaigns.ts -->'
const END = '<!-- end of campaigns -->'

interface Case {
  title: string
  goal: string
  ecosystem: 'npm' | 'pypi'
  attack(world: World): Whole[]
}

const CASES: readonly Case[] = [
  { title: 'case C: one address, 354 imitations in four days', goal: '≥99 % tied, none foreign, alarm within five', ecosystem: 'pypi', attack: (world) => caseC(world) },
  { title: 'an account a package, all metadata unique, code renamed and padded; 85 % of verdicts malicious', goal: '≥95 % tied, ≤0.1 % foreign', ecosystem: 'npm', attack: (world) => disguisedFlood(world) },
  { title: 'the same, 30 % of verdicts malicious, 40 % clean', goal: '', ecosystem: 'npm', attack: (world) => disguisedFlood(world, { found: 0.3, missed: 0.4 }) },
  { title: 'the same, no verdict, half of the names imitate', goal: '', ecosystem: 'npm', attack: (world) => disguisedFlood(world, { found: 0, missed: 0, imitating: 0.5 }) },
  { title: 'ten attackers with 30 packages each, an account, a program and a host of his own, and the same public services: the largest campaign', goal: 'none of the others in it: 30, ten campaigns', ecosystem: 'npm', attack: (world) => strangersWithOneHabit(world, 10, 30) },
  { title: 'unrelated uploads alone, npm', goal: 'no alarm', ecosystem: 'npm', attack: () => [] },
  { title: 'unrelated uploads alone, PyPI', goal: 'no alarm', ecosystem: 'pypi', attack: () => [] },
]

const { values } = parseArgs({ options: { others: { type: 'string', default: '20000' }, members: { type: 'string', default: '100000' }, write: { type: 'boolean', default: false } } })
const others = Number(values.others)
const folder = mkdtempSync(join(tmpdir(), 'sluice-campaigns-'))
try {
  const scores: [Case, Score][] = []
  const worlds = { npm: new World(11, 'npm'), pypi: new World(12, 'pypi') }
  const uploads = { npm: worlds.npm.unrelated(others), pypi: worlds.pypi.unrelated(others) }
  for (const one of CASES) {
    const attack = one.attack(worlds[one.ecosystem])
    const score = await withDatabase((database) => replay(database, uploads[one.ecosystem], attack))
    print(`${one.title}: ${JSON.stringify(score)}`)
    scores.push([one, score])
  }
  const tying = growInMemory(Number(values.members))
  const growth = await withDatabase((database) => grow(database, Number(values.members)))
  const section = [
    '## Campaigns', '', `Replayed as a watch learns it, in three sightings a package: its name at the upload, what its registry says seconds later, its code and verdict
minutes later; among ${others.toLocaleString('en')} uploads of a made-up world with ${world()}.`, '', table(
      ['replay', 'goal', 'tied', 'foreign', 'campaigns', 'first alarm at upload', 'notices', 'other alarms', 'sightings a second', 'of the processor'],
      scores.map(([{ title, goal }, score]) => [
        title, goal, score.attack === 0 ? '–' : `${score.tied} of ${score.attack} (${percent(score.tied / score.attack)})`, String(score.foreign), String(score.parts),
        String(score.firstAlarm ?? '–'), String(score.notices), String(score.falseAlarms), String(Math.round(score.events / score.seconds)), String(Math.round(score.events / score.processor)),
      ])), '',
    'One campaign that grows, stored as it grows:', '', table(
      ['members', 'seconds for the last 10,000', 'of the processor', 'of these for tying, nothing stored', 'packages in memory', 'values'],
      growth.map((row, index) => [row.members, row.seconds.toFixed(1), row.processor.toFixed(1), tying[index]?.toFixed(2) ?? '', row.packages, row.values].map((cell) => cell.toLocaleString('en')))), '',
    `\`node bench/watch/campaigns.ts${values.write ? ' --write' : ''}\`, ${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}.
One thread does the tying, SQLite writes beside it; other work ran on the machine. Weights were set on other seeds of the same world, so the
replays say how the tying works and not how often it errs on a real registry. What grows with the size of a campaign is SQLite's share.`,
  ].join('\n')
  print(`\n${section}`)
  if (values.write) record(section)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(join(mkdtempSync(join(folder, 'one-')), 'bench.db'))
  await database.migrate()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

function world(): string {
  return 'suites of 10 to 120 packages released at once, daily builds, template code and files,\nthirty providers of mail, shared public hosts, and the versions, READMEs and descriptions that generators leave'
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}

/** Replaces the section of the results file, or adds it. */
function record(section: string): void {
  const text = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '# Results\n'
  const block = `${BEGIN}\n${section}\n${END}`
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  writeFileSync(RESULTS, from >= 0 && to > from ? text.slice(0, from) + block + text.slice(to + END.length) : `${text.trimEnd()}\n\n${block}\n`)
}
