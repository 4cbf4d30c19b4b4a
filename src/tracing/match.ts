import type { Act, Process } from './act.ts'
import type { HookEvent } from './hooks.ts'

/** Which kinds of events may stand behind an act of each kind. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  exec: ['exec'], memory: ['exec', 'read', 'load', 'code'],
  read: ['read', 'load', 'copy', 'write'], write: ['write', 'copy', 'read'], delete: ['delete'], rename: ['rename'], link: ['link'], mode: ['mode', 'copy', 'write'],
  resolve: ['resolve', 'request', 'connect'], connect: ['connect', 'request', 'send'], send: ['send', 'connect', 'request'], listen: ['listen'],
  signal: ['signal'], sleep: ['sleep'],
}

/** A hook tells before the call is made; on a busy machine, through a pool of threads, the call may come much later. */
const PATIENCE = 5_000

/** A flood of lines about one thing hides who did it, and must not take the time of all. */
const MOST_LOOKS = 2_000

/** Events of one process, found by what they are about and when. */
export class Told {
  readonly #about = new Map<string, HookEvent[]>()
  readonly events: readonly HookEvent[]
  readonly #window: number
  readonly used = new Set<HookEvent>()
  /** A package manager itself. */
  readonly tool: boolean
  readonly #workers: readonly HookEvent[]

  constructor(events: readonly HookEvent[], window: number) {
    this.events = events
    this.#window = window
    // A line that says so, written by the package into its own process, does not unsay the interpreter's.
    const starts = events.filter(({ kind }) => kind === 'start')
    this.tool = starts.length > 0 && events[0] === starts[0] && starts.every(({ tool }) => tool)
    this.#workers = events.filter(({ kind }) => kind === 'worker')
    for (const event of events) {
      for (const key of keys(event)) {
        const list = this.#about.get(key)
        if (list) list.push(event)
        else this.#about.set(key, [event])
      }
    }
  }

  /** When it was first heard of. */
  get since(): number {
    return this.events[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Who started the threads of this process whose code has no file of its own. */
  threadsBy(at: number): HookEvent | null {
    return this.#workers[after(this.#workers, at) - 1] ?? null
  }

  /** `at`: epoch milliseconds. `names`: what the address that is connected to was called. */
  behind(act: Act, at: number, names: readonly string[]): HookEvent | null {
    const kinds = BEHIND[act.kind] ?? []
    for (const key of sought(act, names)) {
      const found = this.#latest(this.#about.get(key) ?? [], at, kinds, PATIENCE)
      if (found) return this.#take(found)
    }
    if (act.kind === 'sleep') return null
    // Nothing says that it is about the same: then only what was told at nearly the same moment.
    const near = NEARBY.has(act.kind) ? this.#latest(this.events, at, kinds.length > 0 ? kinds : null, this.#window) : null
    return near && this.#take(near)
  }

  /** The last that was told before, or a moment after. */
  #latest(events: readonly HookEvent[], at: number, kinds: readonly string[] | null, patience: number): HookEvent | null {
    const last = after(events, at + this.#window) - 1
    for (let i = last; i >= 0 && i > last - MOST_LOOKS; i--) {
      const event = events[i] as HookEvent
      if (event.at < at - patience) return null
      if (kinds === null ? event.kind !== 'start' && event.kind !== 'environment' : kinds.includes(event.kind)) return event
    }
    return null
  }

  #take(event: HookEvent): HookEvent {
    this.used.add(event)
    return event
  }
}

/** Acts that name nothing a hook would name in the same words. */
const NEARBY: ReadonlySet<string> = new Set(['signal', 'memory', 'inject', 'listen'])

/** Index of the first that comes later. */
function after(events: readonly HookEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle] as HookEvent).at <= at) low = middle + 1
    else high = middle
  }
  return low
}

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const hostOf = (target: string): string => /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(target)?.[1] ?? target.replace(/:\d+$/, '')
const portOf = (target: string): string => {
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:\[[^\]]*\]|[^/:?#]*)(?::(\d+))?/i.exec(target)
  return url ? url[2] ?? (/^(?:https|wss)$/i.test(url[1] as string) ? '443' : '80') : /:(\d+)$/.exec(target)?.[1] ?? ''
}
const bare = (host: string): string => host.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase()

/** What an event can be asked for by. */
function keys(event: HookEvent): string[] {
  switch (event.kind) {
    case 'exec': return ['exec', `program ${base(event.target)}`, `words ${words(event.argv)}`, `words ${words(['-c', event.target])}`]
    case 'copy': return [`path ${event.target}`, `path ${event.other ?? ''}`]
    case 'rename': case 'link': return [`path ${event.target}`, `path ${event.other ?? ''}`]
    case 'connect': case 'request': case 'send': case 'listen': {
      if (event.target.startsWith('/')) return [`path ${event.target}`]
      const host = bare(hostOf(event.target))
      return [`host ${host}`, `host ${host} ${portOf(event.target)}`, `port ${portOf(event.target)}`, ...(event.name ? [`host ${bare(event.name)}`] : [])]
    }
    case 'resolve': return [`host ${bare(event.target)}`]
    case 'sleep': return [`wait ${Math.round((event.ms ?? 0) / 100)}`]
    default: return [`path ${event.target}`]
  }
}

/** The last words of a command line: `sh -c X` and `X` told as a shell's line end alike. */
const words = (argv: readonly string[]): string => argv.slice(-2).join(' ').slice(0, 512)

/** What an act asks by, the surest first. */
function sought(act: Act, names: readonly string[]): string[] {
  switch (act.kind) {
    case 'exec': case 'memory': return [`words ${words(act.argv ?? [])}`, `program ${base(act.target)}`, `program ${base(act.argv?.[0] ?? '')}`, ...(act.kind === 'exec' ? ['exec'] : [])]
    case 'resolve': return [`host ${bare(act.target)}`]
    case 'connect': case 'send': {
      if (act.target.startsWith('/')) return [`path ${act.target}`]
      const port = portOf(act.target)
      return [...[hostOf(act.target), ...names].map(bare).flatMap((host) => [`host ${host} ${port}`, `host ${host}`]), `host localhost ${port}`, `port ${port}`]
    }
    case 'rename': case 'link': return [`path ${act.target}`, `path ${act.other ?? ''}`]
    case 'sleep': return [`wait ${Math.round((act.ms ?? 0) / 100)}`]
    default: return [`path ${act.target}`]
  }
}

/** Interpreters that the box gives hooks. */
export const hasHooks = ({ program }: Pick<Process, 'program'>): boolean => /^(?:node(?:js)?|python[\d.]*)$/.test(base(program))
