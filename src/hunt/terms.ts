import { decodeSketch, similarity } from '../analysis/sketch.ts'
import type { Sketch } from '../analysis/sketch.ts'
import type { EcosystemId, Finding, FoundIndicator, Profile } from '../core/types.ts'
import { HASH } from '../detectors/kit/profile.ts'
import { indicatorKeys, likenessKeys } from './facts.ts'
import { addressKeys, factId, networkKey, networkOf, within } from './keys.ts'
import type { Network } from './keys.ts'

/** What is read of a verdict to show why a file was found. */
export interface Stored {
  ecosystem: EcosystemId
  findings: readonly Finding[]
  indicators: readonly FoundIndicator[]
  profile: Profile | null
  sketch: string | null
  /** Of the archive, hex by algorithm. */
  hashes: Readonly<Record<string, string>>
}

/** Why a file was found: a place in it, or a line about the whole of it (`file` empty then). `line` 0: lines mean nothing there. */
export interface Shown {
  what: string
  file: string
  line: number
  excerpt: string
}

/** Something that files are found by: the index has any of `keys` of each, and `found` says what it is, empty where it is not there. */
export interface Term {
  keys: readonly string[]
  /** The keys alone do not tell: what the index gives is looked at again. */
  rough: boolean
  found(stored: Stored): Shown[]
}

const PLACES = 5

const of = (detector: (finding: Finding) => boolean, keys: readonly string[]): Term => ({
  keys, rough: false,
  found: ({ findings }) => findings.filter(detector).flatMap(({ title, detector: id, evidence }) =>
    evidence.slice(0, PLACES).map(({ file, lines, excerpt, says }, at): Shown => ({ what: at === 0 ? `${id}: ${title}` : says, file, line: lines[0], excerpt }))),
})

export const detectorTerm = (id: string): Term => of(({ detector }) => detector === id, [`detector:${id}`])
export const behaviourTerm = (behaviour: string): Term => of((finding) => finding.behaviour === behaviour, [`behaviour:${behaviour}`])

const line = (what: string, excerpt: string): Shown => ({ what, file: '', line: 0, excerpt })
const ofProfile = (keys: readonly string[], rough: boolean, lines: (profile: Profile) => Shown[]): Term =>
  ({ keys, rough, found: ({ profile }) => (profile ? lines(profile).slice(0, PLACES) : []) })

export const triggerTerm = (kind: string): Term =>
  ofProfile([`trigger:${kind}`], false, ({ triggers }) => triggers.filter((one) => one.split(' ', 1)[0] === kind).map((one) => line('runs by itself', one)))

/** `send`, `send<credentials>`, or either with how little it takes: `send unasked`. */
export function abilityTerm(what: string, reach: string | null): Term {
  const wanted = (one: string): boolean => one.slice(0, one.lastIndexOf(' ')) === what && (reach === null || one.endsWith(` ${reach}`))
  return ofProfile([`does:${what}`], reach !== null, ({ abilities }) => abilities.filter(wanted).map((one) => line('is able to', one)))
}

export const markTerm = (kind: string): Term => ofProfile([`mark:${kind}`], false, ({ marks }) => marks.filter((one) => one === kind).map((one) => line('sign of obfuscation', one)))
export const binaryTerm = (kind: string): Term =>
  ofProfile([`binary:${kind}`], false, ({ binaries }) => binaries.filter((one) => one === kind).map((one) => line('compiled file', one)))
export const repositoryTerm = (repository: string): Term =>
  ofProfile([`repository:${repository}`], false, (profile) => (profile.repository?.toLowerCase() === repository ? [line('names as its repository', profile.repository)] : []))
export const publisherTerm = (ecosystem: EcosystemId, account: string): Term => ({
  keys: [`publisher:${ecosystem}/${account}`], rough: false,
  found: (stored) => (stored.ecosystem === ecosystem && stored.profile?.publisher?.toLowerCase() === account ? [line('published by', `${ecosystem}/${stored.profile.publisher}`)] : []),
})

/** Any indicator of which one of these keys is kept. */
export function indicatorTerm(keys: readonly string[]): Term {
  const wanted = new Set(keys)
  return { keys, rough: false, found: ({ indicators }) => places(indicators, (one) => indicatorKeys(one).some((key) => wanted.has(key))) }
}

function places(indicators: readonly FoundIndicator[], wanted: (one: FoundIndicator) => boolean, what?: string): Shown[] {
  return indicators.filter(wanted).slice(0, PLACES).map(({ type, value, file, line: at }) => ({ what: what ?? type, file, line: at, excerpt: value }))
}

/** Every address in a network. null: it is wider than the index has keys for. */
export function networkTerm(network: Network): Term | null {
  const key = networkKey(network)
  if (key === null) return null
  return {
    keys: [key], rough: !addressKeys(network).includes(key) || network.length !== Number(key.split('/')[1]),
    found: ({ indicators }) => places(indicators, (one) => indicatorKeys(one).includes(key) && addressesIn(one).some((address) => within(address, network))),
  }
}

function addressesIn({ value }: FoundIndicator): Network[] {
  const host = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value)?.hostname.replace(/^\[|\]$/g, '') ?? '' : value
  const network = networkOf(host)
  return network ? [network] : []
}

/** Archives with this digest, whichever it is, and packages with a file of code of this SHA-256. */
export function hashTerm(hex: string): Term {
  return {
    keys: [...(hex.length === 64 ? [`file:${hex.slice(0, HASH)}`] : []), `archive:${hex}`], rough: false,
    found: ({ hashes, profile }) => [
      ...(Object.values(hashes).includes(hex) ? [line('is the archive', hex)] : []),
      ...(hex.length === 64 ? Object.entries(profile?.code ?? {}).filter(([, beginning]) => hex.startsWith(beginning)).slice(0, PLACES)
        .map(([file]): Shown => ({ what: 'is the file', file, line: 0, excerpt: hex })) : []),
    ],
  }
}

/** The same, and what only speaks of it. */
export function hashOrMentionTerm(hex: string): Term {
  const { keys, found } = hashTerm(hex)
  return {
    keys: [...keys, `mention:${hex}`], rough: false,
    found: (stored) => [...found(stored), ...places(stored.indicators, ({ type, value }) => type === 'hash' && value === hex, 'names it')],
  }
}

/** Code of at least this likeness, 0 to 1. */
export function likeTerm(encoded: string, least: number): Term {
  const wanted = decodeSketch(encoded) as Sketch
  return {
    keys: likenessKeys(encoded), rough: true,
    found({ sketch }) {
      const other = sketch === null ? null : decodeSketch(sketch)
      const share = other ? likeness(wanted, other) : 0
      return share >= least ? [line('code is alike', `${Math.round(share * 100)} %`)] : []
    },
  }
}

/** The same code, or the same shape where there is enough of it to have one: copies in which everything was renamed. */
function likeness(one: Sketch, other: Sketch): number {
  const shape = Math.min(one.outlines, other.outlines) >= 60 ? similarity(one.shape, other.shape) * 0.95 : 0
  return Math.max(similarity(one.exact, other.exact), shape)
}

export const idsOf = ({ keys }: Term): number[] => keys.map(factId)
