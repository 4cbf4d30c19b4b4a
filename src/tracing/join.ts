import { isIP } from 'node:net'
import type { Act, Place, Process } from './act.ts'
import { isOurs } from './boring.ts'
import type { Ours } from './boring.ts'
import type { HookEvent, Hooks } from './hooks.ts'
import { hasHooks, Told } from './match.ts'
import { attributed, isTool } from './places.ts'
import type { PlaceOptions } from './places.ts'
import type { Traced } from './tracing.ts'
import { addressOf, withWire } from './wire.ts'
import type { OnWire } from './wire.ts'
import { withHoney } from './honey.ts'
import type { Changed, Seeker } from './honey.ts'

export interface JoinParts {
  traced: Traced
  hooks: Hooks
  /** What the sinkhole saw meanwhile, in the order of time. */
  wire: readonly OnWire[]
  disk: readonly Changed[]
  /** Finds planted secrets; null: there are none. */
  finder: Seeker | null
}

export interface JoinOptions {
  /** Epoch milliseconds from which `at` counts. */
  begin: number
  places: PlaceOptions
  /** How far apart a hook's word and a call may be where nothing else ties them; 50 ms. */
  window?: number
  /** What the watcher has inside. */
  ours?: Ours
}

export interface JoinedActs {
  /** By time. */
  acts: Act[]
  processes: readonly Process[]
  dropped: Record<string, number>
  /** Texts that planted secrets were not looked for in: there were too many. */
  unsought: number
}

const WINDOW = 50
/** Between a request and what it is handed on to. */
const SAME_REQUEST = 3_000

/**
 * Everything that was seen of one phase, told once. Calls are the truth; hooks say which line it was; the wire and the disk what
 * was in it. What hooks alone tell (variables, names, waits) is told as theirs.
 */
export function joinActs({ traced, hooks, wire, disk, finder }: JoinParts, { begin, places, window = WINDOW, ours }: JoinOptions): JoinedActs {
  const told = byProcess(traced, hooks.events, { begin, window })
  const names = namesOf(wire)
  const makers = new Map<number, Act>()
  const processes = new Map(traced.processes.map((process) => [process.pid, process]))
  const ground: Ground = { told, processes, names, makers, begin, places, ours }
  const datagrams = new Set(wire.flatMap((seen) => (seen.kind === 'udp' && seen.to !== null ? [addressOf(seen.to)] : [])))
  const calls = [...traced.acts, ...traced.routes.filter(({ target }) => datagrams.has(target))].sort((a, b) => a.at - b.at)
  const acts = calls.flatMap((act) => {
    const joined = withHook(act, ground)
    if (isScope(joined, processes.get(act.pid))) return []
    if ((act.kind === 'exec' || act.kind === 'memory') && act.argv && act.done) makers.set(act.pid, joined)
    return [joined]
  })
  const { acts: own, dropped } = hookActs(ground)
  const all = withWire([...acts, ...own, ...forgeries(hooks, begin, ours)].sort((a, b) => a.at - b.at), wire, { begin, names, window })
  return {
    ...(finder === null ? { acts: all, unsought: 0 } : withHoney(all, disk, finder)),
    processes: traced.processes,
    dropped: { ...dropped, ...traced.dropped, ...(hooks.dropped > 0 ? { hook: hooks.dropped } : {}) },
  }
}

/** Events by the process that told them, which the trace numbers otherwise. */
function byProcess({ processes, inner }: Traced, events: readonly HookEvent[], { begin, window }: { begin: number; window: number }): Map<number, Told> {
  const owners = new Map<number, Process[]>()
  for (const process of processes) {
    const number = inner.get(process.pid) ?? process.pid
    const list = owners.get(number)
    if (list) list.push(process)
    else owners.set(number, [process])
  }
  const lists = new Map<number, HookEvent[]>()
  for (const event of events) {
    const at = event.at - begin
    const owner = owners.get(event.pid)?.findLast(({ started }) => started <= at + window) ?? owners.get(event.pid)?.[0]
    if (!owner) continue
    const list = lists.get(owner.pid)
    if (list) list.push(event)
    else lists.set(owner.pid, [event])
  }
  return new Map([...lists].map(([pid, list]) => [pid, new Told(list, window)]))
}

