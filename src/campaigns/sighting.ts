import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Sketch } from '../analysis/sketch.ts'

/**
 * What is known of a package at a moment. The same package is seen again as more becomes known: at its upload, with its identity,
 * with its verdict. What is null or empty says nothing new, and takes nothing back; everything was written by strangers.
 */
export interface Sighting {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  version: string | null
  /** When it was published, or else first seen. */
  at: Date
  account: string | null
  emails: readonly string[]
  /** As `analysis/indicators` spells them; wallets too. */
  indicators: readonly { type: string; value: string }[]
  sketch: Sketch | null
  /** SHA-256 of its files of code, hex. */
  files: readonly string[]
  /** The protected name it imitates. */
  imitates: string | null
  description: string
  /** Hash of its README. */
  readme: string | null
  /** The package whose metadata it copied. */
  metadataFrom: string | null
  /** Names of what it depends on, in its own ecosystem. */
  dependencies: readonly string[]
  /** A verdict's or an advisory's word; null: none yet, or none that is sure. */
  malicious: boolean | null
  /** An established package: it never founds a tie, and what it holds is no sign of anything. */
  known: boolean
}

const NAME = 300
const VALUE = 2_000
const LIMITS = { emails: 10, indicators: 40, files: 30, dependencies: 12 }
const EARLIEST = Date.UTC(2000)

/** The sighting with everything cut to what will be looked at, in one spelling. A time nobody can have lived is the present. */
export function tidy(raw: Sighting, now: Date): Sighting {
  const at = raw.at.getTime()
  return {
    ...raw,
    name: oneLine(raw.name.slice(0, NAME * 2), NAME),
    version: text(raw.version, 100),
    at: at >= EARLIEST && at <= now.getTime() ? raw.at : now,
    account: text(raw.account, NAME)?.toLowerCase() ?? null,
    emails: several(raw.emails, LIMITS.emails).map((email) => email.toLowerCase()),
    indicators: raw.indicators.slice(0, LIMITS.indicators * 5)
      .filter(({ value }) => value !== '' && value.length <= VALUE)
      .slice(0, LIMITS.indicators)
      .map(({ type, value }) => ({ type: oneLine(type.slice(0, 60), 30), value: oneLine(value, VALUE) })),
    files: several(raw.files, LIMITS.files).filter((digest) => /^[0-9a-f]{8,64}$/i.test(digest)),
    imitates: text(raw.imitates, NAME),
    description: oneLine(raw.description.slice(0, 1_000), 500),
    readme: text(raw.readme, 100),
    metadataFrom: text(raw.metadataFrom, NAME),
    dependencies: several(raw.dependencies, LIMITS.dependencies),
  }
}

const text = (raw: string | null, limit: number): string | null => {
  const line = raw === null ? '' : oneLine(raw.slice(0, limit * 2), limit)
  return line === '' ? null : line
}

const several = (raw: readonly string[], limit: number): string[] =>
  [...new Set(raw.slice(0, limit * 5).map((each) => text(each, NAME)).filter((each) => each !== null))].slice(0, limit)

/** What tells a package from every other. */
export const keyOf = ({ ecosystem, name }: Pick<Sighting, 'ecosystem' | 'name'>): string => `${ecosystem}/${name}`
