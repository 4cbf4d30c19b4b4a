import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { gatherFacts } from '../src/analysis/gather.ts'
import { weigh } from '../src/core/weigh.ts'
import type { Advisory, ArchiveOddity, EcosystemId, Finding, Manifest, Outside, PackageFile, Trigger, UnpackedPackage, Verdict } from '../src/core/types.ts'
import { editorTriggers } from '../src/ecosystems/editor-files.ts'
import type { Detector } from '../src/detectors/detector.ts'
import { run } from '../src/detectors/detector.ts'
import { detectors } from '../src/detectors/index.ts'

/**
 * An inert package, described in JSON. `files` are texts by path; a line list is joined with newlines.
 * Triggers and manifest are derived as the ecosystems do, unless given.
 */
export interface Sample {
  says: string
  ecosystem: EcosystemId
  name?: string
  version?: string
  files: Readonly<Record<string, string | readonly string[]>>
  manifest?: Partial<Manifest>
  triggers?: readonly Trigger[]
  oddities?: readonly ArchiveOddity[]
  outside?: Partial<Outside>
  advisory?: Partial<Advisory>
}

export interface Examined {
  pkg: UnpackedPackage
  outside: Outside
}

export function packageOf(sample: Sample): Examined {
  const files = new Map<string, PackageFile>()
  for (const [path, text] of Object.entries(sample.files)) {
    const bytes = new TextEncoder().encode(typeof text === 'string' ? text : text.join('\n'))
    files.set(path, { path, size: bytes.byteLength, mode: 0o644, bytes, truncated: false, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  const name = sample.name ?? 'sample'
  const version = sample.version ?? '1.0.0'
  const manifest: Manifest = {
    name, version, authors: [], dependencies: {}, scripts: {}, entryPoints: [], raw: null, file: null, problem: null,
    ...(sample.ecosystem === 'npm' ? npmManifest(files) : {}), ...sample.manifest,
  }
  const ref = { ecosystem: sample.ecosystem, name, version, file: `${name}-${version}` }
  const artifact = { ref, digest: 'sha256:00' as const, size: 0, publishedAt: null, firstSeenAt: new Date(0), upstream: '' }
  const advisories = sample.advisory ? [advisory(ref.ecosystem, name, sample.advisory)] : []
  return {
    pkg: { artifact, manifest, files, triggers: sample.triggers ?? triggersOf(sample.ecosystem, manifest, files), oddities: sample.oddities ?? [], missing: [] },
    outside: { registryManifest: null, advisories, ownHosts: ['registry.example', 'files.packagehosted.example'], ...sample.outside },
  }
}

/** What one detector finds, or all of them. */
export function findingsIn({ pkg, outside }: Examined, only?: Detector): Finding[] {
  const facts = gatherFacts(pkg)
  return (only ? [only] : detectors.filter((one) => one.ecosystems.includes(pkg.artifact.ref.ecosystem))).flatMap((one) => one.detect(pkg, facts, outside))
}

export function verdictOf({ pkg, outside }: Examined): Verdict {
  const facts = gatherFacts(pkg)
  const runs = detectors.filter((one) => one.ecosystems.includes(pkg.artifact.ref.ecosystem)).map((one) => run(one, pkg, facts, outside))
  return weigh(pkg.artifact.digest, runs, [...pkg.missing, ...facts.missing], 'samples')
}

/** The samples beside a detector: `<id>.samples/<kind>/*.json`. */
export function samplesOf(id: string, kind: 'bad' | 'benign'): { file: string; sample: Sample }[] {
  const folder = new URL(`../src/detectors/${id}.samples/${kind}/`, import.meta.url)
  return readdirSync(folder).filter((file) => file.endsWith('.json')).sort()
    .map((file) => ({ file, sample: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Sample }))
}

function npmManifest(files: ReadonlyMap<string, PackageFile>): Partial<Manifest> {
  const bytes = files.get('package.json')?.bytes
  const raw = bytes ? JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown> : {}
  const repository = typeof raw.repository === 'string' ? raw.repository : (raw.repository as { url?: string } | undefined)?.url
  return {
    raw, file: 'package.json', scripts: (raw.scripts ?? {}) as Record<string, string>, dependencies: (raw.dependencies ?? {}) as Record<string, string>,
    ...(typeof raw.name === 'string' ? { name: raw.name } : {}), ...(typeof raw.version === 'string' ? { version: raw.version } : {}),
    ...(repository === undefined ? {} : { repository }), ...(typeof raw.homepage === 'string' ? { homepage: raw.homepage } : {}),
  }
}

function triggersOf(ecosystem: EcosystemId, manifest: Manifest, files: ReadonlyMap<string, PackageFile>): Trigger[] {
  const found: Trigger[] = []
  if (ecosystem === 'npm') {
    for (const name of ['preinstall', 'install', 'postinstall']) {
      const command = manifest.scripts[name]
      if (command !== undefined) found.push({ kind: 'install-hook', name, file: null, command })
    }
    if (files.has('binding.gyp') && !manifest.scripts.install) found.push({ kind: 'install-hook', name: 'install', file: 'binding.gyp', command: 'node-gyp rebuild' })
  }
  for (const path of files.keys()) {
    if (path === 'setup.py') found.push({ kind: 'build', name: 'setup.py', file: path })
    if (ecosystem === 'pypi' && /\.pth$|sitecustomize\.py$|usercustomize\.py$/.test(path)) found.push({ kind: 'startup', name: path, file: path })
    if (path.endsWith('.go')) found.push({ kind: 'import', name: 'init', file: path })
  }
  return [...found, ...editorTriggers(files)]
}

function advisory(ecosystem: EcosystemId, name: string, given: Partial<Advisory>): Advisory {
  return {
    id: 'MAL-0000-1', ecosystem, name, malicious: true, summary: '', versions: [], ranges: [], severity: null, url: null,
    source: 'test', modified: new Date(0), withdrawn: null, ...given,
  }
}
