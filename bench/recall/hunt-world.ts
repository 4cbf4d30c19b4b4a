import { DatabaseSync } from 'node:sqlite'
import { encodeSketch, HASHES } from '../../src/analysis/sketch.ts'
import type { Finding, FoundIndicator, Profile } from '../../src/core/types.ts'
import { rules } from '../../src/detectors/index.ts'
import { factsOf } from '../../src/hunt/facts.ts'
import { judgedFacts } from '../../src/hunt/judged.ts'
import { factId } from '../../src/hunt/keys.ts'
import { artifactOf, randomOf } from './world.ts'

const START = Date.parse('2025-09-01T00:00:00Z')
const DAY = 86_400_000
/** The world's last days, in which attacks are published. */
export const NOW = START + 400 * DAY

/** What is planted among a million: how many files have it. */
export const PLANTED = { rare: 3, attack: 2_000 }

export interface Row {
  findings: string
  indicators: string
  profile: string
  sketch: string
  level: 'clean' | 'suspicious' | 'malicious'
  score: number
  digest: string
  recent: boolean
}

const SOURCES = ['environment', 'host', 'credentials', 'fetched', 'decoded']
const VERBS = ['fetch', 'send', 'spawn', 'write', 'collect', 'load', 'execute', 'decode']
const REACH = ['loaded', 'called', 'asked', 'unasked']

/**
 * What a verdict on one of the world's files keeps. The ten versions of a package differ in one file of code, and in what is planted: the
 * domain of an attack in 2,000 files, and one that three have.
 */
export function verdictOf(index: number, artifacts: number): Row {
  const of = Math.floor(index / 10)
  const random = randomOf(of * 7 + 1)
  const step = Math.floor(artifacts / PLANTED.attack)
  const attack = index % step === 7
  const rare = isRare(index, artifacts)
  const hosts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => (random() < 0.5 ? `cdn${Math.floor(random() * 40)}.popular.example` : `www.project-${of}.example`))
  if (attack) hosts.push(`n${index % 400}.c2.attack.example`)
  if (rare) hosts.push('drop.rare.example')
  const indicators: FoundIndicator[] = hosts.flatMap((host, at) => [
    { type: 'url', value: `https://${host}/v${at}/data.json`, file: 'lib/index.js', line: 10 + at }, { type: 'domain', value: host, file: 'lib/index.js', line: 10 + at },
  ])
  if (random() < 0.3) indicators.push({ type: 'email', value: `dev${of}@mail-${of % 5_000}.example`, file: 'package.json', line: 0 })
  if (random() < 0.02) indicators.push({ type: 'ipv4', value: `198.51.${of % 256}.${index % 256}`, file: 'lib/net.js', line: 3 })
  const bad = attack || random() < 0.01
  const findings: Finding[] = bad ? [{
    detector: 'sends-environment', behaviour: 'exfiltration', severity: 'high', confidence: 0.9, title: 'sends the environment when it is loaded',
    evidence: [{ file: 'lib/index.js', lines: [10, 12], excerpt: 'https.request(…)', says: 'sends it' }],
  }] : []
  const profile: Profile = {
    triggers: random() < 0.05 ? ['install-hook postinstall: node setup.js'] : [],
    abilities: [...new Set(Array.from({ length: 3 + Math.floor(random() * 8) }, () => `${VERBS[Math.floor(random() * 8)]}${random() < 0.4 ? `<${SOURCES[Math.floor(random() * 5)]}>` : ''} ${REACH[Math.floor(random() * 4)]}`))].sort(),
    hosts: [], marks: [], binaries: random() < 0.03 ? ['elf node addon'] : [], dependencies: [`dep-${of % 900}`], repository: `github.com/owner-${of % 40_000}/project-${of}`,
    publisher: `account-${of % 30_000}`, provenance: null, cut: false,
    code: { 'lib/index.js': fileOf(index), ...Object.fromEntries(Array.from({ length: 4 + Math.floor(random() * 16) }, (_, at) => [`lib/file${at}.js`, `${hex(of * 1_000_003 + at * 31)}${hex(of * 17 + at)}`])) },
  }
  const values = (salt: number): Uint16Array => {
    const base = randomOf(of * 31 + salt)
    return Uint16Array.from({ length: HASHES }, () => Math.floor(base() * 65_536))
  }
  return {
    findings: JSON.stringify(findings), indicators: JSON.stringify(indicators), profile: JSON.stringify(profile), digest: artifactOf(index).digest, recent: attack || rare,
    sketch: encodeSketch({ exact: values(1), shape: values(2), shingles: 900, outlines: 700 }), level: bad ? (attack ? 'clean' : 'suspicious') : 'clean', score: bad ? 45 : 0,
  }
}

