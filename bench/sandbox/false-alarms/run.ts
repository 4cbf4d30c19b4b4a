/**
 * Runs ordinary packages in the sandbox and counts alarms: what conduct alone makes suspicious or malicious.
 *
 *   node bench/sandbox/false-alarms/run.ts [--only name,…] [--group npm|hooks|wheels|sources|modules] [--list ordinary|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth] [--passes laptop,ci] [--phases install,import,execute] [--cache DIR] [--out FILE.jsonl] [--records DIR]
 *
 * Archives are fetched once, through npm, pip and go as they are set up on the machine, and kept in the cache folder.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { aboutRecord } from '../../../src/conduct/about.ts'
import { judge } from '../../../src/conduct/judge.ts'
import { weigh } from '../../../src/core/weigh.ts'
import type { ArtifactRef } from '../../../src/core/types.ts'
import { packRecord } from '../../../src/sandbox/gate/packed.ts'
import type { Target } from '../../../src/sandbox/plan/plan.ts'
import type { PassName, PhaseName } from '../../../src/sandbox/record.ts'
import { box } from '../box.ts'
import { countOf, LISTS } from './packages.ts'
import type { Group } from './packages.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, group: { type: 'string' }, list: { type: 'string', default: 'ordinary' }, passes: { type: 'string', default: 'laptop' }, phases: { type: 'string', default: 'install,import,execute' }, cache: { type: 'string', default: join(tmpdir(), 'sluice-bench-cache') }, out: { type: 'string' }, records: { type: 'string' } } })
const lists = LISTS[values.list as keyof typeof LISTS]
const sandbox = await box(values.cache)
const outcomes: { name: string; level: string; installed: boolean; findings: string[]; missing: string[]; ms: number }[] = []
for (const group of (Object.keys(lists) as Group[]).filter((one) => values.group === undefined || values.group.split(',').includes(one))) {
  for (const name of (lists[group] ?? []).filter((one) => values.only === undefined || values.only.split(',').includes(one))) {
    const from = performance.now()
    try {
      const target = fetched(group, name)
      const { record } = await sandbox.runBytes(target, { passes: values.passes.split(',') as PassName[], phases: values.phases.split(',') as PhaseName[], timeMs: 300_000, phaseMs: 120_000, signal: AbortSignal.timeout(400_000) })
      if (values.records) {
        mkdirSync(values.records, { recursive: true })
        writeFileSync(join(values.records, `${group}-${name.replaceAll('/', '+')}.zst`), await packRecord(record))
      }
      const runs = judge(record, aboutRecord(record))
      const { level, score, findings } = weigh(target.digest, runs, [], '')
      told({ name: `${group} ${name} ${target.ref.version}`, level: `${level} ${score}`, installed: record.phases.every(({ phase, status }) => phase !== 'install' || status === 'completed'), findings: findings.map(({ severity, detector, title }) => `${severity} ${detector}: ${title}`), missing: [...record.missing], ms: performance.now() - from })
    } catch (thrown) {
      told({ name: `${group} ${name}`, level: 'not run', installed: false, findings: [], missing: [String(thrown)], ms: performance.now() - from })
    }
  }
}
report()

function told(outcome: (typeof outcomes)[number]): void {
  outcomes.push(outcome)
  console.error(`${outcome.level} ${outcome.name} ${(outcome.ms / 1000).toFixed(1)} s ${outcome.findings.join(' | ')}${outcome.missing.length > 0 ? ` (missing: ${outcome.missing.slice(0, 2).join('; ')})` : ''}`)
  if (values.out) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`)
}

function fetched(group: Group, name: string): Target {
  const folder = join(values.cache, 'archives', group, name.replaceAll('/', '+'))
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length === 0) {
    if (group === 'npm' || group === 'hooks') execFileSync('npm', ['pack', name, '--ignore-scripts', '--pack-destination', folder], { stdio: 'ignore' })
    else if (group === 'modules') keepModule(name, folder)
    else execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', ...(group === 'sources' ? ['--no-binary', name] : ['--only-binary', ':all:']), '--dest', folder, name], { stdio: 'ignore' })
  }
  const file = readdirSync(folder)[0] ?? ''
  const bytes = readFileSync(join(folder, file))
  return { ref: refOf(group, name, file), digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes }
}

/** The archive that go has in its cache, as `v1.2.3.zip`. */
function keepModule(name: string, folder: string): void {
  const { Zip } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${name}@latest`], { cwd: tmpdir(), encoding: 'utf8' })) as { Zip: string }
  copyFileSync(Zip, join(folder, basename(Zip)))
}

function refOf(group: Group, name: string, file: string): ArtifactRef {
  if (group === 'npm' || group === 'hooks') {
    const own = name.replace('@', '').replace('/', '-')
    return { ecosystem: 'npm', name, version: file.slice(own.length + 1, -'.tgz'.length), file: `${name.split('/').at(-1)}-${file.slice(own.length + 1)}` }
  }
  if (group === 'modules') return { ecosystem: 'go', name, version: file.replace(/\.zip$/, ''), file }
  const version = group === 'wheels' ? file.split('-')[1] ?? '' : /-(\d[^-]*)\.(?:tar\.gz|zip)$/.exec(file)?.[1] ?? ''
  return { ecosystem: 'pypi', name, version, file }
}

function report(): void {
  const alarms = outcomes.filter(({ level }) => /^(?:suspicious|malicious)/.test(level))
  const run = outcomes.filter(({ level }) => level !== 'not run')
  console.log(`${run.length} of ${countOf(lists)} run, ${run.filter(({ installed }) => installed).length} of them installed; alarms: ${alarms.length} (${(100 * alarms.length / Math.max(1, run.length)).toFixed(1)} %)`)
  for (const { name, level, findings } of alarms) console.log(`- ${name}: ${level}: ${findings.join('; ')}`)
}
