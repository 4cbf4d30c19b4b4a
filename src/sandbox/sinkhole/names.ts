import { plain } from './seen.ts'

/** Addresses that are nobody's (RFC 2544): 198.18.0.0/15. */
const FIRST = (198 << 24 | 18 << 16) >>> 0
const SIZE = 2 ** 17
/** A unique local prefix; the low bits are those of the IPv4 address, so that both mean the same name. */
const V6_PREFIX = 'fd4c:9a1e:7b32'

/** Names that clouds have inside their machines. */
const WELL_KNOWN = { 'metadata.google.internal': '169.254.169.254', 'instance-data': '169.254.169.254', localhost: '127.0.0.1' }

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => value >>> shift & 255).join('.')

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

export interface Addresses {
  v4: string
  v6: string
}

/** Which address means which name. A name keeps its address for the whole run; both ways are known. */
export class Names {
  readonly #fixed: ReadonlyMap<string, string>
  readonly #most: number
  readonly #offsets = new Map<string, number>()
  readonly #names = new Map<number, string>()
  /** Names that came when there were too many, and share an address. */
  shared = 0

  constructor(fixed: Readonly<Record<string, string>>, most: number) {
    this.#fixed = new Map(Object.entries({ ...WELL_KNOWN, ...fixed }).map(([name, address]) => [name.toLowerCase(), address]))
    this.#most = Math.min(most, SIZE >> 1)
  }

  addresses(raw: string): Addresses {
    const name = raw.toLowerCase().replace(/\.$/, '')
    const fixed = this.#fixed.get(name)
    if (fixed !== undefined) return { v4: fixed.includes(':') ? dotted(FIRST) : fixed, v6: fixed.includes(':') ? fixed : `::ffff:${fixed}` }
    const offset = this.#offset(name)
    return { v4: dotted(FIRST + offset), v6: `${V6_PREFIX}::${(offset >>> 16).toString(16)}:${(offset & 0xffff).toString(16)}` }
  }

  /** null: no name got this address. */
  nameOf(address: string): string | null {
    const offset = offsetOf(address.replace(/^::ffff:(?=\d)/, ''))
    if (offset !== null) return this.#names.get(offset) ?? null
    for (const [name, fixed] of this.#fixed) if (fixed === address) return name
    return null
  }

  #offset(name: string): number {
    const known = this.#offsets.get(name)
    if (known !== undefined) return known
    if (this.#offsets.size >= this.#most) {
      this.shared++
      return 1
    }
    // Neither the first addresses of the block nor those that end in 0 or 255: nothing a client could find odd.
    let offset = hash(name) % SIZE
    while (this.#names.has(offset) || offset < 256 || (offset & 255) === 0 || (offset & 255) === 255) offset = (offset + 1) % SIZE
    this.#offsets.set(name, offset)
    this.#names.set(offset, plain(name, 300))
    return offset
  }
}

function offsetOf(address: string): number | null {
  const v4 = /^198\.(18|19)\.(\d{1,3})\.(\d{1,3})$/.exec(address)
  if (v4) return (Number(v4[1]) - 18) * 65_536 + Number(v4[2]) * 256 + Number(v4[3])
  if (!address.startsWith(`${V6_PREFIX}:`)) return null
  const groups = address.slice(V6_PREFIX.length).split(':').filter((group) => group !== '')
  const [low, high] = [groups.at(-1), groups.at(-2)]
  return low === undefined ? null : (Number.parseInt(high ?? '0', 16) << 16 | Number.parseInt(low, 16)) >>> 0
}
