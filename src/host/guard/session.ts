import type { Act } from '../../tracing/act.ts'
import { isBoring } from '../../tracing/boring.ts'
import type { Followed, Listener } from '../watch/followed.ts'
import type { HostPackage } from '../events/event.ts'
import { Installs } from '../watch/installs.ts'
import type { Change } from '../watch/installs.ts'
import { atLeast, Crowd } from './alarm.ts'
import type { Alarm, Judge } from './alarm.ts'
import { isSecret } from './places.ts'

/** How often something was done, and by whom; `package` as `npm:name@version`, null: no package's code. */
export interface Count {
  what: string
  name?: string
  package: string | null
  program: string
  times: number
  failed: number
}

export interface SessionOptions {
  judges: readonly Judge[]
  /** Where it runs: what is read and written below it is its own business. */
  folder: string
  home: string
  onAlarm(alarm: Alarm): void
  /** A folder of ours: what names it among its arguments sets up hooks, and is no news. */
  ours?: string | undefined
  /** Each act that is worth telling on, once for each target. */
  onTold?(act: Act, by: Followed): void
}

const MOST = 2_000
const MOST_ALARMS = 1_000

/** What a watched command was seen to do, summed up as it goes on. Memory is bounded; what has no room is counted. */
export class Session implements Listener {
  readonly alarms: Alarm[] = []
  readonly ran = new Map<string, Count>()
  readonly read = new Map<string, Count>()
  readonly wrote = new Map<string, Count>()
  readonly reached = new Map<string, Count>()
  readonly asked = new Map<string, Count>()
  readonly packages = new Map<string, { package: HostPackage; place: string | null; lifecycles: Set<string>; processes: number }>()
  readonly lostBy = new Map<string, number>()
  readonly installs = new Installs()
  /** Events in all, and those that had no room above. */
  events = 0
  unlisted = 0
  processes = 0
  dead: string | null = null
  readonly #options: SessionOptions
  readonly #met = new Set<number>()
  readonly #crowd = new Crowd(MOST_ALARMS)

  constructor(options: SessionOptions) {
    this.#options = options
  }

  process(process: Followed): void {
    if (this.#isSetup(process)) return
    if (!this.#met.has(process.pid)) {
      this.processes++
      if (this.#met.size < 100_000) this.#met.add(process.pid)
    }
    for (const judge of this.#options.judges) judge.meet?.(process)
    if (process.package === null) return
    const key = packageKey(process.package)
    const known = this.packages.get(key)
    if (known === undefined && this.packages.size >= MOST) return void this.unlisted++
    const one = known ?? { package: process.package, place: process.place, lifecycles: new Set<string>(), processes: 0 }
    one.processes++
    if (process.lifecycle !== null && one.lifecycles.size < 20) one.lifecycles.add(process.lifecycle.slice(0, 60))
    this.packages.set(key, one)
  }

  act(act: Act, by: Followed): void {
    this.events++
    if (this.#isSetup(by) && act.kind !== 'write' && act.kind !== 'connect') return
    this.installs.see(act)
    if (act.kind === 'read' && isBoring(act.target, { folders: [] }, act.done)) return
    this.#note(act, by)
    // Of what several rules say of one act, the gravest.
    const [gravest] = this.#options.judges.flatMap((judge) => judge.see(act, by)).sort((a, b) => (atLeast(a.severity, b.severity) ? (a.severity === b.severity ? 0 : -1) : 1))
    if (gravest) this.alarm(gravest)
  }

  /** The shell of hooks, until it is the hook. */
  #isSetup({ argv, lifecycle }: Followed): boolean {
    const { ours } = this.#options
    if (ours === undefined) return false
    return argv.some((word) => word.startsWith(`${ours}/`)) || (lifecycle !== null && argv[0] === 'unshare' && argv[1] === '--user' && /^--map-(?:root-user$|user=)/.test(argv[2] ?? ''))
  }

  alarm(alarm: Alarm): void {
    if (!this.#crowd.admits(alarm.severity)) return void this.unlisted++
    this.alarms.push(alarm)
    this.#options.onAlarm(alarm)
  }

  lost(count: number, why: string): void {
    if (this.lostBy.size < 20 || this.lostBy.has(why)) this.lostBy.set(why, (this.lostBy.get(why) ?? 0) + count)
  }

  died(why: string): void {
    this.dead ??= why
  }

  /** What came and went on the disk since this was asked for the last time. */
  changes(): Change[] {
    return this.installs.settle()
  }

  /** What the judges held back until more was known. */
  settle(): void {
    for (const judge of this.#options.judges) for (const alarm of judge.settle?.() ?? []) this.alarm(alarm)
  }

  #note(act: Act, by: Followed): void {
    switch (act.kind) {
      case 'exec': return this.#count(this.ran, act, by, act.argv?.join(' ') ?? act.target)
      case 'read': return this.#worthReading(act, by) ? this.#count(this.read, act, by, act.target) : undefined
      case 'write': case 'delete': case 'rename': case 'link': case 'mode':
        return this.#outside(act.target) ? this.#count(this.wrote, act, by, `${act.kind} ${act.target}`) : undefined
      case 'connect': case 'send': case 'listen': return LOCAL_SERVICES.test(act.target) ? undefined : this.#count(this.reached, act, by, act.kind === 'listen' ? `listens at ${act.target}` : act.target)
      case 'resolve': return this.#count(this.asked, act, by, act.target)
      case 'environment': case 'request': case 'signal': case 'inject': case 'memory': case 'refused': case 'sleep': return undefined
    }
  }

  /** Secrets, whoever reads them; of packages also whatever else lies in the home folder. */
  #worthReading({ target }: Act, by: Followed): boolean {
    return isSecret(target) !== null || (by.package !== null && this.#outside(target))
  }

  #outside(path: string): boolean {
    const { folder } = this.#options
    return !(path === folder || path.startsWith(`${folder}/`)) && !OWN.test(path)
  }

  #count(map: Map<string, Count>, act: Act, by: Followed, raw: string): void {
    const what = raw.slice(0, 500)
    const owner = by.package === null ? null : packageKey(by.package)
    const key = `${owner} ${what}`
    const known = map.get(key)
    if (known) {
      known.times++
      if (!act.done) known.failed++
      return
    }
    if (map.size >= MOST) return void this.unlisted++
    map.set(key, { what, package: owner, program: by.program.slice(0, 300), times: 1, failed: act.done ? 0 : 1, ...(act.name === undefined ? {} : { name: act.name }) })
    this.#options.onTold?.(act, by)
  }
}

/** Where the C library asks for names and users. */
const LOCAL_SERVICES = /^\/(?:var\/)?run\/(?:nscd\/socket|systemd\/(?:resolve|userdb)\/[\w.]+)$/

/** Scratch, devices, and what clients keep for themselves: told on only where a rule minds it. */
const OWN = /^\/(?:dev|proc|sys)\/|^\/(?:var\/)?tmp\/|\/(?:\.npm|_cacache|\.cache|node_modules|site-packages|dist-packages|__pycache__|\.pnpm-store|\.local\/share\/pnpm|\.bun\/install|go\/pkg|pkg\/mod)(?:\/|$)/

/** `npm:left-pad@1.3.0`. */
export const packageKey = ({ ecosystem, name, version }: HostPackage): string => `${ecosystem}:${name}${version === null ? '' : `@${version}`}`
