import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { EcosystemId } from '../core/types.ts'
import { Finder } from '../decoys/finder.ts'
import { plant } from '../decoys/plant.ts'
import type { Act } from '../tracing/act.ts'
import { gather } from '../tracing/gather.ts'
import type { PlaceOptions } from '../tracing/places.ts'
import type { CellOptions, CellRun, Mount } from './cell/cell.ts'
import { TOLD } from './cell/inside.ts'
import { HOOK_FILES, hookEnvironment } from './hooks/environment.ts'
import { besides } from './plan/beside.ts'
import { DRIVERS, file } from './plan/plan.ts'
import type { Command, Prepared } from './plan/plan.ts'
import type { DiskChange, PassName, PhaseName, PhaseRecord } from './record.ts'
import { makeAuthority } from './sinkhole/certificates.ts'

/** As whom and where a package is run in one pass, and who watches it. */
export interface World {
  host: CellOptions['host']
  project: string
  env: Readonly<Record<string, string>>
  /** What a watched command's environment has besides: hooks of the interpreters. */
  hooks: Readonly<Record<string, string>>
  mounts: readonly Mount[]
  files: CellOptions['files']
  sinkhole: unknown
  registries: Readonly<Record<EcosystemId, string | null>>
  /** All that was seen of a phase, told once, and why it may not be all. */
  join(what: Joined): Promise<{ record: PhaseRecord; missing: readonly string[] }>
}

interface Joined {
  run: CellRun
  pass: PassName
  phase: PhaseName
  command: Command
  disk: readonly DiskChange[]
  prepared: Prepared
}

export interface WorldOptions {
  pass: PassName
  seed: string
  registries: Readonly<Record<EcosystemId, string | null>>
  mirror: string | null
  /** Interpreters, whose own files say nothing. */
  mounts: readonly Mount[]
}

/** Where everything in the box looks for whom to trust. */
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
const HOOKS = '/opt/session'
/** What hooks sign what they write with, as they look for it. */
const KEY = `${HOOKS}.key`

/** Somebody's laptop, or a CI job's machine; another somebody each time. */
export function worldOf({ pass, seed, registries, mirror, mounts }: WorldOptions): World {
  const authority = makeAuthority()
  const { person, files, environment, tokens } = plant({ seed, persona: pass === 'ci' ? 'ci' : 'laptop', hosts: { npm: placeOf(registries.npm), pypi: placeOf(registries.pypi) } })
  const finder = new Finder(tokens)
  const scripts = `${person.projectFolder}/${DRIVERS}/`
  const key = randomBytes(8).toString('hex')
  const planted = new Set(files.map(({ path }) => path))
  return {
    host: { name: person.host, user: person.user, home: person.home }, project: person.projectFolder, registries,
    env: { ...environment, NODE_EXTRA_CA_CERTS: BUNDLE, SSL_CERT_FILE: BUNDLE, REQUESTS_CA_BUNDLE: BUNDLE, PIP_CERT: BUNDLE },
    hooks: hookEnvironment({ folder: HOOKS, file: TOLD, timeRuns: pass === 'later' }),
    mounts: [{ from: HOOK_FILES, to: HOOKS }],
    files: [file(BUNDLE, `${systemTrust()}\n${authority.certificate}`), file(KEY, key), ...files],
    sinkhole: { seed, authority, mirror, registries: Object.entries(registries).flatMap(([ecosystem, url]) => (url === null ? [] : [{ ecosystem, url, hosts: besides(ecosystem as EcosystemId, url) }])) },
    async join({ run, pass: as, phase, command, disk, prepared }) {
      const { acts, processes, dropped, missing } = await gather({ run, command: command.argv, disk, finder }, {
        places: placesOf(prepared), quiet: { ours: { folder: `${HOOKS}/`, log: TOLD, key: KEY }, folders: mounts.map(({ to }) => `${to}/`) }, planted, key,
      })
      const seen = acts.filter((act) => !isOurs(act, scripts))
      const { status, exit, elapsedMs, stdout, stderr } = run
      return { missing, record: { pass: as, phase, status, says: status === 'failed' ? lastLine(run) : null, exit, elapsedMs, stdout: stdout.subarray(-LAST), stderr: stderr.subarray(-LAST), processes, acts: seen, disk, dropped } }
    },
  }
}

/**
 * What drivers do by themselves. Whatever has a line of a package in its stack is not theirs; and as lines of hooks can be forged, what a
 * call stands behind is theirs only where it can do no harm.
 */
function isOurs({ kind, target, by, stack, seen }: Act, scripts: string): boolean {
  const project = scripts.slice(0, -DRIVERS.length - 1)
  if (kind === 'write' && target.startsWith(`${project}imports/`)) return true
  if (by === null || by.package !== null || !by.file.startsWith(scripts) || (stack ?? []).some((place) => place.package !== null)) return false
  return kind === 'signal' || (kind === 'write' && target.startsWith(`${project}data/`)) || ((kind === 'environment' || kind === 'sleep') && !seen.includes('call'))
}

const LAST = 4 * 1024

let trust: string | null = null
/** Whom this machine trusts; read once. */
function systemTrust(): string {
  try {
    return trust ??= readFileSync(BUNDLE, 'utf8')
  } catch {
    return ''
  }
}

/** What the package under examination is called, and what it is imported as. */
function placesOf({ target: { ref }, files }: Prepared): PlaceOptions {
  if (ref.ecosystem !== 'pypi') return { subject: ref.name }
  const tops = [...files.keys()].flatMap((path) => /^(?:src\/)?([A-Za-z_]\w*)(?:\.py$|\/)/.exec(path)?.[1] ?? [])
  return { subject: ref.name, modules: new Map(tops.map((top) => [top, ref.name])) }
}

/** Where a command says why it failed; else what it said last. */
export function lastLine({ stderr, stdout }: Pick<CellRun, 'stderr' | 'stdout'>): string {
  const lines = [stdout, stderr].flatMap((bytes) => new TextDecoder().decode(bytes.subarray(-LAST)).split('\n').map((line) => line.trim()).filter(Boolean))
  return lines.findLast((line) => /^(?:error|npm error|[\w.]*(?:Error|Exception)\b|go: )/i.test(line) && !/^npm error (?:A complete log|code \w+$)/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}

/** `registry.example/npm`, as settings name it. */
function placeOf(url: string | null): string {
  if (url === null) return 'registry.example'
  const { host, pathname } = new URL(url)
  return `${host}${pathname.replace(/\/+$/, '')}`
}
