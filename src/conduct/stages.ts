import { createHash } from 'node:crypto'
import { gatherFacts } from '../analysis/gather.ts'
import { languageIn } from '../analysis/languages.ts'
import type { Evidence, Finding, PackageFile, Run, Trigger, UnpackedPackage } from '../core/types.ts'
import { detectors } from '../detectors/index.ts'
import { run } from '../detectors/detector.ts'
import type { SandboxRecord } from '../sandbox/record.ts'
import type { About } from './about.ts'
import type { Deed } from './deed.ts'
import { own } from './kit/flow.ts'
import { inlineCode } from './kit/programs.ts'
import { shown } from './kit/telling.ts'
import { sceneOf } from './scene.ts'
import type { Scene } from './scene.ts'

/** Code that came to light while a package ran: written, or given to an interpreter. */
export interface Stage {
  /** As evidence names it. */
  path: string
  bytes: Uint8Array
  /** Whether it was run, and not only written. */
  ran: boolean
  /** Who brought it to light. */
  from: Evidence
}

const MOST = 40
const LARGEST = 64 * 1024
const SHORTEST = 20
/** Written for people, or by a program for its log: no interpreter is given it. */
const PROSE = /\.(?:txt|md|markdown|rst|adoc|html?|log|csv|po|tex|texi|info|[1-9])$|\/(?:README|LICEN[CS]E|COPYING|CHANGE(?:S|LOG)|NEWS|AUTHORS|INSTALL|HISTORY|TODO)$/i
/** Whatever speaks of the archive, its names or its versions has nothing to say of a stage. */
const CODE_ONLY: ReadonlySet<string> = new Set([
  'known-malicious', 'thin-package', 'throwaway-author', 'odd-version', 'imitates-a-name', 'copies-metadata', 'borrows-a-reputation', 'sdist-differs', 'manifest-confusion', 'changes-character',
  'archive-trickery', 'direct-url-dependency', 'impersonated-host', 'suspicious-binary', 'obfuscated', 'hides-code-off-screen', 'obeys-on-open',
])

/** Texts that look like code: what was written to the disk by the package, what was put after `-e` and `-c`, each content once. */
export function stagesOf(record: SandboxRecord, about: About): Stage[] {
  return stagesIn(sceneOf(record, about))
}

function stagesIn(scene: Scene): Stage[] {
  const seen = new Set<string>()
  const stages: Stage[] = []
  const add = (name: string, bytes: Uint8Array, ran: boolean, from: Evidence): void => {
    const part = bytes.subarray(0, LARGEST)
    const key = createHash('sha256').update(part).digest('hex')
    if (part.byteLength < SHORTEST || stages.length >= MOST || seen.has(key) || !ran && PROSE.test(name)) return
    const text = new TextDecoder().decode(part)
    const language = endingOf(name) ?? languageIn(text)
    if (language === null) return
    seen.add(key)
    stages.push({ path: `stage-${stages.length + 1}/${tidy(name)}${endingOf(name) ? '' : ENDING[language] ?? ''}`, bytes: part, ran, from })
  }
  const execs = own(scene, 'exec')
  const started = new Set(execs.flatMap(({ act }) => [act.target, ...(act.argv ?? []).slice(0, 6)]))
  const writers = new Map(own(scene, 'write', 'rename').filter(({ tool }) => tool === null).map((deed) => [deed.act.kind === 'rename' ? deed.act.other ?? '' : deed.act.target, deed]))
  for (const { path, what, kind, content } of scene.disk) {
    const writer = writers.get(path)
    if (what !== 'deleted' && kind === 'file' && content !== null && writer) add(path, content, started.has(path), shown(writer, scene.about, `wrote ${path}`))
  }
  for (const [path, deed] of writers) if (deed.act.sample) add(path, deed.act.sample, started.has(path), shown(deed, scene.about, `wrote ${path}`))
  for (const deed of execs) {
    const code = deed.tool === null && !isHookItself(deed) ? inlineCode(deed.act.argv ?? []) : null
    if (code !== null) add(`${programName(deed)}-code`, new TextEncoder().encode(code), true, shown(deed, scene.about, 'ran it from a command line'))
  }
  return stages
}

