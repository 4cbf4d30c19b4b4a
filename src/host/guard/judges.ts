import { aboutRef } from '../../conduct/about.ts'
import { Watcher } from '../../conduct/watcher.ts'
import type { Finding } from '../../core/types.ts'
import type { Act } from '../../tracing/act.ts'
import type { Followed } from '../watch/followed.ts'
import type { Alarm, Judge } from './alarm.ts'
import { Rules } from './rules.ts'

export interface JudgeAround {
  /** Hosts that clients fetch from. */
  ownHosts: readonly string[]
  user: string
  host: string
}

/** Rules for single acts, and those of conduct for chains of them. */
export const judgesFor = (around: JudgeAround): Judge[] => [new Rules(), new Conduct(around)]

/** The rules that packages in the sandbox are judged by, on what is seen of an install as it happens. */
class Conduct implements Judge {
  readonly #watcher: Watcher
  #last: { act: Act; by: Followed } | null = null

  constructor({ ownHosts, user, host }: JudgeAround) {
    this.#watcher = new Watcher(aboutRef({ ecosystem: 'npm', name: '', version: '' }, ownHosts, { users: user === '' ? [] : [user], hosts: host === '' ? [] : [host] }))
  }

  meet(process: Followed): void {
    this.#watcher.meet(process)
  }

  see(act: Act, by: Followed): readonly Alarm[] {
    this.#last = { act, by }
    return this.#watcher.take(act, by).filter((finding) => applies(finding, act, by)).map((finding) => alarmOf(finding, act, by))
  }

  settle(): readonly Alarm[] {
    const last = this.#last
    return last === null ? [] : this.#watcher.settle().filter((finding) => applies(finding, last.act, last.by)).map((finding) => alarmOf(finding, last.act, last.by))
  }
}

/**
 * What counts in a sandbox alone: hooks of ours are in no program of a machine, nothing is refused there that sandboxes of browsers and
 * builds ask for as well, and what is declared is not known of a project that nobody has read.
 */
const IN_A_SANDBOX: ReadonlySet<string> = new Set(['did-bypass-hooks', 'did-try-forbidden', 'did-run-unseen-install'])
/** Whoever builds in its own folder changes nobody else's files. */
const applies = ({ detector }: Finding, act: Act, { place }: Followed): boolean => !IN_A_SANDBOX.has(detector) && !(detector === 'did-change-packages' && place !== null && act.target.startsWith(`${place}/`))

/** The title without its subject, and what the act was on where it does not say. */
function alarmOf({ detector, severity, title }: Finding, act: Act, by: Followed): Alarm {
  const says = title.replace(/^installing it /, '')
  return { rule: detector, severity, says: says.includes(act.target) || act.kind === 'exec' ? says : `${says} (${act.kind} ${act.name ?? act.target})`, act, by }
}
