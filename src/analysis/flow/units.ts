import type { Desk } from '../desk.ts'
import { isForeign, sourceOf } from '../source.ts'
import type { Source } from '../source.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { Node } from './tree.ts'
import { Cell, Fields, NOTHING, Scope } from './value.ts'

/** Characters of code that one engine holds, before files that it meets wait for another: trees take many times their text. */
export const KEPT = 5 * 1024 * 1024
const MOST = 20_000
const MOST_BYTES = 64 * 1024 * 1024
/** The tree of a longer one would not fit into a worker's memory. */
const LONGEST_FILE = 16 * 1024 * 1024

/** A file of the package, or a text in one, lowered. */
export interface Held {
  unit: Unit
  body: readonly Node[]
  scope: Scope
  entered: boolean
}

/** What was lowered, each once, up to a limit. */
export class Units {
  readonly #desk: Desk
  readonly #tongue: Tongue
  readonly #held = new Map<string, Held | null>()
  readonly #before: ReadonlySet<string>
  #bytes = 0

  /** `before`: files that an engine before this one walked; they are strangers to this one. */
  constructor(desk: Desk, tongue: Tongue, before: ReadonlySet<string>) {
    this.#desk = desk
    this.#tongue = tongue
    this.#before = before
  }

  /** Every file that was walked, here or before. */
  walked(): Set<string> {
    return new Set([...this.#before, ...this.#held.keys()])
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A file of the package; null when it cannot be read, which is noted. */
  file(path: string): Held | null {
    const seen = this.#held.get(path)
    if (seen !== undefined) return seen
    const file = this.#desk.pkg.files.get(path)
    if (!file || this.#before.has(path)) return null
    if (this.#bytes > 0 && this.#bytes + file.size > KEPT) {
      this.#desk.later(path)
      return null
    }
    if (file.truncated) this.#desk.miss(`${path}: only its beginning was read`)
    if (isForeign(file)) this.#desk.miss(`${path}: written in an encoding that is not read`)
    const together = this.#tongue.together?.(path, this.#desk.pkg.files) ?? []
    const sibling = together.map((other) => this.#held.get(other)).find((held) => held !== undefined && held !== null)
    return this.source(path, sourceOf(file), sibling?.scope.cells)
  }

  /** A text; `key` tells it from others. Files that share their top level share a scope. */
  source(key: string, source: Source, cells?: Map<string, Cell>): Held | null {
    const seen = this.#held.get(key)
    if (seen !== undefined) return seen
    this.#held.set(key, null)
    this.#bytes += source.text.length
    if (this.#held.size > MOST || this.#bytes > MOST_BYTES || source.text.length > LONGEST_FILE) {
      this.#desk.miss(`${source.path}: past the limit of code that is read`)
      return null
    }
    try {
      const body = this.#tongue.lower(source, () => this.#tooDeep(source))
      const unit: Unit = { source, exports: new Cell() }
      unit.exports.add({ ...NOTHING, fields: new Fields() })
      const held = { unit, body, scope: new Scope(null, unit, cells), entered: false }
      this.#held.set(key, held)
      return held
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      this.#tooDeep(source)
      return null
    }
  }

  #tooDeep({ path }: Source): void {
    this.#desk.miss(`${path}: nested too deeply to read`)
  }
}
