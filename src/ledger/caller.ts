import { createHmac, hash, randomBytes } from 'node:crypto'
import type { CallersTable } from '../ports/caller-tables.ts'

/**
 * Who asked. A ledger line carries only a commitment to these facts, so that they can be forgotten one kind at a time and the chain
 * still holds:
 *
 *     seal(fact)  = hex(sha256(fact + "\n" + salt + "\n" + value))            salt: 128 random bits, hex, one for each fact of each row
 *     commitment  = hex(sha256("caller 1\n" + fact + " " + seal + "\n" + …))  by the names of the facts
 *
 * While a fact is kept, its salt is; whoever forgets it puts the seal in their place. A seal without its salt tells nothing, not even to
 * somebody who tries every address there is.
 */
export const FACTS = ['address', 'agent', 'ci', 'client', 'forwarded', 'host', 'job', 'token', 'url', 'user'] as const
export type Fact = (typeof FACTS)[number]
export type Facts = Readonly<Partial<Record<Fact, string>>>
export type Proofs = Readonly<Partial<Record<Fact, { salt: string } | { seal: string }>>>

/**
 * A week, from Monday 00:00 UTC, counted from 1969-12-29. Long enough that what happened in one incident can be counted by callers also
 * after they were forgotten, short enough that it tells nothing of their habits.
 */
const PERIOD = 7 * 86_400_000
const FIRST_MONDAY = -3 * 86_400_000
export const periodOf = (at: number): number => Math.floor((at - FIRST_MONDAY) / PERIOD)
export const endOfPeriod = (period: number): number => FIRST_MONDAY + (period + 1) * PERIOD

/** The setting that is another one whenever something was forgotten. */
export const FORGOTTEN = 'callers.forgotten'

const SALT = 16

export const newSecret = (): string => randomBytes(32).toString('hex')

/** Where the row for these facts is found while the period lasts. */
export const lookupOf = (secret: string, facts: string): string => createHmac('sha256', secret).update(facts).digest('hex')

export const sealOf = (fact: Fact, salt: string, value: string): string => hash('sha256', `${fact}\n${salt}\n${value}`)

/** The same number for the same people and machines; 53 bits of SHA-256. Made of facts, so it is forgotten with any of them. */
export function whoOf({ token, user, host, address, forwarded, job, client }: Facts): number {
  const text = JSON.stringify([token, user, host, forwarded ?? address, job, client].map((fact) => fact ?? null))
  return Number.parseInt(hash('sha256', text).slice(0, 14), 16) % 2 ** 53
}

/** A new row's commitment and proofs. Facts in `unkept` leave nothing but their seals. */
export function commit(facts: Facts, unkept: ReadonlySet<Fact>): { mark: string; proofs: Proofs } {
  const salts = randomBytes(SALT * FACTS.length)
  const proofs: { -readonly [F in Fact]?: Proofs[F] } = {}
  const seals: [Fact, string][] = []
  FACTS.forEach((fact, index) => {
    const value = facts[fact]
    if (value === undefined) return
    const salt = salts.toString('hex', index * SALT, (index + 1) * SALT)
    const seal = sealOf(fact, salt, value)
    proofs[fact] = unkept.has(fact) ? { seal } : { salt }
    seals.push([fact, seal])
  })
  return { mark: markOf(seals), proofs }
}

const markOf = (seals: readonly (readonly [Fact, string])[]): string => hash('sha256', `caller 1\n${seals.map(([fact, seal]) => `${fact} ${seal}\n`).join('')}`)

/** What is wrong with a row, in words; empty where its facts are those that were committed to, or were forgotten. */
export function* problemsOf(row: Pick<CallersTable, 'mark' | 'proofs' | Fact>): Generator<string> {
  const proofs = readProofs(row.proofs)
  if (!proofs) {
    yield 'the proofs of its caller cannot be read'
    return
  }
  const seals: [Fact, string][] = []
  for (const fact of FACTS) {
    const [value, proof] = [row[fact], proofs[fact]]
    if (proof === undefined) {
      if (value !== null) yield `its caller's ${fact} was added`
    } else if ('seal' in proof) {
      seals.push([fact, proof.seal])
      if (value !== null) yield `its caller's ${fact} was put in place of one that was forgotten`
    } else if (value === null) yield `its caller's ${fact} was taken away without being forgotten`
    else seals.push([fact, sealOf(fact, proof.salt, value)])
  }
  if (markOf(seals) !== row.mark) yield 'its caller is not the one that was written down'
}

/** Which facts a row had once. */
export function forgottenOf(row: Pick<CallersTable, 'proofs'>): Fact[] {
  const proofs = readProofs(row.proofs) ?? {}
  return FACTS.filter((fact) => proofs[fact] !== undefined && 'seal' in proofs[fact])
}

/** null: not what `commit` makes. */
export function readProofs(text: string): Proofs | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  for (const fact of FACTS) {
    const proof: unknown = Object.hasOwn(value, fact) ? (value as Record<string, unknown>)[fact] : undefined
    if (proof === undefined) continue
    if (typeof proof !== 'object' || proof === null) return null
    const { salt, seal } = proof as { salt?: unknown; seal?: unknown }
    // Anything else could put two facts in the place of one.
    const wrong = typeof seal === 'string' ? !/^[0-9a-f]{64}$/.test(seal) || salt !== undefined : typeof salt !== 'string' || !/^[0-9a-f]{32}$/.test(salt)
    if (wrong) return null
  }
  return value as Proofs
}
