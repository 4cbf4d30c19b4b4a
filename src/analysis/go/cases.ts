import { when } from '../flow/branch.ts'
import { across, group, nothing } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'

/** A chain of alternatives nests as deep as it is long; longer ones stand side by side. */
const LONGEST_CHAIN = 100

/** One alternative: what is evaluated first, what decides (null: nothing does), what is done. */
export interface Case {
  before: readonly Node[]
  test: Node | null
  body: Node[]
  at: At
}

/** `if … else if …`, and the cases of a switch. */
export function chain(cases: readonly Case[], otherwise: readonly Node[]): Node {
  const at = across(cases)
  const branch = (one: Case, rest: Node): Node => {
    const made = when(one.test ?? nothing(one.at), group(one.body, one.at), rest, one.at)
    return one.before.length === 0 ? made : group([...one.before, made], one.at)
  }
  if (cases.length > LONGEST_CHAIN) return group([...cases.map((one) => branch(one, nothing(one.at))), ...otherwise], at)
  return cases.reduceRight((rest, one) => branch(one, rest), otherwise.length === 0 ? nothing(at) : group(otherwise, at))
}
