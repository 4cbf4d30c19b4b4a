import { SluiceError } from '../../core/errors.ts'

const LARGEST_ITEM = 64 * 1024
const LARGEST_REST = 256 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACKET = 0x5b
const BRACE = 0x7b
const CLOSING_BRACKET = 0x5d
const CLOSING_BRACE = 0x7d

/**
 * Reads one JSON object whose member `key` is a long array, in memory for one of the array's items at a time. Items are
 * parsed one by one; one that is too large or no JSON comes out as `undefined` and harms no other.
 */
export class JsonItems {
  readonly #tail: RegExp
  /** Pieces of the item that is being read, and of everything that is no item. */
  #item: Buffer[] = []
  #itemSize = 0
  #rest = ''
  #depth = 0
  #inString = false
  #escaped = false
  #inItems = false
  #seen = 0

  /** `key` is plain letters, `-` and `_`. */
  constructor(key: string) {
    this.#tail = new RegExp(`(?<!\\\\)"${key}"\\s{0,100}:\\s{0,100}$`)
  }

  /** The items that were completed by this piece of the document. Throws `feed-invalid` where it cannot be JSON. */
  push(chunk: Buffer): unknown[] {
    const items: unknown[] = []
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
      } else if (byte === QUOTE) this.#inString = true
      else if (byte === BRACKET || byte === BRACE) {
        this.#depth++
        if (this.#depth !== 2 || byte !== BRACKET || this.#inItems) continue
        this.#keep(chunk.subarray(start, at))
        start = at
        if (!this.#tail.test(this.#rest.slice(-300))) continue
        this.#keep(chunk.subarray(at, at + 1))
        this.#inItems = true
        start = at + 1
      } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) {
        this.#depth--
        if (this.#depth < 0) throw new SluiceError('feed-invalid', 'the feed sent no JSON: it closes more than it opens')
        if (!this.#inItems || this.#depth !== 1) continue
        this.#keep(chunk.subarray(start, at))
        this.#complete(items)
        this.#inItems = false
        start = at
      } else if (byte === COMMA && this.#inItems && this.#depth === 2) {
        this.#keep(chunk.subarray(start, at))
        this.#complete(items)
        start = at + 1
      }
    }
    this.#keep(chunk.subarray(start))
    return items
  }

  /** The document without its items. Throws `feed-invalid` where it ended early or is no object. */
  end(): Record<string, unknown> {
    const whole = this.#depth === 0 && !this.#inString
    const rest = whole ? parsed(Buffer.from(this.#rest, 'latin1')) : undefined
    if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) {
      throw new SluiceError('feed-invalid', whole ? 'the feed sent no JSON object' : 'the feed\'s JSON ends early')
    }
    return rest as Record<string, unknown>
  }

  /** How many items came, readable or not. */
  get seen(): number {
    return this.#seen
  }

  #keep(piece: Buffer): void {
    if (this.#inItems) {
      this.#itemSize += piece.length
      if (this.#itemSize <= LARGEST_ITEM && piece.length > 0) this.#item.push(Buffer.from(piece))
      return
    }
    // Bytes as latin-1 until the whole is parsed: a piece may end in the middle of a character.
    this.#rest += piece.toString('latin1')
    if (this.#rest.length > LARGEST_REST) throw new SluiceError('feed-invalid', `the feed sent more than ${LARGEST_REST} bytes beside its items`)
  }

  #complete(items: unknown[]): void {
    const bytes = this.#itemSize > LARGEST_ITEM ? null : Buffer.concat(this.#item)
    this.#item = []
    this.#itemSize = 0
    if (bytes !== null && bytes.every((byte) => byte <= 0x20)) return
    this.#seen++
    items.push(bytes === null ? undefined : parsed(bytes))
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
