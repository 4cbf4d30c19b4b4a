import type { Finding, Severity } from '../core/types.ts'
import { worse } from '../detectors/kit/chains.ts'
import type { Act, Process } from '../tracing/act.ts'
import type { About } from './about.ts'
import type { Deed } from './deed.ts'
import { Lineage } from './lineage.ts'
import { run } from './rule.ts'
import { rules } from './rules/index.ts'
import { deedOf, isExcused, matters } from './scene.ts'

/** So many deeds that matter are kept of each: an honest installation has few. */
const KEPT = 400
const EXCUSED = 50
/** From here on, what is new is judged in batches, so that floods cost no more than they are. */
const BUSY = 100
const BATCH = 50
/** So many are kept apart; of more, the oldest is forgotten. */
const ACTORS = 200

/** What one package, or what one hook started, did lately. */
interface Actor {
  deeds: Deed[]
  excused: Deed[]
  waiting: number
  told: Map<string, Severity>
}

/**
 * Judges acts as they come, on a machine that people use: no second pass, nothing of what follows. The same rules as for a record, on the
 * last deeds that matter of each package. A finding is told when it is new, and again only when it has become graver. Memory and time an
 * act are bounded.
 */
export class Watcher {
  readonly #about: About
  readonly #lineage: Lineage
  readonly #actors = new Map<string, Actor>()
  #count = 0

  /** `about.ref` is the project, or whatever is installed; acts say which package did them. */
  constructor(about: About) {
    this.#about = about
    this.#lineage = new Lineage(about, 'tool')
  }

  /** A process that was seen, or seen to have become another program. */
  meet(process: Process): void {
    this.#lineage.process(process)
  }

  take(act: Act, process: Process | null): Finding[] {
    if (process) this.#lineage.process(process)
    if (act.kind === 'exec' && act.done) this.#lineage.exec(act)
    const deed = deedOf(act, { about: this.#about, pass: 'laptop', phase: 'install', order: this.#count++, process, standing: this.#lineage.standing(act.pid) })
    const isOfInterest = matters(deed)
    if (!isOfInterest && !isExcused(deed)) return []
    const actor = this.#actor(act.by?.package ?? `process ${deed.top}`)
    if (!isOfInterest) {
      actor.excused.push(deed)
      if (actor.excused.length > EXCUSED) actor.excused.shift()
      return []
    }
    actor.deeds.push(deed)
    if (actor.deeds.length > KEPT) actor.deeds.splice(0, KEPT / 4)
    actor.waiting++
    return actor.deeds.length < BUSY || actor.waiting >= BATCH ? this.#judge(actor) : []
  }

  /** What has not been judged yet; to be called at the end. */
  settle(): Finding[] {
    return [...this.#actors.values()].flatMap((actor) => this.#judge(actor))
  }

  #actor(key: string): Actor {
    const known = this.#actors.get(key)
    if (known) return known
    const fresh: Actor = { deeds: [], excused: [], waiting: 0, told: new Map() }
    this.#actors.set(key, fresh)
    if (this.#actors.size > ACTORS) this.#actors.delete(this.#actors.keys().next().value as string)
    return fresh
  }

  #judge(actor: Actor): Finding[] {
    if (actor.waiting === 0) return []
    actor.waiting = 0
    const scene = { about: this.#about, deeds: actor.deeds, excused: actor.excused, phases: [], disk: [] }
    return rules.map((rule) => run(rule, scene)).flatMap((one) => (one.status === 'ok' ? one.findings : [])).filter(({ detector, severity }) => {
      const before = actor.told.get(detector)
      if (before !== undefined && worse(severity, before) >= 0) return false
      actor.told.set(detector, severity)
      return true
    })
  }
}
