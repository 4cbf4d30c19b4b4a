import { decodeSketch } from '../analysis/sketch.ts'
import type { MinHash } from '../analysis/sketch.ts'
import type { EcosystemId, Finding, FoundIndicator, Profile } from '../core/types.ts'
import { addressKeys, domainsAbove, hostInUrl, networkOf, sameUrl } from './keys.ts'

/** What a verdict keeps, as the index is made of it. */
export interface JudgedFacts {
  ecosystem: EcosystemId
  findings: readonly Pick<Finding, 'detector' | 'behaviour'>[]
  indicators: readonly Pick<FoundIndicator, 'type' | 'value'>[]
  profile: Profile | null
  /** `encodeSketch`. */
  sketch: string | null
  /** Of the archive, hex by algorithm. */
  hashes: Readonly<Record<string, string>>
}

/** More than any honest file has. What is beyond is still compared with known indicators, but not found by later ones. */
const MOST = 6_000

/**
 * Rows of a band and bands, as in `campaigns/families.ts`, but fewer: of code as it stands pairs of likeness 0.8 meet with
 * probability 0.9998, of 0.6 with 0.89, of 0.5 with 0.64; of shape half as many bands are kept.
 */
const ROWS = 4
const BANDS = { exact: 16, shape: 8 }
/** With less code than this its shape is everybody's. */
const SHAPELY = 60

/** Everything a judged file can be found by, as keys. */
export function factsOf({ ecosystem, findings, indicators, profile, sketch, hashes }: JudgedFacts): Set<string> {
  const keys = new Set<string>()
  const add = (key: string): void => { if (keys.size < MOST) keys.add(key) }
  for (const { detector, behaviour } of findings) {
    add(`detector:${detector}`)
    add(`behaviour:${behaviour}`)
  }
  if (profile) for (const key of profileKeys(ecosystem, profile)) add(key)
  if (sketch !== null) for (const key of likenessKeys(sketch)) add(key)
  for (const hex of Object.values(hashes)) add(`archive:${hex}`)
  for (const indicator of indicators) for (const key of indicatorKeys(indicator)) add(key)
  for (const beginning of Object.values(profile?.code ?? {})) add(`file:${beginning}`)
  return keys
}

function profileKeys(ecosystem: EcosystemId, { triggers, abilities, marks, binaries, repository, publisher }: Profile): string[] {
  return [
    ...triggers.map((line) => `trigger:${line.split(' ', 1)[0]}`),
    // Without how little it takes: that is looked at in what was found.
    ...abilities.map((line) => `does:${line.slice(0, line.lastIndexOf(' '))}`),
    ...marks.map((mark) => `mark:${mark}`),
    ...binaries.map((line) => `binary:${line}`),
    ...(repository === null ? [] : [`repository:${repository.toLowerCase()}`]),
    ...(publisher === null ? [] : [`publisher:${ecosystem}/${publisher.toLowerCase()}`]),
  ]
}

/** What an indicator is found by: hosts with the domains above them, addresses with the networks they are in. */
export function indicatorKeys({ type, value }: Pick<FoundIndicator, 'type' | 'value'>): string[] {
  switch (type) {
    case 'url': case 'webhook': {
      const host = hostInUrl(value)
      return [...bothCases('url', sameUrl(value)), ...(host === null ? [] : hostKeys(host))]
    }
    case 'domain': case 'onion': case 'ipv4': case 'ipv6': return hostKeys(value)
    case 'email': {
      const lower = value.toLowerCase()
      return [`email:${lower}`, ...domainsAbove(lower.slice(lower.lastIndexOf('@') + 1)).map((domain) => `mail:${domain}`)]
    }
    case 'hash': return [`mention:${value}`]
    default: return bothCases(type, value)
  }
}

/** Sources write in lower case what is case-sensitive (paths, Ethereum's checksums): a file is found by both, as `known.ts` compares it. */
const bothCases = (kind: string, value: string): string[] => {
  const lower = value.toLowerCase()
  return lower === value ? [`${kind}:${value}`] : [`${kind}:${value}`, `${kind}:${lower}`]
}

function hostKeys(host: string): string[] {
  const address = networkOf(host)
  return address ? addressKeys(address) : domainsAbove(host).map((domain) => `domain:${domain}`)
}

/** Keys that like code shares (locality-sensitive hashing; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4). */
export function likenessKeys(encoded: string): string[] {
  const sketch = decodeSketch(encoded)
  if (!sketch) return []
  return [...bands('exact', sketch.exact), ...(sketch.outlines >= SHAPELY ? bands('shape', sketch.shape) : [])]
}

function bands(of: keyof typeof BANDS, values: MinHash): string[] {
  return Array.from({ length: BANDS[of] }, (_, band) => `${of}:${band}:${[...values.subarray(band * ROWS, (band + 1) * ROWS)].join('.')}`)
}
