import { ways } from './classify.ts'
import { letters } from './forms.ts'
import { ordered } from './kinds.ts'
import type { Told } from './kinds.ts'
import { ascii } from './lookalikes.ts'
import type { Parts } from './parts.ts'

/** What was compared and how: which ways, and how long the shorter of what differs is. */
export interface Compared {
  kinds: Told[]
  length: number
}

/**
 * In which ways a name imitates another one. Names of several elements have to agree in all but one: a module of the same
 * name with another owner is a fork, and a package of the same name in another scope another package.
 */
export function compare(one: Parts, other: Parts): Compared | null {
  if (one.name === other.name) return null
  const shown = { one: one.name, other: other.name }
  if (one.elements.length !== other.elements.length) return one.ecosystem === 'npm' ? rescoped(one, other) : null
  const differ = one.elements.flatMap((element, at) => (element === other.elements[at] ? [] : [at]))
  if (differ.length === 0) return identical(one, other)
  const [at] = differ
  if (differ.length !== 1 || at === undefined) return one.ecosystem === 'npm' ? rescoped(one, other) : null
  const [mine, theirs] = [one.elements[at] ?? '', other.elements[at] ?? '']
  const kinds = ways(mine, theirs, shown)
  if (kinds.length === 0) return null
  if (one.ecosystem === 'go' && at === 0) kinds.push({ kind: 'host', says: `\`${mine}\` is another host than \`${theirs}\` and looks like it` })
  return { kinds: ordered(kinds), length: Math.min(mine.length, theirs.length) }
}

/** Names that only capitals, other scripts or a major version tell apart. */
function identical(one: Parts, other: Parts): Compared | null {
  const length = one.name.length
  if (ascii(one.name) !== one.name || ascii(other.name) !== other.name) {
    return { kinds: [{ kind: 'look-alike', says: `\`${one.name}\` has letters of another script that look like those of \`${other.name}\`` }], length }
  }
  return one.ecosystem === 'npm' ? { kinds: [{ kind: 'case', says: `\`${one.name}\` differs from \`${other.name}\` only in capitals` }], length } : null
}

/** `@types/x` and `types-x`: the scope written as part of the name, or the other way round. */
function rescoped(one: Parts, other: Parts): Compared | null {
  if (one.holder === null && other.holder === null) return null
  const mine = letters(one.elements.join('-'))
  if (mine !== letters(other.elements.join('-'))) return null
  return { kinds: [{ kind: 'scope', says: `\`${one.name}\` is \`${other.name}\` with its scope written otherwise` }], length: mine.length }
}