const isRare = (index: number, artifacts: number): boolean => index % Math.floor(artifacts / PLANTED.rare) === 11
const isPlanted = (index: number, artifacts: number): boolean => index % Math.floor(artifacts / PLANTED.attack) === 7 || isRare(index, artifacts)
const fileOf = (index: number): string => `${hex(index)}${hex(index * 7 + 3)}`
const hex = (value: number): string => (Math.imul(value, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')

/**
 * Verdicts and their index, sorted first: the same rows as admissions would have written one by one. Gives the bytes each takes, without
 * what a B-tree filled in random order leaves free.
 */
export function judgeWorld(file: string, artifacts: number, progress: (says: string) => void): { verdicts: number; index: number; facts: number } {
  const sqlite = new DatabaseSync(file)
  sqlite.exec('pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory')
  const pragma = (name: 'page_count' | 'page_size'): number => Number((sqlite.prepare(`pragma ${name}`).get() as Record<string, number>)[name])
  const size = (): number => pragma('page_count') * pragma('page_size')
  const start = size()
  sqlite.exec("attach database '' as staging; create table staging.raw (fact integer, artifact integer); create table staging.files as select * from judged_files where 0")
  const verdict = sqlite.prepare(`insert into verdicts (ecosystem, name, file, version, digest, level, score, findings, missing, runs, rules, indicators, learned, profile, difference, repository, sketch, judged_at, elapsed_ms)
    values (?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]', ?, ?, null, ?, null, null, ?, ?, 100)`)
  const judged = sqlite.prepare('insert into staging.files (id, ecosystem, name, file, version, level, score, published_at, judged_at, served, rules, swept) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0)')
  const fact = sqlite.prepare('insert into staging.raw values (?, ?)')
  sqlite.prepare('insert into rule_sets (id, rules) values (1, ?)').run(rules)
  let facts = 0
  sqlite.exec('begin')
  let base: { row: Row; ids: number[]; of: number } | null = null
  for (let index = 0; index < artifacts; index++) {
    const { ecosystem, name, version, file: path, digest } = artifactOf(index)
    const planted = isPlanted(index, artifacts)
    // What the versions of a package have in common is worked out once.
    if (planted || base?.of !== Math.floor(index / 10)) {
      const whole = verdictOf(index, artifacts)
      const ids = [...factsOf(judgedFacts(ecosystem, whole, '{}'))].filter((key) => key !== `file:${fileOf(index)}` && !key.startsWith('archive:')).map(factId)
      base = { row: { ...whole, profile: whole.profile.replace(fileOf(index), 'FILE') }, ids, of: planted ? -1 : Math.floor(index / 10) }
    }
    const row = { ...base.row, profile: base.row.profile.replace('FILE', fileOf(index)) }
    const at = START + (index % 400) * DAY
    verdict.run(ecosystem, name, path, version, digest, row.level, row.score, row.findings, 'detectors@1', row.indicators, row.profile, row.sketch, at)
    judged.run(index + 1, ecosystem, name, path, version, row.level === 'clean' ? 0 : 2, row.score, row.recent ? NOW - DAY : at, at)
    for (const id of [...base.ids, factId(`file:${fileOf(index)}`), factId(`archive:${digest.slice(7)}`)]) {
      fact.run(id, index + 1)
      facts++
    }
    if ((index + 1) % 100_000 === 0) progress(`${(index + 1).toLocaleString('en')} verdicts`)
  }
  sqlite.exec('commit')
  const before = size()
  progress(`${facts.toLocaleString('en')} facts are sorted`)
  sqlite.exec('insert into judged_files select * from staging.files; insert or ignore into facts select fact, artifact from staging.raw order by fact, artifact; drop table staging.raw')
  const after = size()
  sqlite.exec(`insert into settings (key, value) values ('hunt index', '${JSON.stringify({ after: ['~', '', ''], done: true })}')`)
  sqlite.exec('pragma journal_mode = wal')
  sqlite.close()
  return { verdicts: before - start, index: after - before, facts }
}