/** The command line of a hook stands in the manifest, where it was read already. */
const isHookItself = ({ hook, act }: Deed): boolean => hook !== null && (act.argv?.[2] ?? '').startsWith(hook.command)
const programName = ({ act }: Deed): string => (act.argv?.[0] ?? act.target).replace(/.*\//, '').replace(/[\d.]+$/, '')
const tidy = (path: string): string => path.replaceAll(/[^\w./-]/g, '_').split('/').slice(-2).join('/').slice(-120)
const ENDING: Readonly<Record<string, string>> = { javascript: '.js', python: '.py', shell: '.sh', go: '.go' }
function endingOf(name: string): string | null {
  if (/\.(?:[cm]?js|ts)$|^node-code$/.test(name)) return 'javascript'
  if (/\.pyw?$|^python-code$/.test(name)) return 'python'
  return /\.(?:sh|bash)$|^(?:ba|da|z)?sh-code$/.test(name) ? 'shell' : null
}

/** The stages as a package of their own, so that the same engine and the same detectors read them. */
function packageOf(stages: readonly Stage[], { ref }: About): UnpackedPackage {
  const named = stages.map((stage) => ({ ...stage, path: /\.\w+$/.test(stage.path) ? stage.path : `${stage.path}${stage.path.includes('node') ? '.js' : stage.path.includes('python') ? '.py' : '.sh'}` }))
  const files = new Map(named.map(({ path, bytes }): [string, PackageFile] => [path, { path, size: bytes.byteLength, mode: 0o644, bytes, truncated: false, sha256: createHash('sha256').update(bytes).digest('hex') }]))
  const triggers = named.filter(({ ran }) => ran).map(({ path }): Trigger => ({ kind: 'import', name: path, file: path }))
  return {
    artifact: { ref: { ...ref, file: '' }, digest: 'sha256:00', size: 0, publishedAt: null, firstSeenAt: new Date(0), upstream: '' },
    manifest: { name: ref.name, version: ref.version, authors: [], dependencies: {}, scripts: {}, entryPoints: [], raw: null, file: null, problem: null },
    files, triggers, oddities: [], missing: [],
  }
}

/** What the static engine says of code that came to light only while the package ran. */
export const Secondhand = {
  id: 'did-bring-code',
  version: 2,
  why: ['What was hidden in an archive has to come to light to run: there it can be read.'],
  run(record: SandboxRecord, about: About): Run {
    const head = { detector: Secondhand.id, version: Secondhand.version }
    try {
      const stages = stagesOf(record, about)
      return { ...head, status: 'ok', findings: stages.length === 0 ? [] : examined(stages, about) }
    } catch (thrown) {
      return { ...head, status: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
    }
  },
}

function examined(stages: readonly Stage[], about: About): Finding[] {
  const pkg = packageOf(stages, about)
  const facts = gatherFacts(pkg)
  const origins = new Map([...pkg.files.keys()].map((path, index) => [path, stages[index]?.from]))
  const outside = { registryManifest: null, advisories: [], ownHosts: about.ownHosts }
  return detectors.filter(({ id, ecosystems }) => !CODE_ONLY.has(id) && ecosystems.includes(about.ref.ecosystem))
    .map((detector) => run(detector, pkg, facts, outside)).flatMap((one) => (one.status === 'ok' ? one.findings : []))
    .filter(({ severity }) => severity !== 'info')
    // Much of it stood in the package as well, where the detectors have seen it: what is not grave counts only as a remark.
    .map((finding) => (finding.severity === 'medium' ? { ...finding, severity: 'low' as const } : finding))
    .map((finding): Finding => {
      const [first, ...rest] = finding.evidence.map((one) => sourced(one, origins.get(one.file)))
      return { ...finding, title: `code that came to light: ${finding.title}`.slice(0, 300), evidence: [first as Evidence, ...rest] }
    })
}

/** Where a stage came from stands under all that it was decoded from itself. */
function sourced(evidence: Evidence, from: Evidence | undefined): Evidence {
  if (!from) return evidence
  return { ...evidence, decodedFrom: evidence.decodedFrom ? sourced(evidence.decodedFrom, from) : from }
}
