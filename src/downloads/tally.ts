import type { EcosystemId } from '../core/types.ts'
import { byFirst, intervalOf } from './interval.ts'
import type { Interval, Weights } from './interval.ts'
import { CLASSES } from './delivery.ts'
import type { Caller, Delivery, DeliveryClass } from './delivery.ts'
import type { Classed } from './classify.ts'

interface Count {
  deliveries: number
  callers: number
}

/** Who received it, how often, and what that most likely was. */
interface Receiver extends Omit<Caller, 'key' | 'named'> {
  class: DeliveryClass
  because: string
  client: string
  country: string | null
  deliveries: number
  first: Date
  last: Date
}

export interface Tallied {
  deliveries: number
  /** Documents that clients read beside a package (`.metadata`, `.mod`): nobody has a package of them. In no other number. */
  documents: number
  classes: Readonly<Record<DeliveryClass, Count>>
  interval: Interval
  first: Date | null
  last: Date | null
  /** The most first. `internal`: an address that is not on the public internet; `unknown`: not told, or in no database. */
  countries: readonly Row[]
  clients: readonly Row[]
  /** In order. */
  days: readonly Row[]
  /** In order, as `2024-03-05T01`; empty where there are more than tell anything. */
  hours: readonly Row[]
  packages: readonly (Row & { first: Date; last: Date })[]
  /** Why deliveries are of their class, the most frequent first. */
  reasons: readonly { class: DeliveryClass; because: string; by: Classed['by']; deliveries: number }[]
  /** Those whose class is person, CI or unknown first, then by their last delivery. */
  receivers: readonly Receiver[]
  /** False: something was too much to be listed or counted apart; what was left out is in `deliveries`. */
  complete: boolean
}

export interface Row {
  value: string
  deliveries: number
  classes: Readonly<Record<DeliveryClass, number>>
}

/** What is counted apart at most, and how many receivers are listed. */
const ROOM = { values: 5_000, hours: 200, callers: 500_000, receivers: 1_000, reasons: 200 }
/** Clients ask twice at once, or again when a connection broke: within this one caller's fetches of one version are one. */
const AGAIN = 10_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

type Numbers = Record<DeliveryClass, number>
interface Known extends Weights {
  facts: Omit<Receiver, 'deliveries' | 'first' | 'last'>
  deliveries: number
  first: number
  last: number
  /** When it last fetched a version, of the first few versions. */
  lastOf: Map<string, number>
}

/** Adds up deliveries, of which it remembers who and how many; its memory is bounded. */
export class Tally {
  #deliveries = 0
  #documents = 0
  #complete = true
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  readonly #classes = zeros()
  readonly #nobody = { most: 0, elsewhere: false }
  readonly #callers = new Map<string, Known>()
  readonly #countries = new Map<string, Numbers>()
  readonly #clients = new Map<string, Numbers>()
  /** By how many of them passed since 1970. */
  readonly #days = new Map<number, Numbers>()
  readonly #hours = new Map<number, Numbers>()
  readonly #packages = new Map<string, Numbers & { first: number; last: number }>()
  readonly #reasons = new Map<string, { class: DeliveryClass; because: string; by: Classed['by']; deliveries: number }>()

  document(times = 1): void {
    this.#documents += times
  }

