export type Toml = string | boolean | readonly Toml[] | TomlTable
export type TomlTable = ReadonlyMap<string, Toml>

/**
 * A reader for what `pyproject.toml` files say about building: tables, arrays of tables, dotted and quoted keys, all four
 * kinds of strings, arrays, inline tables, booleans. Numbers and dates come as their text. It does not check that a document
 * is valid TOML (a key given twice: the later one wins), and skips a line it cannot read; `unread` counts those.
 * Linear in the length of the text.
 */
export function readToml(text: string): { root: TomlTable; unread: number } {
  return new Reader(text).document()
}

const DEEPEST = 20
type Table = Map<string, Toml>

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n')
  }

  document(): { root: TomlTable; unread: number } {
    const root: Table = new Map()
    let table: Table | null = root
    let unread = 0
    for (this.#gap(); this.#at < this.#text.length; this.#gap()) {
      const header = this.#peek() === '['
      if (header) table = this.#header(root)
      const read = header ? table !== null : table !== null && this.#pair(table, 0)
      if (read && this.#endOfLine()) continue
      unread++
      this.#skipLine()
    }
    return { root, unread }
  }

  /** `[a.b]` or `[[a.b]]`; null where it cannot be read, so that what follows lands nowhere. */
  #header(root: Table): Table | null {
    const many = this.#text.startsWith('[[', this.#at)
    this.#at += many ? 2 : 1
    const path = this.#path()
    if (!path || !this.#take(many ? ']]' : ']')) return null
    const parent = descend(root, path.slice(0, -1))
    const key = path.at(-1) as string
    if (!parent) return null
    if (!many) return descend(parent, [key])
    const list = parent.get(key)
    const table: Table = new Map()
    if (Array.isArray(list)) (list as Toml[]).push(table)
    else parent.set(key, [table])
    return table
  }

  #pair(table: Table, depth: number): boolean {
    const path = this.#path()
    if (!path || !this.#take('=')) return false
    this.#blanks()
    const value = this.#value(depth)
    const parent = value === null ? null : descend(table, path.slice(0, -1))
    if (value === null || !parent) return false
    parent.set(path.at(-1) as string, value)
    return true
  }

  #path(): string[] | null {
    const path: string[] = []
    do {
      this.#blanks()
      const quoted = this.#peek() === '"' || this.#peek() === "'"
      const key = quoted ? this.#string() : this.#run(/[A-Za-z0-9_-]+/y)
      if (key === null || path.length >= DEEPEST) return null
      path.push(key)
      this.#blanks()
    } while (this.#take('.'))
    return path
  }

  #value(depth: number): Toml | null {
    if (depth > DEEPEST) return null
    const character = this.#peek()
    if (character === '"' || character === "'") return this.#string()
    if (character === '[') return this.#array(depth)
    if (character === '{') return this.#inline(depth)
    const bare = this.#run(/[A-Za-z0-9_.:+-]+/y)
    return bare === 'true' ? true : bare === 'false' ? false : bare
  }

  #array(depth: number): Toml | null {
    const items: Toml[] = []
    this.#at++
    for (;;) {
      this.#gap()
      if (this.#take(']')) return items
      const value = this.#value(depth + 1)
      if (value === null) return null
      items.push(value)
      this.#gap()
      if (!this.#take(',') && this.#peek() !== ']') return null
    }
  }

  #inline(depth: number): Toml | null {
    const table: Table = new Map()
    this.#at++
    for (;;) {
      this.#gap()
      if (this.#take('}')) return table
      if (!this.#pair(table, depth + 1)) return null
      this.#gap()
      if (!this.#take(',') && this.#peek() !== '}') return null
    }
  }

  #string(): string | null {
    const quote = this.#peek()
    const long = this.#text.startsWith(quote.repeat(3), this.#at)
    this.#at += long ? 3 : 1
    if (long && this.#peek() === '\n') this.#at++
    const start = this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#peek()
      if (character === '\\' && quote === '"') this.#at++
      else if (character === '\n' && !long) return null
      else if (long ? this.#text.startsWith(quote.repeat(3), this.#at) : character === quote) {
        const raw = this.#text.slice(start, this.#at)
        this.#at += long ? 3 : 1
        return quote === '"' ? unescape(raw) : raw
      }
    }
    return null
  }

  #run(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? null
    this.#at += found?.length ?? 0
    return found
  }

  /** Space, line ends and comments. */
  #gap(): void {
    while (this.#run(/[ \t\n\r]+|#[^\n]*/y) !== null);
  }

  #blanks(): void {
    this.#run(/[ \t]+/y)
  }

  #endOfLine(): boolean {
    this.#run(/[ \t]*(?:#[^\n]*)?/y)
    return this.#at >= this.#text.length || this.#peek() === '\n'
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }
}

/** The table at a path, made where there is none; the newest of an array of tables. null: something else is there. */
function descend(from: Table, path: readonly string[]): Table | null {
  let table = from
  for (const key of path) {
    const found = table.get(key)
    const next = Array.isArray(found) ? (found as Toml[]).at(-1) : found
    if (next === undefined) table.set(key, table = new Map())
    else if (next instanceof Map) table = next
    else return null
  }
  return table
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b', '"': '"', '\\': '\\' }

function unescape(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([btnfre"\\])|[ \t]*\n\s*)/g, (_whole, short?: string, long?: string, plain?: string) => {
    if (plain !== undefined) return ESCAPES[plain] as string
    const code = Number.parseInt(short ?? long ?? '', 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}
