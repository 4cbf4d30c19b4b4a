import type { Change, Difference, Profile } from './types.ts'

/** How large a change a version's number admits to (semver.org 2.0.0; what has no such numbers is `other`). */
export type Step = 'patch' | 'minor' | 'major' | 'other'

const NUMBERS = /^v?(?:\d{1,9}!)?(\d{1,15})(?:\.(\d{1,15}))?/

export function stepBetween(before: string, after: string): Step {
  const [from, to] = [NUMBERS.exec(before), NUMBERS.exec(after)]
  if (!from || !to) return 'other'
  if (from[1] !== to[1]) return 'major'
  return (from[2] ?? '0') === (to[2] ?? '0') ? 'patch' : 'minor'
}

/** Strongest first: the last word of abilities and hosts. */
const REACHES = ['unasked', 'loaded', 'asked', 'called', 'loose']

/** What is new in `after`, and what of `before` is gone. What takes no less to run than it did is not new. */
export function diffOf(since: string, before: Profile, after: Profile): Difference {
  return { since, added: news(before, after), removed: news(after, before) }
}

function news(before: Profile, after: Profile): Change[] {
  const plain = (of: Change['of'], key: 'triggers' | 'marks' | 'binaries' | 'dependencies'): Change[] => {
    const known = new Set(before[key])
    return after[key].filter((what) => !known.has(what)).map((what) => ({ of, what }))
  }
  return [
    ...plain('trigger', 'triggers'),
    ...reaching('ability', before.abilities, after.abilities),
    ...reaching('host', before.hosts, after.hosts),
    ...plain('mark', 'marks'), ...plain('binary', 'binaries'), ...plain('dependency', 'dependencies'),
    ...other('repository', before.repository, after.repository),
    ...other('publisher', before.publisher, after.publisher),
    ...(after.provenance === true && before.provenance === false ? [{ of: 'provenance' as const, what: 'a statement of where it was built' }] : []),
  ]
}

function reaching(of: Change['of'], before: readonly string[], after: readonly string[]): Change[] {
  const strongest = new Map<string, number>()
  for (const one of before) {
    const { subject, reach } = apart(one)
    strongest.set(subject, Math.min(reach, strongest.get(subject) ?? REACHES.length))
  }
  return after.filter((one) => {
    const { subject, reach } = apart(one)
    return reach < (strongest.get(subject) ?? REACHES.length)
  }).map((what) => ({ of, what }))
}

function apart(line: string): { subject: string; reach: number } {
  const at = line.lastIndexOf(' ')
  return { subject: line.slice(0, at), reach: REACHES.indexOf(line.slice(at + 1)) }
}

const other = (of: Change['of'], before: string | null, after: string | null): Change[] =>
  (before !== null && after !== null && before !== after ? [{ of, what: after }] : [])

const TAKES: Readonly<Record<string, string>> = {
  unasked: 'when it is installed or started', loaded: 'when it is loaded', asked: 'when it is asked to', called: 'when it is called', loose: 'in a file that nothing loads',
}

/** A change for people: `send<credentials> unasked` becomes `send (credentials) when it is installed or started`. */
export function changeSays({ of, what }: Change): string {
  const at = what.lastIndexOf(' ')
  const takes = of === 'ability' || of === 'host' ? TAKES[what.slice(at + 1)] : undefined
  return takes === undefined ? what : `${what.slice(0, at).replace(/([<@])([\w-]+)>?/, ' ($2)')} ${takes}`
}
