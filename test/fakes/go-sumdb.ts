import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/**
 * A checksum database (golang.org/design/25530-sumdb) that the real go command verifies: records in a Merkle tree
 * (RFC 6962 hashes), tiles of it, tree heads signed as notes. The tree is sparse: every place without a record of ours
 * holds the same filler, so that a tree of 70 million records costs nothing and a record's number can mean any age.
 */
export class FakeSumdb {
  readonly name: string
  /** What clients put into GOSUMDB. */
  readonly verifier: string
  size = 0
  readonly #key: KeyObject
  readonly #keyHash: Buffer
  readonly #records = new Map<number, string>()
  readonly #numbers = new Map<string, number>()
  /** Hash of a full subtree of fillers, by level. */
  readonly #filler: Buffer[] = [leaf('filler.example v0.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n')]

  constructor(name: string) {
    this.name = name
    const pair = generateKeyPairSync('ed25519')
    const jwk = pair.publicKey.export({ format: 'jwk' })
    const encoded = Buffer.concat([Buffer.of(1), Buffer.from(String(jwk.x), 'base64url')])
    this.#key = pair.privateKey
    this.#keyHash = sha256(Buffer.from(`${name}\n`), encoded).subarray(0, 4)
    this.verifier = `${name}+${this.#keyHash.toString('hex')}+${encoded.toString('base64')}`
  }

  /** Without a number: the next one, as for a version nobody has asked for before. Returns the number. */
  add(module: string, lines: string, number = this.size): number {
    if (this.#records.has(number)) throw new Error(`record ${number} is taken`)
    this.#records.set(number, lines)
    this.#numbers.set(module, number)
    this.grow(number + 1)
    return number
  }

  /** Makes the tree at least this large, as if others had published. */
  grow(size: number): void {
    this.size = Math.max(this.size, size)
  }

  recordOf(module: string): number | null {
    return this.#numbers.get(module) ?? null
  }

  lookup(module: string): string | null {
    const number = this.#numbers.get(module)
    return number === undefined ? null : `${number}\n${this.#records.get(number)}\n${this.head()}`
  }

  /** The signed tree head. */
  head(): string {
    const text = `go.sum database tree\n${this.size}\n${this.#root(0, this.size).toString('base64')}\n`
    const signature = Buffer.concat([this.#keyHash, sign(null, Buffer.from(text), this.#key)])
    return `${text}\n— ${this.name} ${signature.toString('base64')}\n`
  }

  /** `8/0/x001/234` or `8/0/000.p/7`: consecutive hashes of one level; null where the tree has none. */
  tile(path: string): Buffer | null {
    const found = /^(\d+)\/(\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path)
    if (!found) return null
    const height = Number(found[1])
    const level = height * Number(found[2])
    const start = Number((found[3] as string).replaceAll(/[x/]/g, '')) * 2 ** height
    const width = found[4] === undefined ? 2 ** height : Number(found[4])
    if ((start + width) * 2 ** level > this.size) return null
    return Buffer.concat(Array.from({ length: width }, (_, index) => this.#subtree(level, start + index)))
  }

  /** Hash of records from `low` up to, not including, `high`. */
  #root(low: number, high: number): Buffer {
    const count = high - low
    if (count === 0) return sha256()
    const level = Math.ceil(Math.log2(count))
    if (2 ** level === count) return this.#subtree(level, low / count)
    const middle = low + 2 ** (level - 1)
    return node(this.#root(low, middle), this.#root(middle, high))
  }

  #subtree(level: number, index: number): Buffer {
    const width = 2 ** level
    const ours = [...this.#records.keys()].some((number) => Math.floor(number / width) === index)
    if (!ours) return this.#fillerAt(level)
    return level === 0
      ? leaf(this.#records.get(index) as string)
      : node(this.#subtree(level - 1, index * 2), this.#subtree(level - 1, index * 2 + 1))
  }

  #fillerAt(level: number): Buffer {
    for (let next = this.#filler.length; next <= level; next++) {
      const below = this.#filler[next - 1] as Buffer
      this.#filler.push(node(below, below))
    }
    return this.#filler[level] as Buffer
  }
}

const leaf = (text: string): Buffer => sha256(Buffer.of(0), Buffer.from(text))
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right)

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
