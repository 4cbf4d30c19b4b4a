import type { Advisory, EcosystemId } from '../../core/types.ts'
import { spelling } from '../spelling.ts'

export type Scope = Pick<Advisory, 'versions' | 'ranges'>

/** Nothing named: every version. */
const EVERY: Scope = { versions: [], ranges: [{ introduced: '0' }] }
const ALL = /^(?:\*|all|any|every|every version|all versions|latest|unknown|n\/?a|none|null|-|>=?\s*0(?:\.0)*)?$/i
const LONGEST = 20_000
const MOST = 5_000

/**
 * Versions as people list them: `1.0.0`, `= 1.0.0 || = 1.0.1`, `1.0, 1.1`, `>=1.0 <1.4`, `*` or nothing for every one. An
 * exclusive lower bound is read as an inclusive one: that says too much rather than too little. null: not readable.
 */
export function readVersions(ecosystem: EcosystemId, text: string): Scope | null {
  const plain = text.trim().replace(/^[[(]\s*|\s*[\])]$/g, '')
  if (plain.length > LONGEST) return null
  if (ALL.test(plain)) return EVERY
  const versions: string[] = []
  const ranges: Scope['ranges'][number][] = []
  for (const part of plain.split(/\s*(?:\|\||[,;|\n])\s*/)) {
    const words = part.replace(/([<>=~^]+)\s+/g, '$1').split(/\s+/).filter((word) => word !== '' && word !== '&&' && word !== 'and')
    if (words.length === 0) continue
    const range = rangeOf(ecosystem, words)
    if (range) ranges.push(range)
    else for (const word of words) versions.push(spelled(ecosystem, word.replace(/^=+/, '').replace(/^["']|["']$/g, '')))
    if (versions.length + ranges.length > MOST) return null
  }
  if (versions.some((version) => !/^[\w.+!~-]{1,256}$/.test(version) || !/\d/.test(version))) return null
  return versions.length + ranges.length === 0 ? EVERY : { versions: [...new Set(versions)], ranges }
}

function rangeOf(ecosystem: EcosystemId, words: readonly string[]): Scope['ranges'][number] | null {
  if (!words.every((word) => /^[<>]=?[^<>=]+$/.test(word))) return null
  const bound = (sign: RegExp): string | undefined => {
    const word = words.find((one) => sign.test(one))
    return word === undefined ? undefined : spelled(ecosystem, word.replace(/^[<>=]+/, ''))
  }
  const [introduced = '0', fixed, last] = [bound(/^>/), bound(/^<(?!=)/), bound(/^<=/)]
  return { introduced, ...(fixed === undefined ? last === undefined ? {} : { lastAffected: last } : { fixed }) }
}

/** Go writes a `v` that lists leave out. */
const spelled = (ecosystem: EcosystemId, version: string): string => spelling[ecosystem].canonicalVersion(ecosystem === 'go' && /^\d/.test(version) ? `v${version}` : version)
