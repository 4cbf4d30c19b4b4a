import { affects, listed } from '../core/affects.ts'
import { decide } from '../core/decide.ts'
import type { Ruling, Standing, Subject } from '../core/decide.ts'
import { orderInForce } from '../core/orders.ts'
import type { Policy } from '../core/policy.ts'
import type { Digest, Order } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'

/** A file that the gate has or had, as decisions see it: its bytes are known, so nothing is promised any more. */
export interface StoredFile extends Subject {
  digest: Digest
  size: number
}

export interface Cause {
  kind: 'order' | 'advisory' | 'verdict' | 'policy'
  reference: string
  because: string
  by: string
}

/**
 * Whether a file is to be taken back, and for what. The same `decide` that denies it to clients says so: what is quarantined
 * is recalled, what is only held is not.
 */
export function causeOf(file: StoredFile, { standing, policy, now }: { standing: Standing; policy: Policy; now: Date }): { ruling: Ruling; cause: Cause | null } {
  const { compareVersions } = ecosystems[file.ecosystem]
  const ruling = decide(file, standing, policy, now, compareVersions)
  if (ruling.action !== 'quarantine') return { ruling, cause: null }
  switch (ruling.reason) {
    case 'recalled': {
      const order = orderFor(file, standing, now)
      return { ruling, cause: order && { kind: 'order', reference: order.id, because: order.because, by: order.by } }
    }
    case 'advisory': {
      const advisory = standing.advisories.find((one) => one.malicious && !one.withdrawn && affects(one, file.version, compareVersions))
      return { ruling, cause: { kind: 'advisory', reference: advisory?.id ?? 'unknown', because: ruling.because, by: `advisories (${advisory?.source ?? 'unknown'})` } }
    }
    case 'malicious': return { ruling, cause: { kind: 'verdict', reference: file.digest, because: `malicious: ${ruling.because}`, by: `rules ${standing.judged.get(file.file)?.rules ?? 'unknown'}` } }
    default: return { ruling, cause: { kind: 'policy', reference: policy.id, because: ruling.because, by: `policy ${policy.id}` } }
  }
}

/** The order that decides about a file, whatever the policy says. */
export function orderFor(file: StoredFile, { orders, judged }: Standing, now: Date): Order | null {
  const named = { version: file.version, judged: judged.get(file.file)?.digest ?? null, pledged: file.pledged ?? null }
  return orderInForce(orders, named, now, ecosystems[file.ecosystem].compareVersions)?.order ?? null
}

/** A recall that still counts for what it names, whether or not the gate has any of it: the latest word on just that. */
export function isInForce(order: Order, orders: readonly Order[], now: Date): boolean {
  if (order.action !== 'recall' || (order.expiresAt !== null && order.expiresAt <= now)) return false
  const { compareVersions } = ecosystems[order.ecosystem]
  const same = (other: Order): boolean => other.digest === order.digest && (order.version === null || other.version === null
    ? order.version === other.version : listed([order.version], other.version, compareVersions))
  return !orders.some((other) => other.seq > order.seq && same(other) && (other.expiresAt === null || other.expiresAt > now))
}
