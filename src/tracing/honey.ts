import type { Act, HoneyHit } from './act.ts'

/** Finds planted secrets in bytes, whatever lies around them. */
export interface Seeker {
  find(bytes: Uint8Array): { token: string; encodings: readonly string[] }[]
  findInName(name: string): { token: string; encodings: readonly string[] }[]
}

export interface Changed {
  path: string
  what: 'created' | 'changed' | 'deleted'
  size: number
  content: Uint8Array | null
}

const SAMPLE = 4 * 1024

/** Different texts that are looked into; a flood of them is no reason to look for ever. */
const MOST_LOOKS = 5_000

/** Puts on each act what it carried away, and on each write what is on the disk of it. `unsought`: texts that were not looked into. */
export function withHoney(acts: readonly Act[], disk: readonly Changed[], finder: Seeker): { acts: Act[]; unsought: number } {
  const looks = new Looks(finder)
  const left = new Map(disk.filter(({ what }) => what !== 'deleted').map((change) => [change.path, change]))
  const last = new Map(acts.flatMap((act, i) => (act.done && (act.kind === 'write' || act.kind === 'rename') ? [[written(act), i]] : [])))
  const all = acts.map((act, i) => {
    const change = last.get(written(act)) === i ? left.get(written(act)) : undefined
    const content = change?.content ?? null
    const hits = [
      ...(act.argv && act.kind !== 'refused' ? looks.at(act.argv.join('\n'), 'argument') : []),
      ...(act.kind === 'resolve' ? looks.name(act.target) : []),
      ...(act.kind === 'request' ? looks.at(act.target, 'url') : []),
      ...(act.kind === 'send' && act.sample ? looks.bytes(act.sample, 'body') : []),
      ...(content ? looks.bytes(content, 'file') : []),
    ]
    const known = new Set((act.honey ?? []).map(({ token, where }) => `${token} ${where}`))
    const honey = [...(act.honey ?? []), ...hits.filter(({ token, where }) => !known.has(`${token} ${where}`))]
    return {
      ...act, ...(honey.length > 0 ? { honey } : {}),
      ...(change ? { seen: [...act.seen, 'disk' as const], bytes: change.size } : {}),
      ...(content && act.sample === undefined ? { sample: content.subarray(0, SAMPLE) } : {}),
    }
  })
  return { acts: all, unsought: looks.unsought }
}

const written = (act: Act): string => (act.kind === 'rename' ? act.other ?? '' : act.target)

/** Longer ones are no names and no command lines. */
const LONGEST = 100_000

class Looks {
  readonly #finder: Seeker
  readonly #known = new Map<string, HoneyHit[]>()
  #left = MOST_LOOKS
  unsought = 0

  constructor(finder: Seeker) {
    this.#finder = finder
  }

  at(text: string, where: HoneyHit['where']): HoneyHit[] {
    return this.#once(`${where} ${text}`, () => this.bytes(Buffer.from(text), where))
  }

  name(name: string): HoneyHit[] {
    return this.#once(`name ${name}`, () => (this.#goesOn() ? this.#finder.findInName(name).map((hit) => ({ ...hit, where: 'name' })) : []))
  }

  bytes(bytes: Uint8Array, where: HoneyHit['where']): HoneyHit[] {
    return bytes.length < 12 || !this.#goesOn() ? [] : this.#finder.find(bytes).map((hit) => ({ ...hit, where }))
  }

  #once(key: string, look: () => HoneyHit[]): HoneyHit[] {
    const known = this.#known.get(key)
    if (known) return known
    if (key.length > LONGEST) {
      this.unsought++
      return []
    }
    const found = look()
    if (this.#known.size < MOST_LOOKS) this.#known.set(key, found)
    return found
  }

  #goesOn(): boolean {
    if (this.#left-- > 0) return true
    this.unsought++
    return false
  }
}
