import type { Action, Origin } from '../../analysis/facts.ts'
import type { Evidence, Severity, Trigger } from '../../core/types.ts'
import { evidence, shown } from './evidence.ts'

/**
 * How little it takes for code to run: `unasked` when the package is installed or an interpreter starts, `loaded` when it is
 * imported or its folder opened in an editor, `asked` when a person runs its command, its tests or its generators,
 * `called` when a user of it calls the function, `loose` when nothing is known to load the file.
 */
export type Reach = 'unasked' | 'loaded' | 'asked' | 'called' | 'loose'

const REACH: Readonly<Record<Trigger['kind'], Reach>> = {
  'install-hook': 'unasked', startup: 'unasked', build: 'unasked', import: 'loaded', editor: 'loaded', command: 'asked', generate: 'asked', test: 'asked', call: 'called', file: 'loose',
}

/** Build scripts of npm (`prepare` and its kin) are command lines, and run for whoever builds the package, not for who installs it. */
export const reachOf = ({ trigger }: Pick<Action, 'trigger'>): Reach =>
  trigger.kind === 'build' && trigger.command !== undefined && !trigger.file?.endsWith('.go') ? 'asked' : REACH[trigger.kind]

/** Severity by reach: a detector states it as a table, so that its borders can be read at a glance. */
export type ByReach = Readonly<Record<Reach, Severity>>

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
export const worse = (a: Severity, b: Severity): number => ORDER.indexOf(b) - ORDER.indexOf(a)
export const atMost = (a: Severity, b: Severity): Severity => (worse(a, b) > 0 ? a : b)
/** So many steps graver, or milder when negative. */
export const raised = (severity: Severity, steps: number): Severity =>
  ORDER[Math.min(ORDER.length - 1, Math.max(0, ORDER.indexOf(severity) + steps))] ?? severity
export const atLeast = (a: Severity, b: Severity): Severity => (worse(a, b) > 0 ? b : a)

/** How sure a finding is at most: what amounts to `medium` by itself is for a person to look at only when something else joins it. */
export const sureness = (severity: Severity, most: number): number => (severity === 'critical' || severity === 'high' ? most : Math.min(most, 0.7))

/** Actions of a kind whose data comes from one of these. */
export function carrying(actions: readonly Action[], kinds: readonly Action['kind'][], origins: readonly Origin[]): Action[] {
  return actions.filter((action) => kinds.includes(action.kind) && action.from.some((origin) => origins.includes(origin)))
}

/** A chain as evidence: what it was read or fetched from, what was done to it, and where it ends. */
export function chain(sink: Action, says: string): [Evidence, ...Evidence[]] {
  const steps = told(sink).map((step): Evidence => ({
    ...shown(step, `${step.call} ${SAYS[step.kind]}${step.argument ? ` ${step.argument}` : ''}`), role: step.kind === 'collect' || step.kind === 'fetch' ? 'source' : 'transform',
  }))
  const end: Evidence = { ...shown(sink, says), role: 'sink' }
  const [first, ...rest] = [...steps, end]
  return evidence(first ?? end, rest)
}

/** A sink with what it sends of these alone: what else the same data holds is told by whoever looks for that. */
export function about(sink: Action, actions: readonly Action[], origins: readonly Origin[]): Action {
  const reads = actions.filter(({ kind }) => kind === 'collect')
  const these = new Set(carrying(reads, ['collect'], origins).map(placeOf))
  const others = new Set(reads.map(placeOf).filter((place) => !these.has(place)))
  const read = sink.path.filter(({ kind }) => kind === 'collect')
  const known = read.some((step) => these.has(placeOf(step)))
  const path = sink.path.filter((step) => step.kind !== 'collect' || (known ? these.has(placeOf(step)) : !others.has(placeOf(step))))
  return path.some(({ kind }) => kind === 'collect') ? { ...sink, path } : sink
}

const placeOf = ({ file, lines, call }: Pick<Action, 'file' | 'lines' | 'call'>): string => `${file}\0${lines[0]}\0${call}`

/** The steps as they are told: first what the sentence is about, the secret that is sent or the fetch that is run, then how it got there. */
function told({ kind, path }: Action): Action['path'] {
  const wanted = kind === 'send' ? 'collect' : 'fetch'
  const rank = (step: Action['path'][number]): number => (step.kind === wanted ? (step.argument === null ? 1 : 0) : step.kind === 'collect' || step.kind === 'fetch' ? 2 : 3)
  return path.toSorted((a, b) => rank(a) - rank(b))
}

const SAYS = { fetch: 'fetches', collect: 'reads', decode: 'decodes', encode: 'encodes', encrypt: 'encrypts', write: 'writes', spawn: 'runs' } as const

/**
 * Everything has flowed together in this: what was fetched, what was decoded and what was read of the machine, each in a file of its
 * own, and none of them where it ends. So it is in large programs, and none of the three is known to get there; who means it carries
 * one thing to one place. What runs unasked is no blend: nothing large has to.
 */
export function isBlend(sink: Action): boolean {
  if (reachOf(sink) === 'unasked') return false
  const files = (...kinds: Action['path'][number]['kind'][]): Set<string> => new Set(sink.path.filter(({ kind }) => kinds.includes(kind)).map(({ file }) => file))
  const [fetches, reads, decodes] = [files('fetch'), files('collect'), files('decode')]
  const all = new Set([...fetches, ...reads, ...decodes])
  return fetches.size > 0 && reads.size > 0 && decodes.size > 0 && all.size >= 3 && !all.has(sink.file)
}

/**
 * Whether it is not known what is started, where nobody has to be asked for it but whoever loads the package: in large programs
 * a path that is found at run time has been through the hands of all of them.
 */
export const isVague = (run: Action): boolean => reachOf(run) !== 'unasked' && run.call.startsWith('…')
