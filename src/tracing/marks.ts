import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

type Mark = (line: string) => number

const { marker } = createRequire(import.meta.url)('../sandbox/hooks/node/mark.cjs') as { marker(key: string): Mark | null }

const MOST_LINES = 500_000

/** What a line ends with: Node's signature or Python's, over the line as it is without it. */
const SIGNATURE = /,"([zy])":(\d{1,10})\}$/

/**
 * Who knows the key that the hooks of a run sign their lines with: Node's by HalfSipHash, Python's by MD5. As each line has its number
 * in its process and the log can only be appended to unseen, a line of somebody else's, or one that was changed on its way, shows by
 * having no signature, a wrong one, or another's.
 */
export class Marks {
  readonly #sip: Mark
  readonly #key: Buffer
  readonly #seen = new Set<string>()
  /** Of each process and thread: the first and the last number, and how many there were. */
  readonly #runs = new Map<string, { first: number; last: number; count: number }>()

  /** Sixteen hexadecimal digits. */
  constructor(key: string) {
    const sip = marker(key)
    if (sip === null) throw new RangeError('a key of hooks has 16 hexadecimal digits')
    this.#sip = sip
    this.#key = Buffer.from(key, 'hex')
  }

  /** Whether a hook wrote this line, which says so much. */
  admits(line: string, { p, w, t, i, k }: Readonly<Record<string, unknown>>): boolean {
    if (!isCount(p) || !isCount(w) || !isCount(t) || !isCount(i)) return false
    const signature = SIGNATURE.exec(line)
    if (signature === null) return false
    const signed = `${line.slice(0, signature.index)}}`
    const byNode = signature[1] === 'z'
    if (Number(signature[2]) !== (byNode ? this.#sip(signed) : this.#md5(signed))) return false
    const key = `${p} ${w} ${i} ${t}`
    if (this.#seen.has(key)) return false
    // So many are more than anybody keeps.
    if (this.#seen.size < MOST_LINES) this.#seen.add(key)
    // Threads of Python count together.
    this.#count(`${p} ${byNode ? w : ''}`, i, k === 'start')
    return true
  }

  /** Numbers that are missing between the first and the last of a process. */
  lost(): number {
    let lost = 0
    for (const { first, last, count } of this.#runs.values()) lost += Math.max(0, last - first + 1 - count)
    return lost
  }

  /** With a start numbers begin anew: the same process is another program, or another process has its number. */
  #count(process: string, number: number, starts: boolean): void {
    const known = this.#runs.get(process)
    if (!known || starts) {
      if (known) this.#runs.set(`${process} until ${this.#runs.size}`, known)
      this.#runs.set(process, { first: number, last: number, count: 1 })
      return
    }
    known.first = Math.min(known.first, number)
    known.last = Math.max(known.last, number)
    known.count++
  }

  #md5(line: string): number {
    return createHash('md5').update(this.#key).update(line).digest().readUInt32BE()
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
