import type { Act } from './act.ts'
import { isInstalled } from './boring.ts'

/** How much is kept of one process and in all, a class of acts each. What people look for is rare; a crowd of one class takes no room from another. */
interface Share {
  each: number
  all: number
}

const SHARES: Readonly<Record<string, Share>> = {
  exec: { each: 2_000, all: 10_000 },
  read: { each: 500, all: 5_000 },
  write: { each: 1_000, all: 5_000 },
  'write of installed files': { each: 200, all: 2_000 },
  connect: { each: 1_000, all: 5_000 },
  resolve: { each: 1_000, all: 5_000 },
  request: { each: 1_000, all: 5_000 },
  environment: { each: 300, all: 3_000 },
}
/** What is somebody's own, or the machine's: what people look for first, and what no installation has thousands of. */
const SETTINGS = /^(?:\/etc\/|\/proc\/|(?:\/home\/[^/]+|\/root)\/\.(?!cache\/|npm\/|local\/share\/))/
const OTHER: Share = { each: 500, all: 3_000 }

/** Acts that say the same of the same process are kept once: what is read or written again, or named in the environment again. */
const ONCE: ReadonlySet<string> = new Set(['read', 'write', 'environment', 'mode', 'delete', 'refused', 'memory'])

const OWN = ' of settings'

const INSTALLING: ReadonlySet<string> = new Set(['write', 'delete', 'rename', 'link', 'mode'])

/** Keeps acts within bounds and counts what it leaves out, by kind. */
export class Budget {
  readonly #spent = new Map<string, number>()
  readonly #seen = new Set<string>()
  readonly #factor: number
  readonly #planted: ReadonlySet<string>
  readonly dropped: Record<string, number> = {}

  /** `factor` scales all shares. `planted`: files that nothing else may crowd out. */
  constructor(factor = 1, planted: ReadonlySet<string> = new Set()) {
    this.#factor = factor
    this.#planted = planted
  }

  /** False: there were too many, or the same is known of the same process. */
  admits(act: Act): boolean {
    const key = ONCE.has(act.kind) ? `${act.kind} ${act.pid} ${act.done} ${act.target}` : null
    if (key !== null && this.#seen.has(key)) return false
    const name = this.#classOf(act)
    const share = SHARES[name] ?? OTHER
    if (!this.#spend(name, act.pid, share)) {
      const counted = name.endsWith(OWN) ? name : act.kind
      this.dropped[counted] = (this.dropped[counted] ?? 0) + 1
      return false
    }
    if (key !== null) this.#seen.add(key)
    return true
  }

  #classOf({ kind, target, other = '' }: Act): string {
    const changes = INSTALLING.has(kind)
    if (kind !== 'read' && !changes) return kind
    if (this.#planted.has(target) || this.#planted.has(other)) return `${kind} of what is planted`
    if (changes && isInstalled(target)) return 'write of installed files'
    return SETTINGS.test(target) || (changes && SETTINGS.test(other)) ? `${kind}${OWN}` : kind
  }

  #spend(name: string, pid: number, share: Share): boolean {
    const all = this.#spent.get(name) ?? 0
    const mine = this.#spent.get(`${name} ${pid}`) ?? 0
    if (all >= share.all * this.#factor || mine >= share.each * this.#factor) return false
    this.#spent.set(name, all + 1).set(`${name} ${pid}`, mine + 1)
    return true
  }
}
