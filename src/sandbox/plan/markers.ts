import { ecosystems } from '../../ecosystems/index.ts'

const { canonicalName, compareVersions, satisfies } = ecosystems.pypi

/** A requirement as PEP 508 writes it; `address` where it names one instead of a range. */
export interface Requirement {
  name: string
  extras: readonly string[]
  range: string
  address: string | null
  marker: string
}

const LONGEST = 8_000

/** null: it begins with no name. */
export function readRequirement(written: string): Requirement | null {
  const text = written.trim().slice(0, LONGEST)
  const head = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,199}))\s*(?:\[([^\]]{0,1000})\])?\s*/.exec(text)
  if (!head) return null
  const rest = text.slice(head[0].length)
  const address = /^@\s*(\S+)\s*(?:;(.*))?$/s.exec(rest)
  const cut = rest.indexOf(';')
  return {
    name: canonicalName(head[1] as string), extras: (head[2] ?? '').split(',').map((extra) => extra.trim().toLowerCase()).filter(Boolean),
    range: address ? '' : (cut < 0 ? rest : rest.slice(0, cut)).trim().replace(/^\((.*)\)$/s, '$1').trim(),
    address: address ? address[1] as string : null,
    marker: (address ? address[2] ?? '' : cut < 0 ? '' : rest.slice(cut + 1)).trim(),
  }
}

type Env = Readonly<Record<string, string>>
const TOKEN = /\s*(?:(\(|\))|(<=|>=|===|==|~=|!=|<|>)|(?:'([^']*)'|"([^"]*)")|([A-Za-z_.]+))/y

/** Whether a marker holds (PEP 508); one that cannot be read does, so that too much is fetched and never too little. */
export function markerHolds(marker: string, env: Env, extras: readonly string[] = []): boolean {
  if (marker === '') return true
  const all = extras.length > 0 ? extras : ['']
  return all.some((extra) => new Reading(marker, { ...env, extra }).answer())
}

/** `or` binds weakest, then `and`; parentheses at most so deep. */
class Reading {
  readonly #tokens: Token[] = []
  readonly #env: Env
  #at = 0
  #broken = false

  constructor(text: string, env: Env) {
    this.#env = env
    TOKEN.lastIndex = 0
    const trimmed = text.trimEnd()
    while (TOKEN.lastIndex < trimmed.length) {
      const found = TOKEN.exec(trimmed)
      if (!found) {
        this.#broken = true
        return
      }
      const [, paren, operator, single, double, word] = found
      this.#tokens.push(paren ? { is: paren } : operator ? { is: 'operator', text: operator } : word !== undefined ? { is: 'word', text: word } : { is: 'text', text: single ?? double ?? '' })
    }
  }

  answer(): boolean {
    const answer = this.#either(0)
    return this.#broken || this.#at < this.#tokens.length || answer
  }

  #either(depth: number): boolean {
    let answer = this.#both(depth)
    while (this.#word('or')) answer = this.#both(depth) || answer
    return answer
  }

  #both(depth: number): boolean {
    let answer = this.#one(depth)
    while (this.#word('and')) answer = this.#one(depth) && answer
    return answer
  }

  #one(depth: number): boolean {
    if (this.#tokens[this.#at]?.is === '(' && depth < 50) {
      this.#at++
      const answer = this.#either(depth + 1)
      if (this.#tokens[this.#at++]?.is !== ')') this.#broken = true
      return answer
    }
    const left = this.#value()
    const operator = this.#operator()
    const right = this.#value()
    if (left === null || right === null || operator === null) {
      this.#broken = true
      this.#at = this.#tokens.length
      return true
    }
    return compare(left, operator, right)
  }

  #value(): string | null {
    const token = this.#tokens[this.#at++]
    if (token?.is === 'text') return token.text ?? ''
    return token?.is === 'word' && Object.hasOwn(this.#env, token.text ?? '') ? this.#env[token.text ?? ''] ?? null : null
  }

  #operator(): string | null {
    const token = this.#tokens[this.#at++]
    if (token?.is === 'operator') return token.text ?? null
    if (token?.is === 'word' && token.text === 'in') return 'in'
    return token?.is === 'word' && token.text === 'not' && this.#word('in') ? 'not in' : null
  }

  #word(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.is !== 'word' || token.text !== text) return false
    this.#at++
    return true
  }
}

interface Token { is: string; text?: string }

/** Versions as versions, everything else as text. */
function compare(left: string, operator: string, right: string): boolean {
  if (operator === 'in') return right.includes(left)
  if (operator === 'not in') return !right.includes(left)
  const fits = /^\d/.test(left) ? satisfies(left, `${operator}${right}`) : null
  if (fits !== null) return fits
  switch (operator) {
    case '==':
    case '===': return left === right || canonicalName(left) === canonicalName(right)
    case '!=': return left !== right
    case '<': return compareVersions(left, right) < 0
    case '<=': return compareVersions(left, right) <= 0
    case '>': return compareVersions(left, right) > 0
    default: return compareVersions(left, right) >= 0
  }
}
