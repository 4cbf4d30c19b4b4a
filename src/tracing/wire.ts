import type { Seen } from '../sandbox/sinkhole/seen.ts'
import type { Act, HoneyHit } from './act.ts'

export type OnWire = Seen

interface Options {
  begin: number
  names: ReadonlyMap<string, readonly string[]>
  window: number
}

/** What went out may be seen this much later than the connection was asked for. */
const PATIENCE = 120_000

type Of<K extends Seen['kind']> = Extract<Seen, { kind: K }>

/**
 * Lays what the sinkhole saw over what was called: requests come to the process that connected, names and what was sent to the
 * act that sent it. What nobody is known to have called for is told as the wire's own.
 */
export function withWire(acts: readonly Act[], wire: readonly OnWire[], options: Options): Act[] {
  return new Laying(acts, options).all(wire)
}

class Laying {
  readonly #acts: Act[]
  readonly #options: Options
  /** Indices of acts, by what they can be asked for. */
  readonly #about = new Map<string, number[]>()
  readonly #connections = new Map<number, number | null>()
  readonly #taken = new Set<number | null>()
  readonly #gone = new Set<number>()

  constructor(acts: readonly Act[], options: Options) {
    this.#acts = [...acts]
    this.#options = options
    for (const [i, act] of acts.entries()) for (const key of keysOf(act)) this.#index(key, i)
  }

  all(wire: readonly OnWire[]): Act[] {
    for (const seen of wire) {
      switch (seen.kind) {
        case 'dns': this.#asked(seen); break
        case 'tls': this.#encrypted(seen); break
        case 'http': this.#requested(seen); break
        case 'tcp': case 'udp': this.#sent(seen)
      }
    }
    return this.#acts.filter((_act, i) => !this.#gone.has(i)).sort((a, b) => a.at - b.at)
  }

