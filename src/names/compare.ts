import { ascii } from '../core/lookalikes.ts'
import { holds, ways } from './classify.ts'
import type { Ways } from './classify.ts'
import { letters } from './forms.ts'
import { GLUED } from './keys.ts'
import { STRENGTH } from './kinds.ts'
import type { SquatKind } from './kinds.ts'
import type { Parts } from './parts.ts'

/** In which ways, how telling, and how long what is imitated is. */
export interface Compared extends Ways {
  length: number
}

/**
 * In which ways a name imitates another one. Names of several elements have to agree in all but one: a module of the same
 * name with another owner is a fork, and a package of the same name in another scope another package. `form`: by which the
 * index proposed it, so that accidents cost little.
 */
export function compare(one: Parts, other: Parts, form: number | null = null): Compared | null {
  if (one.name === other.name) return null
  const at = difference(one.elements, other.elements)
  if (at === SAME) return identical(one, other)
  if (at === MORE || form === GLUED) return one.ecosystem === 'npm' ? rescoped(one, other) : null
  const [mine, theirs] = [one.elements[at] ?? '', other.elements[at] ?? '']
  if (form !== null && !holds(form, mine, theirs)) return null
  const found = ways(mine, theirs, { one: one.name, other: other.name })
  if (found === null) return null
  if (one.ecosystem === 'go' && at === 0) found.kinds.push({ kind: 'host', says: `\`${mine}\` is another host than \`${theirs}\` and looks like it` })
  if (other.holder === null || one.holder === other.holder || (one.ecosystem === 'go' && at === 0)) return { ...found, length: theirs.length }
  const says = one.ecosystem === 'npm' ? `the scope \`@${mine}\` is not \`@${theirs}\`` : `the owner \`${mine}\` is not \`${theirs}\``
  found.kinds.push({ kind: 'brand', says })
  return { ...found, strength: Math.max(found.strength, STRENGTH.brand), length: theirs.length }
}

const SAME = -1
const MORE = -2

/** The only element that differs, or that none or more do. */
function difference(one: readonly string[], other: readonly string[]): number {
  if (one.length !== other.length) return MORE
  let found = SAME
  for (let at = 0; at < one.length; at++) {
    if (one[at] === other[at]) continue
    if (found !== SAME) return MORE
    found = at
  }
  return found
}

/** Names that only capitals, other scripts or a major version tell apart. */
function identical(one: Parts, other: Parts): Compared | null {
  const only = (kind: SquatKind, says: string): Compared => ({ kinds: [{ kind, says }], strength: STRENGTH[kind], plain: 1, length: one.name.length })
  if (ascii(one.name) !== one.name || ascii(other.name) !== other.name) {
    return only('look-alike', `\`${one.name}\` has letters of another script that look like those of \`${other.name}\``)
  }
  return one.ecosystem === 'npm' ? only('case', `\`${one.name}\` differs from \`${other.name}\` only in capitals`) : null
}

/** `@types/x` and `types-x`: the scope written as part of the name, or the other way round. */
function rescoped(one: Parts, other: Parts): Compared | null {
  if (one.holder === null && other.holder === null) return null
  const mine = letters(one.elements.join('-'))
  if (mine !== letters(other.elements.join('-'))) return null
  const says = `\`${one.name}\` is \`${other.name}\` with its scope written otherwise`
  return { kinds: [{ kind: 'scope', says }], strength: STRENGTH.scope, plain: 1, length: mine.length }
}