  add(delivery: Delivery, classed: Classed, country: string | null): void {
    const { times, at, agent } = delivery
    const kind = classed.class
    if (delivery.source !== null) this.#nobody.elsewhere = true
    this.#deliveries += times
    this.#classes[kind] += times
    this.#first = Math.min(this.#first, at)
    this.#last = Math.max(this.#last, at)
    this.#count(this.#countries, country ?? 'unknown', kind, times)
    this.#count(this.#clients, agent.tool, kind, times)
    this.#count(this.#days, Math.floor(at / DAY), kind, times)
    // One more than are shown says that there are too many.
    if (this.#hours.size <= ROOM.hours) this.#count(this.#hours, Math.floor(at / HOUR), kind, times)
    this.#package(delivery, kind)
    this.#reason(classed, times)
    this.#caller(delivery, classed, country)
  }

  result(): Tallied {
    const callers = zeros()
    const weights: Weights[] = []
    for (const known of this.#callers.values()) {
      callers[known.class] += 1
      weights.push(known)
    }
    const receivers = [...this.#callers.values()].filter(({ named, facts }) => named || facts.address !== null || facts.token !== null)
      .map(({ facts, deliveries, first, last }): Receiver => ({ ...facts, deliveries, first: new Date(first), last: new Date(last) }))
    return {
      deliveries: this.#deliveries, documents: this.#documents,
      classes: Object.fromEntries(CLASSES.map((kind) => [kind, { deliveries: this.#classes[kind], callers: callers[kind] }])) as Record<DeliveryClass, Count>,
      interval: intervalOf(weights, this.#nobody),
      first: this.#deliveries > 0 ? new Date(this.#first) : null, last: this.#deliveries > 0 ? new Date(this.#last) : null,
      countries: rowsOf(this.#countries), clients: rowsOf(this.#clients),
      days: inOrder(this.#days, DAY, 10), hours: this.#hours.size > ROOM.hours ? [] : inOrder(this.#hours, HOUR, 13),
      packages: rowsOf(this.#packages).map((row) => {
        const { first = 0, last = 0 } = this.#packages.get(row.value) ?? {}
        return { ...row, first: new Date(first), last: new Date(last) }
      }),
      reasons: [...this.#reasons.values()].sort((a, b) => b.deliveries - a.deliveries),
      receivers: receivers.sort(byFirst).slice(0, ROOM.receivers),
      complete: this.#complete && receivers.length <= ROOM.receivers,
    }
  }

  #count<K, T extends Numbers>(counts: Map<K, T>, value: K, kind: DeliveryClass, times: number): void {
    let count = counts.get(value)
    if (!count) {
      if (counts.size >= ROOM.values) {
        this.#complete = false
        return
      }
      count = zeros() as T
      counts.set(value, count)
    }
    (count as Numbers)[kind] += times
  }

  #package({ ecosystem, name, version, at, times }: Delivery, kind: DeliveryClass): void {
    const key = `${ecosystem}:${name}${version === null ? '' : `@${version}`}`
    this.#count(this.#packages, key, kind, times)
    const known = this.#packages.get(key)
    if (!known) return
    known.first = Math.min(known.first ?? at, at)
    known.last = Math.max(known.last ?? at, at)
  }

  #reason({ class: kind, reason: because, by }: Classed, times: number): void {
    const key = `${kind} ${because}`
    const known = this.#reasons.get(key)
    if (known) known.deliveries += times
    else if (this.#reasons.size < ROOM.reasons) this.#reasons.set(key, { class: kind, because, by, deliveries: times })
    else this.#complete = false
  }

  #caller(delivery: Delivery, { class: kind, because, installs }: Classed, country: string | null): void {
    const { caller, at, agent, times, part } = delivery
    const counts = kind === 'person' || kind === 'ci' || kind === 'unknown'
    if (caller === null) {
      if (counts) this.#nobody.most += times
      return
    }
    // One caller may be of two classes: a build machine that somebody also works at.
    const key = `${kind} ${caller.key}`
    let known = this.#callers.get(key)
    if (!known) {
      if (this.#callers.size >= ROOM.callers) {
        this.#complete = false
        if (counts) this.#nobody.most += times
        return
      }
      const { token, user, host, address, job } = caller
      known = {
        key: caller.key, class: kind, named: caller.named, installed: false, fetches: 0, lastOf: new Map(), deliveries: 0, first: at, last: at,
        facts: { class: kind, because, client: clientText(agent), country, token, user, host, address, job },
      }
      this.#callers.set(key, known)
    }
    known.deliveries += times
    known.first = Math.min(known.first, at)
    known.last = Math.max(known.last, at)
    if (installs && !part && !looksOnly(agent.command)) known.installed = true
    const version = versionKey(delivery)
    const before = known.lastOf.get(version)
    if (before === undefined || Math.abs(at - before) > AGAIN || delivery.source !== null) known.fetches += times
    if (known.lastOf.size < 50) known.lastOf.set(version, at)
  }
}

const versionKey = ({ ecosystem, name, version }: { ecosystem: EcosystemId; name: string; version: string | null }): string => `${ecosystem}:${name}@${version ?? ''}`

/** What resolves or fetches without installing, as uv tells it. */
const looksOnly = (command: string | null): boolean => command !== null && /\b(?:lock|compile|tree|export|download|publish|build)\b/.test(command)

const clientText = ({ tool, version }: { tool: string; version: string | null }): string => (version === null ? tool : `${tool} ${version}`)

const zeros = (): Numbers => ({ mirror: 0, scanner: 0, ci: 0, person: 0, unknown: 0 })

const inOrder = (counts: ReadonlyMap<number, Numbers>, step: number, length: number): Row[] =>
  rowsOf(new Map([...counts].map(([at, numbers]) => [new Date(at * step).toISOString().slice(0, length), numbers])))
    .sort((a, b) => (a.value < b.value ? -1 : 1))

function rowsOf(counts: ReadonlyMap<string, Numbers>): Row[] {
  const rows = [...counts].map(([value, numbers]): Row => {
    const classes = Object.fromEntries(CLASSES.map((kind) => [kind, numbers[kind]])) as Numbers
    return { value, deliveries: CLASSES.reduce((sum, kind) => sum + classes[kind], 0), classes }
  })
  return rows.sort((a, b) => b.deliveries - a.deliveries || (a.value < b.value ? -1 : 1))
}
