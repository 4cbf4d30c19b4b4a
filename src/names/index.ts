import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { known } from './aliases.ts'
import { branded } from './brands.ts'
import { single } from './classify.ts'
import { compare } from './compare.ts'
import type { Compared } from './compare.ts'
import { askedKeys } from './keys.ts'
import { ordered, STRENGTH, weightOf } from './kinds.ts'
import type { Imitation, Protected } from './kinds.ts'
import { likeness } from './likeness.ts'
import { OwnWords } from './own.ts'
import { partsOf, sameHolder } from './parts.ts'
import type { Parts } from './parts.ts'
import { holderParts, Segment } from './segment.ts'

export type { Imitation, Protected, SquatKind } from './kinds.ts'
export type { Likeness } from './likeness.ts'

/** Segments are joined with the one before unless that is so many times larger: each costs every question a little. */
const JOINED = 8

/** What is found in two ways, by its spelling and in a list, is a little surer. */
const TWICE = 0.05

/** A name that only borrows a holder or a word explains less than one that is nearly the same. */
const BORROWED = 0.4

interface Found extends Compared {
  target: Protected
}

/**
 * Protected names of one ecosystem, and which of them a name imitates. Names that come later go into small segments of
 * their own, which are joined when they are about as large as their neighbour: adding costs little, asking stays fast.
 */
export class NameIndex {
  readonly #ecosystem: EcosystemId
  readonly #own = new OwnWords()
  #segments: Segment[]

  private constructor(ecosystem: EcosystemId, names: Iterable<Protected>) {
    this.#ecosystem = ecosystem
    this.#segments = [new Segment(ecosystem, this.#noted(names))]
  }

  static build(ecosystem: EcosystemId, names: Iterable<Protected>): NameIndex {
    return new NameIndex(ecosystem, names)
  }

  /** Another index that begins with what this one has, and shares the memory for it. This one must hold no private names. */
  with(names: Iterable<Protected>): NameIndex {
    const copy = new NameIndex(this.#ecosystem, [])
    copy.#segments = this.#segments
    copy.add(names)
    return copy
  }

  /** How many names are protected; one that was added again counts again until its segments are joined. */
  get size(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0)
  }

  /** Names that were protected already gain the stronger reason. */
  add(names: Protected | Iterable<Protected>): void {
    const segments = [...this.#segments, new Segment(this.#ecosystem, this.#noted('name' in names ? [names] : names))]
    for (let last = segments.at(-1), before = segments.at(-2); segments.length > 2 && last && before && before.size <= JOINED * last.size;) {
      segments.splice(-2, 2, new Segment(this.#ecosystem, all(before, last)))
      last = segments.at(-1)
      before = segments.at(-2)
    }
    this.#segments = segments.filter(({ size }, at) => at === 0 || size > 0)
  }

  /** Exactly this name, in any of its ecosystem's spellings. */
  protectedAs(name: string): Protected | null {
    const parts = partsOf(this.#ecosystem, name)
    return parts === null ? null : this.#find(parts.name)
  }

  /** What a name imitates, the best explanation first. A protected name may imitate another one, too. */
  check(name: string, limit = 5): Imitation[] {
    const parts = partsOf(this.#ecosystem, name)
    if (parts === null) return []
    const found = new Map<string, Found>()
    const note = (target: Protected, compared: Compared): void => {
      if (target.name === parts.name) return
      const before = found.get(target.name)
      found.set(target.name, before === undefined ? { target, ...compared } : both(before, { target, ...compared }))
    }
    const asked = askedKeys(parts)
    const holder = parts.holder === null ? null : askedKeys(holderParts(parts.ecosystem, parts.holder))
    for (const segment of this.#segments) {
      const here = new Set<string>()
      segment.candidates(asked, (theirs, form, whole) => {
        const compared = here.has(theirs.name) ? null : compare(parts, theirs, form)
        if (compared === null) return
        here.add(theirs.name)
        note(whole(), compared)
      })
      for (const { target, told, strength, length } of branded(parts, holder, segment)) note(target, { kinds: [told], strength, plain: BORROWED, length })
    }
    for (const { target, told } of known(this.#ecosystem, parts, (other) => this.#find(other))) note(target, { ...single(told), length: target.name.length })
    const own = this.#own.borrowed(parts.name)
    if (own !== null) {
      const says = `\`${parts.name}\` begins with \`${own.word}\`, as private names of this organisation do`
      note(own.target, { kinds: [{ kind: 'brand', says }], strength: STRENGTH.brand, plain: BORROWED, length: own.word.length })
    }
    return best([...found.values()], parts, limit)
  }

  /** The same names, once those of the organisation have been noted. */
  * #noted(names: Iterable<Protected>): Generator<Protected> {
    for (const name of names) {
      this.#own.add(name)
      yield name
    }
  }

  #find(name: string): Protected | null {
    return this.#segments.reduce<Protected | null>((found, segment) => {
      const here = segment.find(name)
      return here === null ? found : found === null ? here : stronger(found, here)
    }, null)
  }
}

function* all(...segments: readonly Segment[]): Generator<Protected> {
  for (const segment of segments) yield* segment.names()
}

const WHYS: readonly Protected['why'][] = ['private', 'used', 'popular']

function stronger(a: Protected, b: Protected): Protected {
  const rank = a.rank === null || b.rank === null ? a.rank ?? b.rank : Math.min(a.rank, b.rank)
  return { name: a.name, why: WHYS[Math.min(WHYS.indexOf(a.why), WHYS.indexOf(b.why))] ?? a.why, rank }
}

/** One target that was found twice: the stronger explanation counts. */
function both(one: Found, other: Found): Found {
  const more = one.strength >= other.strength ? one : other
  const news = other.kinds.filter(({ kind }) => !one.kinds.some((known) => known.kind === kind))
  const strength = Math.min(1, more.strength + (news.length > 0 ? TWICE : 0))
  return { ...more, strength, target: stronger(one.target, other.target), kinds: [...one.kinds, ...news], plain: Math.max(one.plain, other.plain) }
}

/**
 * The best explained first: by how well the ways explain the likeness, how well-known the target is, and how alike both
 * are. Likeness is costly and only measured of what may be among the first.
 */
function best(found: readonly Found[], parts: Parts, limit: number): Imitation[] {
  return found.map((one) => ({ ...one, by: weightOf(one.plain, one.target, one.length) })).toSorted((a, b) => b.by - a.by)
    .slice(0, Math.max(8, limit * 2))
    .map(({ target, kinds, strength, length, by }) => {
      const theirs = partsOf(parts.ecosystem, target.name)
      const alike = likeness(parts.name, target.name)
      const imitation: Imitation = {
        target, kinds: ordered(kinds).map(({ kind, says }) => ({ kind, says: oneLine(says, 300) })), likeness: alike, weight: weightOf(strength, target, length),
        sameHolder: theirs !== null && sameHolder(parts, theirs),
      }
      return { imitation, by: by * (1 + alike.damerau + alike.jaro) }
    })
    .toSorted((a, b) => b.by - a.by || (a.imitation.target.rank ?? Infinity) - (b.imitation.target.rank ?? Infinity))
    .slice(0, limit)
    .map(({ imitation }) => imitation)
}
