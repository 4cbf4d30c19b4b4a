import { encodeLabel } from '../punycode.ts'
import { BRANDS, CHEAP, INFRASTRUCTURE, KIN, TELLING } from './words.ts'
import { isAddress, registered, splitter, within } from './labels.ts'
import type { Registered, Splitter } from './labels.ts'
import { readHost } from './scripts.ts'
import { misspelt, spelling, way } from './ways.ts'
import type { Spelling, Way } from './ways.ts'

export interface Imitation {
  /** A protected host, or the name of a brand. */
  of: string
  /** One of the ways is sure. */
  sure: boolean
  /** The sure ones first; never empty. */
  ways: readonly Way[]
}

export type Standing =
  | { kind: 'own'; of: string }
  | { kind: 'no-name' }
  /** The organisation says that it is honest. */
  | { kind: 'allowed' }
  /** Empty: it imitates nobody that is protected. `says`: what is odd about its letters. */
  | { kind: 'strange'; imitations: readonly Imitation[]; says: readonly string[]; shown: string }

/** A name to protect, with everything about it that does not depend on what is compared with it. */
interface Kept {
  of: string
  name: string
  spelling: Spelling
  domains: readonly string[]
  ending: string
  /** Labels in front of the registered one. */
  front: readonly string[]
  /** Stems of its name; of a brand none, since nobody recombines those. */
  parts: readonly string[]
  stems: ReadonlySet<string>
  split: Splitter
}

// eslint-disable-next-line no-control-regex -- every character of ASCII
const ASCII = /^[\0-\x7f]*$/
/** Hosts of one text are few and come again and again. */
const REMEMBERED = 4_096
const STEMS: ReadonlySet<string> = new Set(INFRASTRUCTURE.values())
const known = (stem: string): boolean => STEMS.has(stem)
const plainly = splitter([])
const kindred = splitter(KIN.keys())

/**
 * Whom a host imitates. It has to be on a domain of somebody else, and its registered label has to be the name itself under another
 * ending, a slip away from it, or made of the name's parts and words of infrastructure, in any order. What is about a registry and
 * says what (`…stats`, `…weekly`) imitates nobody surely. Pure; what is known of the protected names is worked out once.
 */
export class Imitations {
  readonly #own: readonly Kept[]
  readonly #brands: readonly Kept[] = BRAND_NAMES
  readonly #owners: ReadonlyMap<string, Kept>
  readonly #allowed: ReadonlySet<string>
  readonly #vocabulary: ReadonlySet<string>
  /** Stems of whole hosts. */
  readonly #around: ReadonlySet<string>
  readonly #words: Splitter
  readonly #remembered = new Map<string, string | null>()

