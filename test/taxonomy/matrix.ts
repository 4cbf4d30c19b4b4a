import { gatherFacts } from '../../src/analysis/gather.ts'
import type { Behaviour, Finding, Outside, UnpackedPackage } from '../../src/core/types.ts'
import { detectors } from '../../src/detectors/index.ts'
import { readManifest } from '../../src/ecosystems/npm/manifest.ts'
import { triggers } from '../../src/ecosystems/npm/triggers.ts'
import { packageOf } from '../samples.ts'
import type { Bare, Malice, Start } from './behaviours/index.ts'
import { linesOf, program, rolling } from './program.ts'
import type { Program } from './program.ts'
import type { Files, Transform } from './transforms/index.ts'

/** One behaviour in one disguise, and what the engine made of it. */
export interface Cell {
  behaviour: string
  transform: string
  group: string
  start: string
  /** A finding of the right name shows a marked place. */
  found: boolean
  /** It names what was disguised, not only the disguise. */
  seenThrough: boolean
  says: string
}

const PATHS: Readonly<Record<Start, string>> = { hook: 'scripts/setup.js', import: 'index.js', bin: 'cli.js' }
const HONEST = 'module.exports = { version: "1.0.0" }\n'

function manifestFor(start: Start): string {
  const head = { name: 'sample', version: '1.0.0', description: 'A sample.', license: 'MIT' }
  const more = { hook: { scripts: { postinstall: `node ${PATHS.hook}` } }, import: { main: 'index.js' }, bin: { bin: { sample: 'cli.js' } } }[start]
  return `${JSON.stringify({ ...head, ...more }, null, 2)}\n`
}

/** The files of a package that does this, in that disguise. */
export function disguised(malice: Malice, transform: Transform, start: Start): Files {
  const path = PATHS[start]
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const roll = rolling(`${malice.id} ${transform.id} ${start}`)
  const code = transform.apply(program(malice.code), start === 'hook' ? 'setup.js' : path, roll)
  const beside = Object.entries(malice.beside ?? {}).map(([name, text]) => [name, { text, marks: [] }] as const)
  const placed = Object.fromEntries([...beside, ...Object.entries(code)].map(([name, file]) => [folder + name, file]))
  const plain = (text: string): Program => ({ text, marks: [] })
  return { 'package.json': plain(manifestFor(start)), ...(start === 'import' ? {} : { 'index.js': plain(HONEST) }), ...placed }
}

/** As the gate examines it: the manifest and the triggers are what the ecosystem reads out of the files. */
export function examined(files: Files, registry?: Bare['registry']): { findings: Finding[]; missing: readonly string[]; pkg: UnpackedPackage; outside: Outside } {
  const { pkg, outside } = packageOf({ says: '', ecosystem: 'npm', files: Object.fromEntries(Object.entries(files).map(([path, { text }]) => [path, text])), ...(registry ? { outside: { registryManifest: registry } } : {}) })
  const manifest = readManifest(pkg.files)
  const whole = { ...pkg, manifest, triggers: triggers(manifest, pkg.files) }
  const facts = gatherFacts(whole)
  const findings = detectors.filter(({ ecosystems }) => ecosystems.includes('npm')).flatMap((one) => one.detect(whole, facts, outside))
  return { findings, missing: facts.missing, pkg: whole, outside }
}

const GRAVE = new Set(['medium', 'high', 'critical'])

/** Whether a finding of one of these names shows a marked place. */
export function shows(findings: readonly Finding[], names: readonly Behaviour[], files: Files): boolean {
  return findings.some(({ behaviour, severity, evidence }) => GRAVE.has(severity) && names.includes(behaviour) && evidence.some(({ file, lines: [first, last] }) => {
    const code = files[file]
    return code !== undefined && linesOf(code).some(([from, to]) => first <= to && last >= from)
  }))
}

export function cellOf(malice: Malice, transform: Transform, start: Start): Cell {
  const files = disguised(malice, transform, start)
  const { findings, missing } = examined(files)
  const seenThrough = shows(findings, malice.is, files)
  return {
    behaviour: malice.id, transform: `${transform.group}: ${transform.id}`, group: transform.group, start, seenThrough,
    found: seenThrough || shows(findings, transform.is ?? [], files), says: summary(findings, missing),
  }
}

export function bareCell({ id, is, files: texts, registry }: Bare): Cell {
  const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, program(text)]))
  const { findings, missing } = examined(files, registry)
  const found = shows(findings, is, files)
  return { behaviour: id, transform: 'none: none', group: 'none', start: 'manifest', found, seenThrough: found, says: summary(findings, missing) }
}

const summary = (findings: readonly Finding[], missing: readonly string[]): string =>
  [...findings.map(({ behaviour, severity, evidence }) => `${behaviour} ${severity} ${evidence.map(({ file, lines }) => `${file}:${lines.join('-')}`).join(' ')}`), ...missing].join('; ') || 'nothing'

const STARTS: readonly Start[] = ['hook', 'import']
/** Of transforms that make files large, every so many behaviours are enough. */
const SPARSE = 7

/** Every behaviour as it is, started in every way; in disguise, in one of those ways, by turns. */
export function* matrix(behaviours: readonly Malice[], transforms: readonly Transform[]): Generator<Cell> {
  for (const [at, transform] of transforms.entries()) {
    for (const [index, malice] of behaviours.entries()) {
      if (transform.large && (index + at) % SPARSE !== 0) continue
      const starts = malice.starts ?? STARTS
      const used = transform.group === 'none' ? starts : starts.slice((index + at) % starts.length).slice(0, 1)
      for (const start of used) yield cellOf(malice, transform, start)
    }
  }
}