  #asked(seen: Of<'dns'>): void {
    if (seen.name === null) return
    const at = seen.at - this.#options.begin
    const i = this.#latest(`resolve ${seen.name.toLowerCase()}`, at, 5_000)
    if (i !== null) return this.#add(i, seen, {})
    this.#push({ kind: 'resolve', at, pid: 0, target: seen.name, done: true, seen: ['wire'], by: null, ...honeyOf(seen.honey) }, `resolve ${seen.name.toLowerCase()}`)
  }

  #encrypted(seen: Of<'tls'>): void {
    const i = this.#connection(seen)
    const name = seen.sni ?? seen.name
    if (i !== null) this.#add(i, seen, name === null ? {} : { name })
  }

  /** One request is told once: by the hook that named its address, and by the wire that has its body. */
  #requested(seen: Of<'http'>): void {
    const at = seen.at - this.#options.begin
    const connection = this.#connection(seen)
    const more = {
      method: seen.method, ...(seen.body ? { bytes: seen.body.size, sample: Buffer.from(seen.body.sample, 'base64') } : {}), ...honeyOf(seen.honey),
      ...(seen.name === null ? {} : { name: seen.name }),
    }
    const hook = this.#latest(`request ${normalUrl(seen.url)}`, at, PATIENCE) ?? this.#latest(`host ${hostOf(seen.url)}`, at, this.#options.window * 20)
    const told = hook !== null && !(this.#acts[hook] as Act).seen.includes('wire') ? this.#acts[hook] as Act : null
    const made = connection === null ? null : this.#acts[connection] as Act
    if (told) this.#replace(hook as number, { ...told, ...more, target: seen.url, seen: [...told.seen, 'wire'] })
    else this.#push({ kind: 'request', at, pid: made?.pid ?? 0, target: seen.url, done: true, seen: ['wire'], by: made?.by ?? null, ...(made?.stack ? { stack: made.stack } : {}), ...more }, null)
    if (connection !== null) this.#add(connection, { ...seen, honey: [] }, {})
    // Its bytes were told of as sent to the same place: they are this request.
    if (made) for (const i of this.#about.get(`send ${made.target}`) ?? []) if ((this.#acts[i] as Act).pid === made.pid) this.#gone.add(i)
  }

  #sent(seen: Of<'tcp'> | Of<'udp'>): void {
    const at = seen.at - this.#options.begin
    const to = seen.to === null ? null : addressOf(seen.to)
    const connection = this.#connection(seen)
    if (connection !== null) this.#add(connection, { ...seen, honey: [] }, {})
    if (seen.received.size === 0) return
    const more = { bytes: seen.received.size, sample: Buffer.from(seen.received.sample, 'base64'), ...honeyOf(seen.honey), ...(seen.name === null ? {} : { name: seen.name }) }
    const sent = to === null ? null : this.#latest(`send ${to}`, at, seen.kind === 'udp' ? 5_000 : PATIENCE)
    if (sent !== null) {
      const act = this.#acts[sent] as Act
      return this.#replace(sent, { ...act, ...more, seen: act.seen.includes('wire') ? act.seen : [...act.seen, 'wire'] })
    }
    const made = connection === null ? null : this.#acts[connection] as Act
    this.#push({ kind: 'send', at, pid: made?.pid ?? 0, target: to ?? seen.name ?? '', done: true, seen: ['wire'], by: made?.by ?? null, ...(made?.stack ? { stack: made.stack } : {}), ...more }, null)
  }

  /** The act that made a connection: to the same place, the last before, one for each connection while there are enough. */
  #connection(seen: Exclude<Seen, { kind: 'lost' }>): number | null {
    if (seen.connection !== 0 && this.#connections.has(seen.connection)) return this.#connections.get(seen.connection) ?? null
    const at = seen.at - this.#options.begin
    const target = seen.to === null ? null : addressOf(seen.to)
    const i = target === null ? null : this.#latest(`connect ${target}`, at, PATIENCE, this.#taken) ?? this.#latest(`connect ${target}`, at, PATIENCE)
    if (seen.connection !== 0) this.#connections.set(seen.connection, i)
    this.#taken.add(i)
    return i
  }

  #latest(key: string, at: number, patience: number, without?: ReadonlySet<number | null>): number | null {
    const list = this.#about.get(key) ?? []
    for (let n = list.length - 1, looks = 0; n >= 0 && looks < 1_000; n--, looks++) {
      const i = list[n] as number
      const act = this.#acts[i] as Act
      if (act.at > at + this.#options.window || without?.has(i)) continue
      return act.at < at - patience ? null : i
    }
    return null
  }

  #add(i: number, seen: Pick<Exclude<Seen, { kind: 'lost' }>, 'honey' | 'name'>, more: Partial<Act>): void {
    const act = this.#acts[i] as Act
    const honey = [...(act.honey ?? []), ...seen.honey]
    this.#replace(i, {
      ...act, ...(seen.name === null || act.kind === 'resolve' ? {} : { name: seen.name }), ...more,
      seen: act.seen.includes('wire') ? act.seen : [...act.seen, 'wire'], ...(honey.length > 0 ? { honey: honey.slice(0, 64) } : {}),
    })
  }

  #replace(i: number, act: Act): void {
    this.#acts[i] = act
  }

  #push(act: Act, key: string | null): void {
    const i = this.#acts.push(act) - 1
    if (key !== null) this.#index(key, i)
  }

  #index(key: string, i: number): void {
    const list = this.#about.get(key)
    if (list) list.push(i)
    else this.#about.set(key, [i])
  }
}

const honeyOf = (honey: readonly HoneyHit[]): { honey?: readonly HoneyHit[] } => (honey.length > 0 ? { honey } : {})

/** As acts write it. */
export const addressOf = ({ address, port }: { address: string; port: number }): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)

function keysOf(act: Act): string[] {
  switch (act.kind) {
    case 'resolve': return [`resolve ${act.target.toLowerCase()}`]
    case 'request': return [`request ${normalUrl(act.target)}`, `host ${hostOf(act.target)}`]
    case 'connect': case 'send': return [`${act.kind} ${act.target}`]
    default: return []
  }
}

function normalUrl(url: string): string {
  try {
    return new URL(url).href
  } catch {
    return url
  }
}

const hostOf = (url: string): string => {
  try {
    return new URL(url).host
  } catch {
    return ''
  }
}
