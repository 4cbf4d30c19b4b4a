/** A map that counts its changes, so that two moments can be told apart without keeping either. What is put in again as it was is no change. */
export class Counted<V> extends Map<string, V> {
  readonly #same: (a: V, b: V) => boolean
  #changes = 0

  constructor(same: (a: V, b: V) => boolean) {
    super()
    this.#same = same
  }

  /** Never less than before. */
  get changes(): number {
    return this.#changes
  }

  override set(key: string, value: V): this {
    const before = this.get(key)
    if (before === undefined || !this.#same(before, value)) this.#changes++
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    const held = super.delete(key)
    if (held) this.#changes++
    return held
  }
}