/** What addresses were called, as the sinkhole gave them out. */
function namesOf(wire: readonly OnWire[]): Map<string, string[]> {
  const names = new Map<string, string[]>()
  const add = (address: string, name: string): void => {
    const list = names.get(address) ?? []
    if (!list.includes(name) && list.length < 16) names.set(address, [...list, name])
  }
  for (const seen of wire) {
    if (seen.kind === 'dns' && seen.name !== null) for (const answer of seen.answers) add(answer, seen.name)
    else if ('to' in seen && seen.to !== null && seen.name !== null) add(seen.to.address, seen.name)
  }
  return names
}

interface Ground {
  told: ReadonlyMap<number, Told>
  processes: ReadonlyMap<number, Process>
  names: ReadonlyMap<string, string[]>
  /** The act that each process was started by, or became what it is. */
  makers: ReadonlyMap<number, Act>
  begin: number
  places: PlaceOptions
  ours: Ours | undefined
}

/** Lines that no hook wrote, as what they are: somebody's writing to the log, whoever they name. */
const forgeries = ({ forged }: Hooks, begin: number, ours: Ours | undefined): Act[] => forged.map(({ kind, at, target }) => ({
  kind: 'write', at: at - begin, pid: 0, target: ours?.log ?? '', done: true, seen: ['hook'], by: null, watcher: true, sample: Buffer.from(`${kind} ${target}`.slice(0, 300)),
}))

function withHook(act: Act, ground: Ground): Act {
  const { told, processes, names, begin } = ground
  const process = processes.get(act.pid)
  const address = act.kind === 'connect' || act.kind === 'send' ? act.target.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') : ''
  const called = names.get(address) ?? []
  // A program is started by who forked, and told of there; it may also replace who told.
  const startsHere = act.kind === 'exec' || (act.kind === 'memory' && act.argv !== undefined)
  const tellers = startsHere ? [process?.parent ?? -1, act.pid] : [act.pid]
  const named: Act = called.length > 0 && act.name === undefined ? { ...act, name: called.at(-1) as string } : act
  for (const pid of tellers) {
    const event = told.get(pid)?.behind(act, act.at + begin, called)
    if (event) {
      return { ...named, seen: [...act.seen, 'hook'], ...whose(event, pid, act, ground) }
    }
  }
  const unhooked = isUnhooked(act, startsHere ? processes.get(process?.parent ?? -1) : process, ground)
  return { ...named, by: inherited(act, ground, act), ...(unhooked ? { unhooked: true as const } : {}) }
}

/** The lines of an event; code without a file of its own (`node -e`, `python -c`, a thread made of text) is its starter's. */
function whose(event: HookEvent, pid: number, act: Act | null, ground: Ground): Pick<Act, 'by' | 'stack'> {
  const { places, told } = ground
  const found = attributed(event.stack, places)
  const stack = found.stack.length > 0 ? { stack: found.stack } : {}
  if (found.by !== null && found.by.package !== null) return { by: found.by, ...stack }
  const thread = event.stack.some(([file]) => file.startsWith('[worker eval]')) ? told.get(pid)?.threadsBy(event.at) : null
  const starter = thread ? attributed(thread.stack, places).by : inherited({ pid }, ground, act)
  return { by: starter ?? found.by, ...stack }
}

/** Who started the process, where it does not tell itself: a `curl` is whose line called for it. */
function inherited({ pid }: Pick<Act, 'pid'>, { makers, processes }: Ground, but: Act | null = null): Place | null {
  const from = makers.get(pid)
  if (from && from !== but) return from.by
  let process = processes.get(pid)
  for (let steps = 0; process && process.parent !== null && steps < 64; steps++) {
    const maker = makers.get(process.parent)
    if (maker) return maker.by
    process = processes.get(process.parent)
  }
  return null
}

/** Where Node looks, beside its hooks, for what kind of module a file is. */
const isScope = (act: Act, process: Process | undefined): boolean =>
  act.kind === 'read' && act.target.endsWith('/package.json') && !act.seen.includes('hook') && process !== undefined && hasHooks(process)

/** What any program does by itself, before and beside its hooks. */
const SILENT: ReadonlySet<string> = new Set(['refused', 'sleep'])

