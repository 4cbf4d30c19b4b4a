import { hash, mix } from './hash.ts'
import type { Protected } from './kinds.ts'

const WHY = ['private', 'used', 'popular'] as const

/** Protected names in few large pieces of memory instead of a million objects; each name once. */
export class Pack {
  #bytes = Buffer.alloc(1 << 12)
  #starts = new Uint32Array(1 << 8)
  #whys = new Uint8Array(1 << 8)
  /** 0: none. */
  #ranks = new Uint32Array(1 << 8)
  #hashes = new Uint32Array(1 << 8)
  /** Open addressing by hash of the name: item + 1; 0 is empty. */
  #table = new Uint32Array(1 << 9)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Added again, a name keeps its better rank and its stronger reason. */
  add({ name, why, rank }: Protected): void {
    const hashed = mix(hash(name))
    const slot = this.#slot(name, hashed)
    const known = this.#table[slot] as number
    if (known > 0) return this.#strengthen(known - 1, why, rank)
    const item = this.#size++
    this.#room(Buffer.byteLength(name))
    const start = this.#starts[item] as number
    this.#starts[item + 1] = start + this.#bytes.write(name, start)
    this.#whys[item] = WHY.indexOf(why)
    this.#ranks[item] = rankOf(rank)
    this.#hashes[item] = hashed
    this.#table[slot] = item + 1
    if (this.#size * 2 > this.#table.length) this.#rehash()
  }

  name(item: number): string {
    return this.#bytes.toString('utf8', this.#starts[item], this.#starts[item + 1])
  }

  get(item: number): Protected {
    return { name: this.name(item), why: WHY[this.#whys[item] as number] ?? 'popular', rank: this.#ranks[item] || null }
  }

  find(name: string): Protected | null {
    const found = this.#table[this.#slot(name, mix(hash(name)))] as number
    return found === 0 ? null : this.get(found - 1)
  }

  /** Private names first, then by rank, then those used; of equals the first added. */
  order(): Uint32Array {
    const order = Uint32Array.from({ length: this.#size }, (_, item) => item)
    const place = (item: number): number => (this.#whys[item] === 0 ? 0 : this.#ranks[item] || 0xffffffff)
    const sorted = order.every((item, at) => at === 0 || place(order[at - 1] as number) <= place(item))
    return sorted ? order : order.sort((a, b) => place(a) - place(b) || a - b)
  }

  #strengthen(item: number, why: Protected['why'], rank: number | null): void {
    this.#whys[item] = Math.min(this.#whys[item] as number, WHY.indexOf(why))
    const known = this.#ranks[item] as number
    const other = rankOf(rank)
    if (other > 0 && (known === 0 || other < known)) this.#ranks[item] = other
  }

  /** Where the name stands in the table, or would. */
  #slot(name: string, hashed: number): number {
    const mask = this.#table.length - 1
    let slot = hashed & mask
    for (let held = this.#table[slot] as number; held > 0; held = this.#table[slot] as number) {
      if (this.#hashes[held - 1] === hashed && this.name(held - 1) === name) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #rehash(): void {
    this.#table = new Uint32Array(this.#table.length * 2)
    const mask = this.#table.length - 1
    for (let item = 0; item < this.#size; item++) {
      let slot = (this.#hashes[item] as number) & mask
      while (this.#table[slot] as number > 0) slot = (slot + 1) & mask
      this.#table[slot] = item + 1
    }
  }

  #room(bytes: number): void {
    const needed = (this.#starts[this.#size - 1] as number) + bytes
    if (needed > this.#bytes.length) {
      const wider = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(wider)
      this.#bytes = wider
    }
    if (this.#size + 1 < this.#starts.length) return
    this.#starts = widened(this.#starts)
    this.#ranks = widened(this.#ranks)
    this.#hashes = widened(this.#hashes)
    const whys = new Uint8Array(this.#whys.length * 2)
    whys.set(this.#whys)
    this.#whys = whys
  }
}

const rankOf = (rank: number | null): number => (rank !== null && Number.isSafeInteger(rank) && rank > 0 && rank < 0xffffffff ? rank : 0)

function widened(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(list.length * 2)
  wider.set(list)
  return wider
}
