import type { ArchiveOddity } from '../core/types.ts'

const PER_KIND = 50
const MISSING = 100

/** What unpacking has to say besides the files. Bounded, however much an archive gives reason to say. */
export class Notes {
  readonly oddities: ArchiveOddity[] = []
  readonly #missing: string[] = []
  readonly #counts = new Map<ArchiveOddity['kind'], number>()
  #unlisted = 0

  /** `path` is the entry as the archive names it; empty for the archive as a whole. */
  odd(kind: ArchiveOddity['kind'], path: string, says: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    if (count <= PER_KIND) this.oddities.push({ kind, path: clip(path), says: clip(says) })
  }

  miss(line: string): void {
    if (this.#missing.length < MISSING) this.#missing.push(clip(line))
    else this.#unlisted += 1
  }

  missing(): string[] {
    return this.#unlisted > 0 ? [...this.#missing, `and ${this.#unlisted} more`] : [...this.#missing]
  }
}

const clip = (text: string): string => (text.length > 500 ? `${text.slice(0, 499)}…` : text)