  /** Addresses and names without a dot protect nothing and are left out. `allow`: domains that are honest, whatever they look like. */
  constructor(hosts: readonly string[], allow: readonly string[] = []) {
    this.#allowed = new Set(allow.map((host) => aceOf(host.toLowerCase().replace(/\.$/, ''))))
    const own = [...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, '')))].filter((host) => !isAddress(host) && host.includes('.') && host.length <= 253)
    this.#own = own.map(keep)
    this.#owners = new Map([...this.#own, ...this.#brands].toReversed().flatMap((kept) => kept.domains.map((domain): [string, Kept] => [domain, kept])))
    this.#vocabulary = new Set(this.#own.flatMap(({ parts }) => parts).filter((one) => one.length > 1))
    this.#around = new Set(this.#own.flatMap(({ stems }) => [...stems]))
    this.#words = splitter([...this.#vocabulary].filter((one) => one.length > 3 && !known(one)))
  }

  /** Whom it surely imitates: a protected host, or the name of a brand. What scans ask. */
  surely(host: string): string | null {
    const seen = this.#remembered.get(host)
    if (seen !== undefined) return seen
    const standing = this.#look(host, false)
    const found = standing.kind === 'strange' ? standing.imitations[0]?.of ?? null : null
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
    this.#remembered.set(host, found)
    return found
  }

  /** Everything that can be said of a host, with what is only a reason to look. */
  standing(host: string): Standing {
    return this.#look(host, true)
  }

  #look(written: string, weak: boolean): Standing {
    const host = written.toLowerCase().replace(/\.$/, '')
    if (isAddress(host) || !host.includes('.') || host.length > 253) return { kind: 'no-name' }
    const { plain, shown, says } = readHost(host)
    const foreign = plain !== host
    const asDns = aceOf(host)
    const owner = this.#owner(asDns)
    if (owner) return { kind: 'own', of: owner.kept.of }
    if (this.#allowed.size > 0 && endings(asDns).some((domain) => this.#allowed.has(domain))) return { kind: 'allowed' }
    const parts = registered(plain)
    const asked: Asked = { host: plain, ...parts, spelling: spelling(parts.label.slice(0, 63)), leading: this.#owner(parts.front.join('.')), letters: foreign && ASCII.test(plain) ? shown : null }
    const mine = new Set(plain.split('.').flatMap(plainly))
    const shared = ({ stems }: Kept): number => [...stems].filter((one) => mine.has(one)).length
    const found = [...this.#own.map((kept) => ({ kept, shared: shared(kept) })).toSorted((a, b) => b.shared - a.shared).map(({ kept }) => kept), ...this.#brands].flatMap((kept): Imitation[] => {
      const ways = [...waysTo(kept, asked, weak), ...(kept.parts.length > 0 ? this.#recombined(kept, asked, weak) : [])]
      const [first] = ways.toSorted((a, b) => Number(b.sure) - Number(a.sure))
      return first && (weak || first.sure) ? [{ of: kept.of, sure: first.sure, ways: ways.toSorted((a, b) => Number(b.sure) - Number(a.sure)) }] : []
    })
    return { kind: 'strange', imitations: found.toSorted((a, b) => Number(b.sure) - Number(a.sure)), says, shown }
  }

  /** Whose a host is: the domain of an owner at its end. */
  #owner(host: string): Owned | null {
    for (const domain of endings(host)) {
      const kept = this.#owners.get(domain)
      if (kept) return { kept, domain }
    }
    return null
  }

  /** The parts of a registry's names in another order or number, with or without words of infrastructure. */
  #recombined({ name, parts, front }: Kept, { label }: Asked, weak: boolean): Way[] {
    if (label === name || INFRASTRUCTURE.has(name) || name.length < 4) return []
    const stems = new Set(this.#words(label))
    if (stems.size > 1 && [...stems].every((one) => known(one) || this.#vocabulary.has(one))) {
      if (parts.length > 1 && parts.every((part) => stems.has(part))) return [way('recombination', true, `\`${label}\` has the words of \`${name}\` in another order or form`)]
      // The telling part of one of its names with any part of another.
      const another = (telling: string): boolean => !known(telling) || [...stems].some((one) => one !== telling && this.#around.has(one))
      if (parts.some((part) => stems.has(part)) && [...stems].some((one) => this.#vocabulary.has(one) && (TELLING.has(one) || !known(one)) && another(one))) {
        return [way('recombination', true, `\`${label}\` puts words of \`${name}\` together with others of its kind`)]
      }
      if (weak && parts.some((part) => TELLING.has(part) && stems.has(part))) return [way('recombination', false, `\`${label}\` has a word of \`${name}\` among words of infrastructure`)]
    }
    const mine = kindred(label).map((one) => KIN.get(one) ?? one)
    const theirs = kindred(name).map((one) => KIN.get(one) ?? one)
    const same = theirs.length > 1 && mine.length > 1 && theirs.every((one) => mine.includes(one)) && mine.every((one) => known(one) || theirs.includes(one))
    if (same) return [way('recombination', true, `\`${label}\` has the words of \`${name}\`, with others for the same thing`)]
    if (!weak || mine.length < 2) return []
    const around = new Set([...theirs, ...front.flatMap(plainly)])
    const some = mine.some((one) => theirs.includes(one) && (TELLING.has(one) || !known(one))) && mine.every((one) => around.has(one))
    return some ? [way('recombination', false, `\`${label}\` is made of words of \`${[...front, name].join('.')}\``)] : []
  }
}

interface Owned {
  kept: Kept
  domain: string
}

interface Asked extends Registered {
  host: string
  spelling: Spelling
  /** A protected domain that stands in front of its own. */
  leading: Owned | null
  /** As it is shown, where it has letters of other scripts. */
  letters: string | null
}

/** The host and every domain it is below, the longest first. */
function endings(host: string): string[] {
  const labels = host.split('.')
  return labels.map((_, at) => labels.slice(at).join('.'))
}

/** As DNS has it. */
const aceOf = (host: string): string => host.split('.').map((label) => encodeLabel(label) ?? label).join('.')

function keep(host: string): Kept {
  const { label, ending, front } = registered(readHost(host).plain)
  return {
    of: host, name: label, spelling: spelling(label), domains: [registered(aceOf(host)).domain], ending, front, parts: plainly(label), stems: new Set(host.split('.').flatMap(plainly)), split: splitter([label]),
  }
}

const BRAND_NAMES: readonly Kept[] = BRANDS.map(({ name, domains }) => ({
  of: name, name, spelling: spelling(name), domains, ending: registered(domains[0] ?? '').ending, front: [], parts: [], stems: new Set<string>(), split: splitter([name]),
}))

function waysTo(kept: Kept, asked: Asked, weak: boolean): Way[] {
  const { name, domains, ending } = kept
  const { label, host, domain, leading, letters } = asked
  const found: Way[] = []
  if (letters !== null && domains.some((one) => within(host, one))) return [way('homoglyph', true, `\`${letters}\` has letters of other scripts that look like those of \`${kept.of}\``)]
  if (leading?.kept.of === kept.of) found.push(way('in-front', true, `\`${domain}\` has \`${leading.domain}\` in front of its own name`))
  if (name.length < 4 || INFRASTRUCTURE.has(name)) return found
  if (label === name) {
    const cheap = CHEAP.has(asked.ending)
    if (cheap || weak || letters !== null) {
      found.push(way('tld-swap', cheap || letters !== null, `\`${name}\` is registered under \`${asked.ending}\`${cheap ? ', which costs next to nothing' : ''}, not under \`${ending}\``))
    }
  } else found.push(...misspelt(asked.spelling, kept.spelling, weak), ...around(kept, asked, weak))
  if (letters !== null && found.length > 0) found.unshift(way('homoglyph', label === name || found.some(({ sure }) => sure), `\`${letters}\` has letters of other scripts and reads as \`${host}\``))
  return found
}

/** The name among other words or labels. */
function around({ name, ending, front: theirs, split }: Kept, { label, front }: Asked, weak: boolean): Way[] {
  const broken = front.map((_, at) => [...front.slice(at), label].join('')).find((one) => one === name)
  if (broken !== undefined && (weak || name.length > 5)) return [way('subdomain', name.length > 5, `\`${[...front, label].join('.')}\` is \`${name}\` with a dot in it`)]
  const joined = label.replaceAll('-', '')
  if (!label.includes(name)) return joined.includes(name) && name.length > 4 ? [way('hyphenation', true, `\`${label}\` hides \`${name}\` between hyphens`)] : []
  const bare = ending.replaceAll('.', '')
  if (joined === name + bare || (theirs.length > 0 && joined === theirs.join('') + name)) return [way('various', true, `\`${label}\` runs \`${name}\` and what stands beside it together`)]
  // `…-files`, `cdn…`
  const stems = split(label)
  if (stems.length > 1 && stems.includes(name) && stems.every((one) => one === name || known(one))) return [way('dictionary', true, `\`${label}\` hangs \`${hung(label, name)}\` on \`${name}\``)]
  // `w-…`, `v3-…`
  if (name.length > 7 && /^(?:[a-z0-9]|v[0-9]{1,2})-$/.test(label.slice(0, -name.length)) && label.endsWith(name)) return [way('dictionary', true, `\`${label}\` sets something in front of \`${name}\``)]
  return weak && name.length > 4 ? [way('dictionary', false, `\`${label}\` has \`${name}\` in it`)] : []
}

const hung = (label: string, name: string): string => label.replace(name, ' ').split(/[\s-]+/).filter((word) => word !== '').join(' ')
