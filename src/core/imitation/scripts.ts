import { ascii } from '../lookalikes.ts'
import { decodeLabel } from '../punycode.ts'

export interface Read {
  /** As a program compares it: plain letters, the look-alikes of other scripts as the Latin ones (after UTS 39). */
  plain: string
  /** As a browser may show it. */
  shown: string
  /** What is odd about its letters, as sentences; empty for names of one script and of ASCII. */
  says: readonly string[]
}

// eslint-disable-next-line no-control-regex -- every character of ASCII
const ASCII = /^[\0-\x7f]*$/
const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Hebrew', 'Arabic', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Georgian', 'Lisu'] as const
const PATTERNS = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const)
/** Scripts that one word is written in together (UTS 39, 5.1: highly restrictive). */
const TOGETHER = new Set(['Han', 'Hiragana', 'Katakana', 'Hangul', 'Latin'])

/** A host as it is, as it looks, and what its letters tell. `host` lower case, with or without `xn--`. */
export function readHost(host: string): Read {
  const shown = host.includes('xn--') ? host.split('.').map((label) => decodeLabel(label) ?? label).join('.') : host
  if (ASCII.test(shown)) return { plain: shown, shown, says: [] }
  return { plain: ascii(shown).toLowerCase(), shown, says: shown.split('.').flatMap(mixed) }
}

function mixed(label: string): string[] {
  if (ASCII.test(label)) return []
  const scripts = PATTERNS.filter(([, pattern]) => pattern.test(label)).map(([script]) => script)
  if (scripts.length > 1 && !scripts.every((script) => TOGETHER.has(script))) return [`\`${label}\` mixes ${scripts.slice(0, -1).join(', ')} and ${scripts.at(-1)} letters`]
  // A whole word of another script that reads as a Latin one.
  return !scripts.includes('Latin') && /^[a-z0-9-]+$/.test(ascii(label).toLowerCase()) ? [`\`${label}\` is ${scripts.join(' and ') || 'no Latin'} throughout and reads as \`${ascii(label).toLowerCase()}\``] : []
}
