import type { Digest, EcosystemId } from '../../core/types.ts'
import type { CaseEvent, Fact, Outcome, Severity, TimelineLine, Tlp } from './fact.ts'
import { timelineOf } from './timeline.ts'

type Of<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>

export interface Observable extends Omit<Of<'observable'>, 'kind'> {
  since: Date
  source: string
}

interface Task {
  id: string
  title: string
  due: Date | null
  assignee: string | null
  state: 'open' | 'done' | 'dropped'
  by: string | null
  at: Date | null
}

interface Evidence extends Omit<Of<'evidence'>, 'kind'> {
  since: Date
  /** Where it came from, and by whom it was taken in. */
  source: string
  by: string
  /** Who has had it since, the first first. */
  custody: readonly { to: string; purpose: string; by: string; at: Date }[]
}

/** A case as its lines make it. */
export interface CaseState {
  id: string
  title: string
  severity: Severity
  tlp: Tlp
  cause: Of<'opened'>['cause']
  assignee: string | null
  state: 'open' | 'closed'
  /** null while it is open. */
  outcome: Outcome | null
  openedAt: Date
  closedAt: Date | null
  packages: readonly { ecosystem: EcosystemId; name: string; version: string | null; digest: Digest | null }[]
  campaigns: readonly string[]
  observables: readonly Observable[]
  tasks: readonly Task[]
  evidence: readonly Evidence[]
  related: readonly { case: string; relation: Of<'related'>['relation'] }[]
  timeline: readonly TimelineLine[]
}

/** The state that a case's lines add up to, in the order in which they were told; withdrawn ones count for nothing. Null: it was never opened. Pure. */
export function caseOf(events: readonly CaseEvent[]): CaseState | null {
  const timeline = timelineOf(events)
  const lines = timeline.filter(({ withdrawn }) => !withdrawn).sort((a, b) => a.seq - b.seq)
  const first = lines.find(({ fact }) => fact.kind === 'opened')
  if (first?.fact.kind !== 'opened') return null
  const { title, severity, tlp, cause } = first.fact
  const parts = new Parts()
  let state: Pick<CaseState, 'title' | 'severity' | 'tlp' | 'assignee' | 'state' | 'outcome' | 'closedAt'> = {
    title, severity, tlp, assignee: null, state: 'open', outcome: null, closedAt: null,
  }
  for (const line of lines) {
    const { fact } = line
    if (fact.kind === 'set') {
      const { kind: _kind, ...given } = fact
      state = { ...state, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
    } else if (fact.kind === 'closed') state = { ...state, state: 'closed', outcome: fact.outcome, closedAt: line.at }
    else if (fact.kind === 'reopened') state = { ...state, state: 'open', outcome: null, closedAt: null }
    else parts.take(line)
  }
  return { id: first.case, cause, openedAt: first.at, ...state, ...parts.read(), timeline }
}

/** What a case collects. The same thing told again is the same thing. */
class Parts {
  readonly #packages = new Map<string, CaseState['packages'][number]>()
  readonly #campaigns = new Set<string>()
  readonly #observables = new Map<string, Observable>()
  readonly #tasks = new Map<string, Task>()
  readonly #evidence = new Map<string, Evidence>()
  readonly #related = new Map<string, CaseState['related'][number]>()

  take({ fact, at, by, source }: TimelineLine): void {
    switch (fact.kind) {
      case 'package': {
        const { ecosystem, name, version, digest } = fact
        const key = `${ecosystem}:${name}@${version ?? ''}`
        this.#packages.set(key, { ecosystem, name, version, digest: (digest ?? this.#packages.get(key)?.digest ?? null) as Digest | null })
        break
      }
      case 'campaign': this.#campaigns.add(fact.campaign); break
      case 'observable': {
        const { kind: _kind, ...observable } = fact
        this.#observables.set(`${fact.type}:${fact.value}`, { since: at, source, ...observable })
        break
      }
      case 'observable-dropped': this.#observables.delete(`${fact.type}:${fact.value}`); break
      case 'task': this.#tasks.set(fact.task, { id: fact.task, title: fact.title, due: fact.due === null ? null : new Date(fact.due), assignee: fact.assignee, state: 'open', by: null, at: null }); break
      case 'task-done': this.#end(fact.task, { state: 'done', by, at }); break
      case 'task-dropped': this.#end(fact.task, { state: 'dropped', by, at }); break
      case 'evidence': {
        const { kind: _kind, ...evidence } = fact
        if (!this.#evidence.has(fact.digest)) this.#evidence.set(fact.digest, { ...evidence, since: at, source, by, custody: [] })
        break
      }
      case 'custody': {
        const known = this.#evidence.get(fact.digest)
        if (known) this.#evidence.set(fact.digest, { ...known, custody: [...known.custody, { to: fact.to, purpose: fact.purpose, by, at }] })
        break
      }
      case 'related': this.#related.set(fact.case, { case: fact.case, relation: fact.relation }); break
      default:
    }
  }

  #end(id: string, end: Pick<Task, 'state' | 'by' | 'at'>): void {
    const task = this.#tasks.get(id)
    if (task) this.#tasks.set(id, { ...task, ...end })
  }

  read(): Pick<CaseState, 'packages' | 'campaigns' | 'observables' | 'tasks' | 'evidence' | 'related'> {
    return {
      packages: [...this.#packages.values()], campaigns: [...this.#campaigns], observables: [...this.#observables.values()],
      tasks: [...this.#tasks.values()], evidence: [...this.#evidence.values()], related: [...this.#related.values()],
    }
  }
}
