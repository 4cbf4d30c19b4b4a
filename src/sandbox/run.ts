import { randomBytes } from 'node:crypto'
import { sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Backend, Cell, Limits, Mount } from './cell/cell.ts'
import { changesOf, writable } from './disk.ts'
import type { Command, Plan, Prepared } from './plan/plan.ts'
import type { PassName, PhaseName, PhaseRecord, SandboxRecord } from './record.ts'
import { lastLine, worldOf } from './world.ts'
import type { World } from './world.ts'

export interface RunSettings {
  passes: readonly PassName[]
  /** What is run of each pass: the first, the first two or all; a later phase needs the ones before it. */
  phases: readonly PhaseName[]
  /** What all of it may take. */
  timeMs: number
  phaseMs: number
  limits: Limits
  signal: AbortSignal
  onProgress?: ((says: string) => void) | undefined
}

export interface RunParts {
  backend: Backend
  prepared: Prepared
  /** A mirror's folder; null: nothing it depends on is there. */
  mirror: string | null
  registries: Readonly<Record<EcosystemId, string | null>>
  /** Interpreters. */
  mounts: readonly Mount[]
  /** What is put in and run, as whoever the world is made for. */
  planFor(world: World, pass: PassName): Promise<Plan>
}

export const PHASES: readonly PhaseName[] = ['install', 'import', 'execute']

export const LIMITS: Limits = { memoryMb: 2_048, processes: 512, diskMb: 1_536, fileMb: 512, outputMb: 16, traceMb: 256 }

/** What a package leaves running is watched for so long after each phase. */
const GRACE = 4_000
const PREPARING = 60_000

/**
 * A package's passes one after the other, each in a fresh cell: installed, loaded, called; what was seen of it all. Throws
 * SluiceError `sandbox-unavailable`, and what the signal was aborted with. Anything that went wrong inside is in the record.
 */
export async function runAll(parts: RunParts, settings: RunSettings): Promise<SandboxRecord> {
  const { prepared: { target: { ref, digest } }, backend } = parts
  const { passes, timeMs, signal } = settings
  const startedAt = new Date()
  const began = performance.now()
  const left = (): number => timeMs - (performance.now() - began)
  const phases: PhaseRecord[] = []
  const missing: string[] = []
  const hosts: { name: string; user: string }[] = []
  // One for all passes: the same person, so that passes differ by nothing else.
  const seed = randomBytes(16).toString('hex')
  for (const [index, pass] of passes.entries()) {
    const share = (passes.length - index)
    if (left() < LEAST) {
      missing.push(`${pass}: not begun: there was no time left`)
      continue
    }
    const { records, says, host } = await onePass(pass, seed, parts, { ...settings, timeMs: Math.max(LEAST, share === 1 ? left() : Math.min(left(), left() / share * 1.5)) })
    phases.push(...records)
    hosts.push({ name: host.name, user: host.user })
    missing.push(...says)
    signal.throwIfAborted()
  }
  return { ref, digest, backend: backend.name, startedAt, elapsedMs: performance.now() - began, passes, phases, missing: [...new Set(missing)].slice(0, 100), hosts }
}

/** A pass that has less is not begun. */
const LEAST = 3_000

async function onePass(pass: PassName, seed: string, { backend, prepared, mirror, registries, mounts, planFor }: RunParts, settings: RunSettings): Promise<{ records: PhaseRecord[]; says: string[]; host: World['host'] }> {
  const { limits, signal, onProgress, timeMs } = settings
  const until = performance.now() + timeMs
  onProgress?.(`as ${NAMED[pass]}: making a cell`)
  const world = worldOf({ pass, seed, registries, mirror, mounts })
  const plan = await planFor(world, pass)
  const cell = await backend.open({ limits, mounts: [...world.mounts, ...plan.mounts], files: [...world.files, ...plan.files], host: world.host, sinkhole: world.sinkhole, signal })
  try {
    return { ...await inCell({ cell, pass, plan, world, prepared }, { ...settings, timeMs: until - performance.now() }), host: world.host }
  } finally {
    await cell.close()
  }
}

export const NAMED: Readonly<Record<PassName, string>> = { laptop: 'a developer', ci: 'CI', later: 'a developer whose time runs fast' }