/** What a runtime reads to load code says nothing, hooks or not. */
const CODE = /\.(?:[cm]?js|json|node|wasm|mts|cts|ts|pyc?|pth|so(?:\.[\d.]+)?|cfg)$|\/(?:package\.json|pyvenv\.cfg)$/

function isUnhooked(act: Act, process: Process | undefined, { told, begin }: Ground): boolean {
  if (!process || SILENT.has(act.kind) || !hasHooks(process)) return false
  if (act.kind === 'read' && (!act.done || CODE.test(act.target) || act.target.startsWith('/proc/'))) return false
  const teller = told.get(process.pid)
  // Before its hooks begin, an interpreter is on its own; one whose hooks never begin is so all the time.
  return teller === undefined || (!teller.tool && act.at + begin > teller.since)
}

/** Of one kind, as many as hooks in one process tell; taking all variables at once is counted apart. */
const MOST_TOLD = 20_000

/** What the sinkhole answers with bears its mark (sinkhole/answers/stage.ts): in code that was made while running it says where that came from. */
const STAGE = /\.stage-[\w.-]/

/** Told by hooks, with no call behind them that would be seen. */
function hookActs(ground: Ground): { acts: Act[]; dropped: Record<string, number> } {
  const { told, begin } = ground
  const acts: Act[] = []
  const counts = new Map<string, number>()
  const dropped: Record<string, number> = {}
  for (const [pid, { events, used }] of told) {
    const requests = new Map<string, HookEvent>()
    for (const event of events) {
      const kind = event.kind === 'environment' || event.kind === 'request' ? event.kind : event.kind === 'code' && STAGE.test(event.sample ?? '') ? 'code'
        : !used.has(event) && (event.kind === 'resolve' || event.kind === 'sleep') ? event.kind : null
      const touched = used.has(event) ? null : touching(event, ground.ours)
      if (touched !== null) {
        acts.push({ ...touched, at: event.at - begin, pid, done: true, seen: ['hook'], watcher: true, ...whose(event, pid, null, ground) })
        continue
      }
      if (kind === null || event.target === '' || (kind === 'resolve' && isIP(event.target) !== 0)) continue
      // What package managers ask of their own environment is theirs.
      if (kind === 'environment' && event.stack[0] && isTool(event.stack[0], ground.places)) continue
      if (kind === 'request' && saidBefore(event, requests)) continue
      const counted = kind === 'environment' && event.target === '*' ? 'all variables' : kind
      const count = counts.get(counted) ?? 0
      counts.set(counted, count + 1)
      if (count >= MOST_TOLD) {
        dropped[counted] = (dropped[counted] ?? 0) + 1
        continue
      }
      acts.push({
        kind, at: event.at - begin, pid, target: event.target, done: true, seen: ['hook'], ...whose(event, pid, null, ground),
        ...(event.method === null ? {} : { method: event.method }), ...(kind === 'code' ? { bytes: event.size, sample: Buffer.from(event.sample ?? '') } : {}), ...(event.ms === null ? {} : { ms: event.ms }),
      })
    }
  }
  return { acts, dropped }
}

/** What code did to the watcher's own, by calls that look like the watcher's. Their code may be read: it stands in stacks, whose lines people are shown. */
function touching({ kind, target, other }: HookEvent, ours: Ours | undefined): Pick<Act, 'kind' | 'target'> | null {
  const path = [target, other ?? ''].find((one) => isOurs(one, ours))
  if (path === undefined || !Object.hasOwn(TOUCHES, kind)) return null
  const as = TOUCHES[kind] as Act['kind']
  return as === 'read' && path !== ours?.log && path !== ours?.key ? null : { kind: as, target: path }
}

const TOUCHES: Readonly<Record<string, Act['kind']>> = { read: 'read', write: 'write', copy: 'write', delete: 'delete', rename: 'rename', link: 'link', mode: 'mode' }

/** One request goes through two libraries that both have hooks (`fetch` and what it is made of). */
function saidBefore(event: HookEvent, requests: Map<string, HookEvent>): boolean {
  const before = requests.get(event.target)
  const again = before !== undefined && before.how !== event.how && event.at - before.at < SAME_REQUEST
  if (again) requests.delete(event.target)
  else requests.set(event.target, event)
  return again
}
