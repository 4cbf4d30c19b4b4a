import type { Constant } from '../marshal.ts'
import { isCode } from '../marshal.ts'
import { latin1 } from '../reading.ts'

/**
 * Spells constants as Python does. `room` is shared by all constants of one file: tuples may hold each other through
 * references, and a few bytes of file then unfold into gigabytes of text.
 */
export class Literals {
  #room = 32_000_000
  readonly #spelled = new Map<Constant, string>()

  /** True when something was too long to be spelled and stands as `None`. */
  get cut(): boolean {
    return this.#room <= 0
  }

  spell(value: Constant): string {
    const known = typeof value === 'object' && value !== null ? this.#spelled.get(value) : undefined
    if (known !== undefined && known.length < this.#room) {
      this.#room -= known.length
      return known
    }
    const text = this.#room > 0 ? this.#text(value) : 'None'
    this.#room -= text.length
    if (typeof value === 'object' && value !== null) this.#spelled.set(value, text)
    return text
  }

  #text(value: Constant): string {
    if (value === null) return 'None'
    if (typeof value === 'boolean') return value ? 'True' : 'False'
    if (typeof value === 'string') return quoted(value)
    if (typeof value === 'number' || typeof value === 'bigint') return number(value)
    if (value instanceof Uint8Array) return `b${quoted(latin1(value)).replace(HIGH, escape)}`
    if (Array.isArray(value)) {
      const items = (value as readonly Constant[]).map((item) => this.spell(item))
      return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`
    }
    if (isCode(value as Constant)) return 'None'
    return 'is' in value && value.is === 'dict' ? `{${value.entries.map(([key, item]) => `${this.spell(key)}: ${this.spell(item)}`).join(', ')}}` : '...'
  }
}

const number = (value: number | bigint): string => (value < 0 || typeof value === 'bigint' || Number.isFinite(value) ? String(value) : '1e999')

/** A string literal that Python reads back as the same text, on one line. */
export function quoted(text: string): string {
  return `'${text.replace(UNSAFE, escape)}'`
}

// oxlint-disable-next-line no-control-regex -- control characters are what is escaped
const UNSAFE = /['\\\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029\ud800-\udfff\ufeff]/g
const HIGH = /[\u00a1-\u00ff]/g
const SHORT: Readonly<Record<string, string>> = { '\'': '\\\'', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escape(character: string): string {
  const code = character.charCodeAt(0)
  return SHORT[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
}
