import { createHash } from 'node:crypto'
import { oneLine } from '../core/text.ts'
import type { Advisory, EcosystemId } from '../core/types.ts'
import { spelling } from './spelling.ts'
import type { ListedIndicator } from './indicator.ts'
import type { Tlp } from './tlp.ts'

/** An advisory and how far it may be handed on. */
export type ListedAdvisory = Advisory & { tlp: Tlp }

/** What one record of a source says. */
export interface IntelRecord {
  /** `file:line` or `file[index]`. */
  where: string
  id: string
  /** null: the source has no times; then what differs counts as newer. */
  modified: Date | null
  advisories: ListedAdvisory[]
  indicators: ListedIndicator[]
}

/** Why something of a source is left out. `note`: it was taken all the same, but for this. */
export interface Problem { where: string; problem: string; note?: true }
export type Item = IntelRecord | Problem

const WORDS = new Map<string, EcosystemId>([
  ['npm', 'npm'], ['node', 'npm'], ['nodejs', 'npm'], ['node.js', 'npm'], ['javascript', 'npm'],
  ['pypi', 'pypi'], ['pip', 'pypi'], ['python', 'pypi'], ['go', 'go'], ['golang', 'go'],
])

/** `npm`, `PyPI`, `golang`, `Go modules`, `registry: npm`; null: another one. */
export function readEcosystem(text: string): EcosystemId | null {
  const word = text.trim().toLowerCase().slice(0, 60)
  return WORDS.get(word) ?? WORDS.get(word.split(/[\s:/_-]+/).find((part) => WORDS.has(part)) ?? '') ?? null
}

/** A name as the registry spells it; null: no package there can have it. */
export function readName(ecosystem: EcosystemId, raw: string): string | null {
  if (raw.length > 1_000) return null
  const { canonicalName, isName } = spelling[ecosystem]
  try {
    const name = canonicalName(raw.trim())
    return isName(name) ? name : null
  } catch {
    return null
  }
}

/** `x_` marks ids of nobody's database (OSV schema, "id"). */
export function idIn(source: string, ecosystem: EcosystemId, name: string): string {
  const id = `x_${source.replace(/[^\w.-]+/g, '-').slice(0, 40)}:${ecosystem}/${name}`
  return id.length <= 128 ? id : `${id.slice(0, 90)}~${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}

/** A malicious package as lists say it: all that is not said is empty. */
export function listed(
  said: Pick<ListedAdvisory, 'id' | 'ecosystem' | 'name' | 'source' | 'tlp'> & Partial<ListedAdvisory>,
): ListedAdvisory {
  return {
    malicious: true, versions: [], ranges: [], severity: null, url: null, modified: EPOCH, withdrawn: null, ...said,
    summary: oneLine(said.summary ?? 'listed as malicious', 300),
  }
}

/** Stands for a time that a source does not give. */
const EPOCH = new Date(0)

/** A time as sources write it: ISO 8601, a day, or seconds since 1970. null: none. */
export function readTime(text: string | undefined | null): Date | null {
  if (text === undefined || text === null) return null
  const plain = text.trim()
  const time = /^\d{9,11}$/.test(plain) ? Number(plain) * 1_000 : /^\d{4}-\d{2}-\d{2}(?:$|[T ])/.test(plain) ? Date.parse(plain.replace(' ', 'T')) : Number.NaN
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time) : null
}
