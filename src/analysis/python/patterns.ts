import { both, when } from '../flow/branch.ts'
import { name, nothing } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { at, empty, isExpression, kid, sequence } from './syntax.ts'
import type { Leaf, Lower } from './syntax.ts'

interface Lowering {
  lower: Lower
  set(target: Node, value: Node, here: At): Node
  said(leaf: Leaf): string
}

/** `match`: branches whose tests compare with what can be compared with, and bind what is captured. */
export function lowerMatch(leaf: Leaf, { lower, set, said }: Lowering): Node {
  const here = at(leaf)
  const asked = name(`match ${leaf.from}`, here)
  const clauses = kid(leaf, 'MatchBody')?.kids.filter((one) => one.type === 'MatchClause') ?? []
  const arms = clauses.map((clause) => {
    const pattern = clause.kids.find((one) => one.type.endsWith('Pattern'))
    const guard = kid(clause, 'Guard')?.kids.find(isExpression)
    const test = pattern ? fits(pattern) : empty(at(clause))
    return { test: guard ? both(test, lower(guard), at(clause)) : test, yes: lower(kid(clause, 'Body')), at: at(clause) }
  })

  function fits(pattern: Leaf): Node {
    const place = at(pattern)
    const inner = pattern.kids[0]
    if (pattern.type === 'LiteralPattern' || pattern.type === 'AttributePattern') {
      return { is: 'operate', sign: '==', parts: [asked, pattern.type === 'LiteralPattern' ? lower(inner) : name(said(pattern), place)], at: place }
    }
    if (pattern.type === 'OrPattern') return { is: 'group', parts: pattern.kids.filter((one) => one.type.endsWith('Pattern')).map(fits), last: false, at: place }
    const always = name('True', place)
    if (pattern.type === 'CapturePattern') return inner && said(inner) !== '_' ? sequence([set(lower(inner), asked, place), always], place) : always
    // What fits a shape is not told: whatever it captures is some member.
    const any: Node = { is: 'member', of: asked, key: nothing(place), at: place }
    return sequence([...captured(pattern).map((one) => set(lower(one), any, at(one))), any], place)
  }

  function captured(pattern: Leaf): Leaf[] {
    return pattern.kids.flatMap((one) => (one.type === 'CapturePattern' || one.type === 'AsPattern' ? one.kids.filter((leaf_) => leaf_.type === 'VariableName') : captured(one)))
  }

  const chosen = arms.reduceRight((otherwise, { test, yes, at: place }) => when(test, yes, otherwise, place), empty(here))
  return sequence([set(asked, lower(leaf.kids.find((one, index) => index > 0 && isExpression(one))), here), chosen], here)
}
