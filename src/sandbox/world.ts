import { createReadStream, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EcosystemId } from '../core/types.ts'
import { plant } from '../decoys/plant.ts'
import { Tracing } from '../tracing/tracing.ts'
import type { CellOptions, CellRun, Mount } from './cell/cell.ts'
import { file } from './plan/plan.ts'
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
  join(what: Joined): Promise<PhaseRecord>
}

export interface Joined {
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
  ecosystem: EcosystemId
  mirror: string | null
}

/** Where everything in the box looks for whom to trust. */
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
const HOOKS = '/opt/session'

/** Somebody's laptop, or a CI job's machine; another somebody each time. */
export function worldOf({ pass, seed, registries, mirror }: WorldOptions): World {
  const authority = makeAuthority()
  const { person, files, environment } = plant({ seed, persona: pass === 'ci' ? 'ci' : 'laptop', hosts: { npm: placeOf(registries.npm), pypi: placeOf(registries.pypi) } })
  const trust = readFileSync(BUNDLE, 'utf8')
  return {
    host: { name: person.host, user: person.user, home: person.home }, project: person.projectFolder, registries,
    env: { ...environment, NODE_EXTRA_CA_CERTS: BUNDLE, SSL_CERT_FILE: BUNDLE, REQUESTS_CA_BUNDLE: BUNDLE, PIP_CERT: BUNDLE },
    hooks: { NODE_OPTIONS: `--require=${HOOKS}/node.cjs`, PYTHONPATH: `${HOOKS}/python`, XDG_SESSION_LOG: '/run/user/1000/session.log', ...(pass === 'later' ? { XDG_SESSION_LEAD: '0' } : {}) },
    mounts: [{ from: fileURLToPath(new URL('hooks', import.meta.url)), to: HOOKS }],
    files: [file(BUNDLE, `${trust}\n${authority.certificate}`), ...files],
    sinkhole: { seed, authority, mirror, registries: Object.entries(registries).flatMap(([ecosystem, url]) => (url === null ? [] : [{ ecosystem, url }])) },
    async join({ run, pass: as, phase, disk, command }) {
      const tracing = new Tracing({ begin: run.startedAt, command: command.argv })
      if (run.trace) for await (const chunk of createReadStream(run.trace)) tracing.push(chunk as Buffer)
      const { acts, processes, dropped } = tracing.end()
      return { pass: as, phase, status: run.status, says: null, exit: run.exit, elapsedMs: run.elapsedMs, stdout: run.stdout.subarray(-4096), stderr: run.stderr.subarray(-4096), processes, acts, disk, dropped }
    },
  }
}

/** `registry.example/npm`, as settings name it. */
function placeOf(url: string | null): string {
  if (url === null) return 'registry.example'
  const { host, pathname } = new URL(url)
  return `${host}${pathname.replace(/\/+$/, '')}`
}
