import { privateName } from '../core/policy.ts'
import { against, counts } from './judge.ts'
import type { Rules } from './judge.ts'
import { nearestSafe } from './safe.ts'
import type { Against, Asked, Assessed, Knowledge, Known } from './types.ts'

/** Packages for which an index document is looked into for another version: reading one takes milliseconds to seconds. */
const MOST_DOCUMENTS = 100
const AT_ONCE = 500

export interface AssessOptions extends Rules {
  /** What lists that were given have against a package. */
  listed?: (asked: Asked) => readonly Against[]
  progress?: (done: number) => void
}

/** What is against each of these, in their order; those that nothing is against are left out. */
export async function assess(knowledge: Knowledge, asked: readonly Asked[], { policy, now, listed = () => [], progress }: AssessOptions): Promise<Assessed[]> {
  const rules: Rules = { policy, now }
  const found: { one: Asked; known: Known; all: Against[] }[] = []
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const part = asked.slice(from, from + AT_ONCE)
    const known = await knowledge.of(part)
    for (const [index, one] of part.entries()) {
      const all = [...listed(one), ...against(one, known[index] as Known, rules)]
      if (all.length > 0) found.push({ one, known: known[index] as Known, all })
    }
    progress?.(from + part.length)
  }
  const machines = await knowledge.machines(found.map(({ one }) => one))
  let documents = 0
  const assessed: Assessed[] = []
  for (const [index, { one, known, all }] of found.entries()) {
    const { ecosystem, name, version } = one
    const wanting = all.some(counts)
    const isPrivate = privateName(policy, ecosystem, name) !== null
    const releases = wanting && !isPrivate && documents++ < MOST_DOCUMENTS ? await knowledge.releases(ecosystem, name) : null
    const nearest = wanting ? nearestSafe(one, known, releases, rules) : { safe: null, why: null }
    assessed.push({ ecosystem, name, version, against: all, safe: nearest.safe, unsafe: nearest.safe === null ? nearest.why : null, machines: machines[index] ?? 0 })
  }
  return assessed
}