interface Inside { cell: Cell; pass: PassName; plan: Plan; world: World; prepared: Prepared }

async function inCell({ cell, pass, plan, world, prepared }: Inside, { phases, phaseMs, timeMs, signal, onProgress }: RunSettings): Promise<{ records: PhaseRecord[]; says: string[] }> {
  const until = performance.now() + timeMs
  const records: PhaseRecord[] = []
  const says = (plan.missing ?? []).map((one) => `${pass}: ${one}`)
  for (const command of plan.prepare) {
    const ran = await cell.run({ ...command, timeMs: PREPARING, graceMs: 0, traced: false })
    if (ran.status !== 'completed') return { records, says: [...says, `${pass}: could not be prepared: ${sentence(lastLine(ran))}`] }
  }
  const known = new Set([...prepared.files.values()].map(({ sha256 }) => sha256))
  const folders = writable(world.host.home)
  let before = await cell.list(folders)
  let stopped: string | null = null
  for (const phase of PHASES.filter((one) => phases.includes(one))) {
    const planned = plan.phases[phase]
    const left = until - performance.now()
    const skipped = stopped ?? ('skipped' in planned ? planned.skipped : left < LEAST ? 'there was no time left' : null)
    if (skipped !== null) {
      records.push(skippedPhase(pass, phase, skipped))
      if (!('skipped' in planned)) says.push(`${pass}, ${phase}: not run: ${skipped}`)
      continue
    }
    onProgress?.(`as ${NAMED[pass]}: ${DOING[phase]}`)
    const ran = await cell.run({ ...planned as Command, env: { ...(planned as Command).env, ...world.hooks }, timeMs: Math.round(Math.min(phaseMs, left)), graceMs: GRACE, traced: true, ...(pass === 'later' ? { skipsSleep: true } : {}) })
    signal.throwIfAborted()
    const cut = [...ran.cut]
    let whole = true
    const after = await cell.list(folders, (why) => {
      whole = false
      cut.push(`files: ${why}`)
    })
    const disk = await changesOf(cell, before, after, known)
    // What was not looked at is not gone: the next phase is compared with what is known whole.
    if (whole) before = after
    const { record, missing } = await world.join({ run: ran, pass, phase, command: planned as Command, disk, prepared })
    records.push(record)
    says.push(...problemsOf(record, [...cut, ...missing]))
    // What was not installed cannot be loaded.
    if (phase === 'install' && record.status !== 'completed') stopped = 'the package could not be installed'
  }
  return { records, says }
}

const DOING: Readonly<Record<PhaseName, string>> = { install: 'installing', import: 'loading every module', execute: 'calling what it exports' }

/** Why what was seen is not all there is; drivers end with 3 where they had no time for everything. */
function problemsOf({ pass, phase, status, exit, says, dropped }: PhaseRecord, cut: readonly string[]): string[] {
  const where = `${pass}, ${phase}`
  const lost = Object.entries(dropped).filter(([kind]) => !HARMLESS.has(kind)).map(([kind, count]) => `${where}: ${count} acts of the kind ${kind} were too many to keep`)
  const ended = status === 'completed' ? [] : status === 'failed' && exit === 3 ? [`${where}: there was no time for everything`] : [`${where}: ${ENDED[status] ?? status}${says === null ? '' : `: ${says}`}`]
  return [...ended, ...cut.map((one) => `${where}: ${one}`), ...lost]
}

/** Too many of these say nothing: reading and writing is what installing is. */
const HARMLESS: ReadonlySet<string> = new Set(['read', 'write', 'mode', 'link', 'rename', 'delete', 'environment'])

const ENDED: Readonly<Record<string, string>> = {
  failed: 'failed', time: 'ended by the box, out of time', memory: 'ended by the box, out of memory', disk: 'ended by the box, the disk is full', processes: 'ended by the box, too many processes',
}

function skippedPhase(pass: PassName, phase: PhaseName, says: string): PhaseRecord {
  const nothing = new Uint8Array()
  return { pass, phase, status: 'skipped', says, exit: null, elapsedMs: 0, stdout: nothing, stderr: nothing, processes: [], acts: [], disk: [], dropped: {} }
}
