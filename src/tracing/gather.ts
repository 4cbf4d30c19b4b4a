import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { CellRun } from '../sandbox/cell/cell.ts'
import { readAllSeen } from '../sandbox/sinkhole/seen.ts'
import type { Quiet } from './boring.ts'
import { HookReader } from './hooks.ts'
import { joinActs } from './join.ts'
import type { JoinedActs } from './join.ts'
import type { Changed, Seeker } from './honey.ts'
import { Marks } from './marks.ts'
import type { PlaceOptions } from './places.ts'
import { Tracing } from './tracing.ts'

export interface GatherParts {
  run: Pick<CellRun, 'trace' | 'hooks' | 'wire' | 'startedAt'>
  /** As it was run: what came before it is the cell's own. */
  command: readonly string[]
  disk: readonly Changed[]
  finder: Seeker | null
}

export interface GatherOptions {
  places: PlaceOptions
  quiet?: Quiet
  /** See `JoinOptions`. */
  window?: number
  /** Scales how much is kept; 1 by default. */
  keep?: number
  planted?: ReadonlySet<string>
  /** What hooks sign with; absent: they don't. */
  key?: string
}

export interface Gathered extends Omit<JoinedActs, 'unsought'> {
  /** Why it is not all there is, one line each; empty: it is. */
  missing: string[]
}

const MOST_WIRE_BYTES = 64 * 1024 * 1024
const MOST_WIRE_LINES = 50_000

/** Reads what one command left and joins it. Files that cannot be read are told in `missing`. */
export async function gather({ run, command, disk, finder }: GatherParts, { places, quiet, window, keep, planted, key }: GatherOptions): Promise<Gathered> {
  const missing: string[] = []
  const tracing = new Tracing({ begin: run.startedAt, command, ...(quiet ? { quiet } : {}), ...(keep === undefined ? {} : { keep }), ...(planted ? { planted } : {}) })
  const hooks = new HookReader(key === undefined ? null : new Marks(key))
  if (run.trace === null) missing.push('no system call was recorded')
  else await feed(run.trace, tracing, 'system calls', missing)
  if (run.hooks !== null) await feed(run.hooks, hooks, 'what hooks told', missing)
  const wire = await readWire(run.wire, missing)
  const traced = tracing.end()
  const told = hooks.end()
  if (run.trace !== null && !traced.began) missing.push('the command itself is not in the record of system calls')
  if (traced.unreadable > 0) missing.push(`${traced.unreadable} lines of the record of system calls could not be read`)
  if (told.lost > 0) missing.push(`${told.lost} lines that hooks wrote are not there any more`)
  const { unsought, ...joined } = joinActs({ traced, hooks: told, wire, disk, finder }, { begin: run.startedAt, places, ...(quiet?.ours ? { ours: quiet.ours } : {}), ...(window === undefined ? {} : { window }) })
  if (unsought > 0) missing.push(`planted secrets were not looked for in ${unsought} texts: there were too many`)
  return { ...joined, missing }
}

async function feed(path: string, into: { push(chunk: Uint8Array): void }, what: string, missing: string[]): Promise<void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) into.push(chunk as Buffer)
  } catch {
    missing.push(`${what}: the record could not be read to its end`)
  }
}

async function readWire(path: string, missing: string[]) {
  try {
    const file = await open(path)
    try {
      const size = Math.min((await file.stat()).size, MOST_WIRE_BYTES)
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0)
      const { seen, more } = readAllSeen(buffer.toString('utf8', 0, bytesRead), MOST_WIRE_LINES)
      if (more) missing.push(`more came over the wire than ${MOST_WIRE_LINES} lines`)
      return seen.sort((a, b) => a.at - b.at)
    } finally {
      await file.close()
    }
  } catch {
    missing.push('what came over the wire could not be read')
    return []
  }
}
