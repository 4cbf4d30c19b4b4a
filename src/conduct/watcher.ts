import type { Finding, Severity } from '../core/types.ts'
import { worse } from '../detectors/kit/chains.ts'
import type { Act, Process } from '../tracing/act.ts'
import type { About } from './about.ts'
import type { Deed } from './deed.ts'
import { Lineage } from './lineage.ts'
import { run } from './rule.ts'
import { rules } from './rules/index.ts'
import { deedOf, matters } from './scene.ts'

/** So many deeds that matter are kept: an honest installation has few. */
const KEPT = 400
/** From here on, what is new is judged in batches, so that floods cost no more than they are. */
const BUSY = 100
const BATCH = 50

/**
 * Judges acts as they come, on a machine that people use: no second pass, nothing of what follows. The same rules as for a record, on the
 * last deeds that matter. A finding is told when it is new, and again only when it has become graver. Memory and time an act are bounded.
 */
export class Watcher {
  readonly #about: About
  readonly #lineage: Lineage
  readonly #deeds: Deed[] = []
  readonly #told = new Map<string, Severity>()
  #count = 0
  #waiting = 0

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
    if (!matters(deed)) return []
    this.#deeds.push(deed)
    if (this.#deeds.length > KEPT) this.#deeds.splice(0, KEPT / 4)
    this.#waiting++
    return this.#deeds.length < BUSY || this.#waiting >= BATCH ? this.settle() : []
  }

  /** What has not been judged yet; to be called at the end. */
  settle(): Finding[] {
    if (this.#waiting === 0) return []
    this.#waiting = 0
    const scene = { about: this.#about, deeds: this.#deeds, phases: [], disk: [] }
    return rules.map((rule) => run(rule, scene)).flatMap((one) => (one.status === 'ok' ? one.findings : [])).filter((finding) => this.#isNew(finding))
  }

  #isNew({ detector, severity }: Finding): boolean {
    const told = this.#told.get(detector)
    if (told !== undefined && worse(severity, told) >= 0) return false
    this.#told.set(detector, severity)
    return true
  }
}
