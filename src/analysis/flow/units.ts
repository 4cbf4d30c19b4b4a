import type { Desk } from '../desk.ts'
import { sourceOf } from '../source.ts'
import type { Source } from '../source.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { Node } from './tree.ts'
import { Cell, NOTHING, Scope } from './value.ts'

const MOST = 300
const MOST_BYTES = 24 * 1024 * 1024

/** A file of the program, lowered. */
export interface Held {
  unit: Unit
  body: readonly Node[]
  scope: Scope
  /** The pass that walked it last. */
  pass: number
}

/** The files of one program, each read once, up to a limit. */
export class Units {
  readonly #desk: Desk
  readonly #tongue: Tongue
  readonly #held = new Map<string, Held | null>()
  #bytes = 0

  constructor(desk: Desk, tongue: Tongue) {
    this.#desk = desk
    this.#tongue = tongue
  }

  add(source: Source, body: readonly Node[]): Held {
    const unit: Unit = { source, exports: new Cell() }
    unit.exports.add({ ...NOTHING, fields: new Map() })
    const held = { unit, body, scope: new Scope(null, unit), pass: 0 }
    this.#held.set(source.path, held)
    return held
  }

  /** A file of the package that the program imports; null when it cannot be followed, which is noted. */
  read(path: string): Held | null {
    const seen = this.#held.get(path)
    if (seen !== undefined) return seen
    const file = this.#desk.pkg.files.get(path)
    this.#held.set(path, null)
    if (!file) return null
    this.#bytes += file.bytes.byteLength
    if (this.#held.size > MOST || this.#bytes > MOST_BYTES) {
      this.#desk.miss(`${path}: imported by code that runs by itself, past the limit of what is followed`)
      return null
    }
    if (file.truncated) this.#desk.miss(`${path}: runs by itself, only its beginning was read`)
    const source = sourceOf(file)
    try {
      return this.add(source, this.#tongue.lower(source))
    } catch (thrown) {
      this.#desk.miss(`${path}: ${thrown instanceof RangeError ? 'nested too deeply' : 'does not parse'}`)
      return null
    }
  }
}
