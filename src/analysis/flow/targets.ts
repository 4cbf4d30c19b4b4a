import type { PackageFile } from '../../core/types.ts'
import { sourceOf } from '../source.ts'
import type { Tongue } from './tongue.ts'

/** Imports of one file whose targets are remembered. */
const TARGETS = 1000
/** Imports that are compared for a package. */
const COMPARED = 50_000
/** Code that knows in which folder it stands. */
const OWN_PLACE = /__dirname|__filename|import\.meta|__file__/

/** Where an import leads: to code of the package, to a file of data, or out of it. */
export interface Target {
  path: string | null
  table: string | null
}

/** Where the imports of each file lead. */
export class Targets {
  readonly #tongue: Tongue
  readonly #files: ReadonlyMap<string, PackageFile>
  readonly #known = new Map<string, Map<string, Target>>()
  /** Files that lead to the same as others. */
  readonly #copies = new Map<string, string>()
  #compared = 0

  constructor(tongue: Tongue, files: ReadonlyMap<string, PackageFile>) {
    this.#tongue = tongue
    this.#files = files
  }

  of(spec: string, from: string): Target {
    const known = this.#known.get(from)
    const before = known?.get(spec)
    if (before) return before
    const target = this.#find(spec, from)
    if (known && known.size < TARGETS) known.set(spec, target)
    return target
  }

  /** Told before a file is walked. */
  begin(file: string): void {
    if (!this.#known.has(file)) this.#known.set(file, new Map())
  }

  /**
   * Whether all that a file was seen to import, and what that imports in turn, leads to the same bytes from where the other one stands,
   * and does not ask where it stands. False where that takes too long to tell.
   */
  areSame(file: string, other: string): boolean {
    const pairs = new Map([[other, file]])
    for (const [there, here] of pairs) if (this.#copies.get(there) !== here && !this.#leadToSame(here, there, pairs)) return false
    for (const [there, here] of pairs) this.#copies.set(there, here)
    return true
  }

  /** `pairs`: what is to be compared as well. */
  #leadToSame(file: string, other: string, pairs: Map<string, string>): boolean {
    const known = this.#known.get(file)
    const code = this.#files.get(other)
    if (!known || !code || known.size >= TARGETS || (this.#compared += known.size) > COMPARED || OWN_PLACE.test(sourceOf(code).text)) return false
    for (const [spec, { path, table }] of known) {
      const there = this.#find(spec, other)
      if (!this.#isSame(path, there.path) || !this.#isSame(table, there.table)) return false
      if (path === null || there.path === null || path === there.path) continue
      if ((pairs.get(there.path) ?? path) !== path) return false
      pairs.set(there.path, path)
    }
    return true
  }

  #isSame(one: string | null, other: string | null): boolean {
    return one === other || (one !== null && other !== null && this.#files.get(one)?.sha256 === this.#files.get(other)?.sha256)
  }

  #find(spec: string, from: string): Target {
    const path = this.#tongue.locate(spec, from, this.#files)
    return { path, table: path === null ? this.#tongue.data?.(spec, from, this.#files) ?? null : null }
  }
}
