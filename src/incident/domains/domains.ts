import type { PublicSource } from '../../admission/sources.ts'
import { sentence, SluiceError } from '../../core/errors.ts'
import { candidates } from '../../core/imitation/candidates.ts'
import type { Candidate } from '../../core/imitation/candidates.ts'
import { Imitations } from '../../core/imitation/imitations.ts'
import type { Imitation } from '../../core/imitation/imitations.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Notice } from '../../ports/notifier.ts'
import type { Resolver } from '../../ports/resolver.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Facts, RegistrationFacts } from './facts.ts'
import { historyOf } from './history.ts'
import type { Happening } from './history.ts'
import { lookAt } from './look.ts'
import type { Looked, LookParts } from './look.ts'
import { Rdap } from './rdap/client.ts'
import { Lists } from './rdap/lists.ts'
import { noticeOf } from './notices.ts'
import { registryHosts } from './registry-hosts.ts'
import { siblingsOf } from './siblings.ts'
import type { Known, Sibling } from './siblings.ts'
import { DomainStore } from './store.ts'
import type { Kept } from './store.ts'
import { readTarget } from './target.ts'
import type { Target } from './target.ts'
import { stateOf } from './verdict.ts'
import type { State, StateOf } from './verdict.ts'

/** As configured; see `domains` in sluice.yaml. */
export interface DomainSettings {
  protect: readonly string[]
  allow: readonly string[]
  /** Where the lists of RDAP servers are; null: registrations are not asked for. */
  rdap: string | null
  /** Milliseconds between looks at what is not down. */
  recheck: number
  certificates: string | null
  passiveDns: string | null
}

export interface DomainParts {
  database: Database
  upstream: Upstream
  resolver: Resolver
  clock: Clock
  sources: Readonly<Record<EcosystemId, PublicSource>>
  settings: DomainSettings
  /** Told when a watched name went down or came back. */
  notify(notice: Notice): Promise<void>
}

export interface CheckedName {
  /** As it was asked. */
  name: string
  /** As a browser may show it. */
  shown: string
  /** `own`: a protected host or below one. `allowed`: the configuration says that it is honest. `imitates`: surely; `resembles`: a reason to look. */
  standing: 'own' | 'allowed' | 'imitates' | 'resembles' | 'none' | 'no-name'
  imitations: readonly Imitation[]
  /** What is odd about its letters. */
  remarks: readonly string[]
}

export interface Report extends StateOf {
  target: string
  looked: Looked
  /** When its registered domain was first seen here; null: now. */
  knownSince: Date | null
  imitations: readonly Imitation[]
  /** What is otherwise than at the last look. */
  changes: readonly string[]
  /** It was down, and is no more. */
  relapse: boolean
}

const RETRY = 3_600_000
const DAY = 24 * 3_600_000
/** Longer than a look takes, so that no other process looks at the same. */
const LEASE = 10 * 60_000
/** How long what is down is looked at, and how often at the end. */
const [ANXIOUS, PATIENT] = [7 * DAY, 180 * DAY]

/** Names and addresses of attackers: whom they imitate, what is known of them, and whether they are gone. For the command line, the API and cases. */
export class Domains {
  readonly #parts: DomainParts
  readonly #look: LookParts
  readonly #store: DomainStore

  constructor(parts: DomainParts) {
    const { database, clock, settings } = parts
    this.#parts = parts
    this.#store = new DomainStore(database, clock)
    this.#look = {
      ...parts, certificates: settings.certificates, passiveDns: settings.passiveDns,
      rdap: settings.rdap === null ? null : new Rdap({ ...parts, lists: new Lists({ ...parts, base: settings.rdap }) }),
    }
  }

  /** Hosts whose imitations are found: those of the registries, the organisation's own, and `besides`. Brands are always among them. */
  async protectedHosts(besides: readonly string[] = []): Promise<string[]> {
    return [...new Set([...besides, ...this.#parts.settings.protect, ...await registryHosts(this.#parts)])]
  }

  async check(names: readonly string[], besides: readonly string[] = []): Promise<CheckedName[]> {
    const imitations = new Imitations(await this.protectedHosts(besides), this.#parts.settings.allow)
    return names.map((name) => this.#check(name, imitations))
  }

  #check(name: string, imitations: Imitations): CheckedName {
    const target = readTarget(name)
    const plain = { name, shown: target.value, imitations: [], remarks: [] }
    if (target.type !== 'domain') return { ...plain, standing: 'no-name' }
    const standing = imitations.standing(target.value)
    if (standing.kind !== 'strange') return { ...plain, standing: standing.kind }
    const found = { ...plain, shown: standing.shown, imitations: standing.imitations, remarks: standing.says }
    return { ...found, standing: standing.imitations.some(({ sure }) => sure) ? 'imitates' : standing.imitations.length > 0 ? 'resembles' : 'none' }
  }

  /** What somebody might register to pass for a host. */
  candidates(host: string): Candidate[] {
    const target = readTarget(host)
    if (target.type !== 'domain') throw new SluiceError('usage', 'an address is imitated by nobody')
    return [...candidates(target.value)]
  }

  /** Looks now, and writes down what is seen. Of what is looked after, the state follows. */
  async look(text: string): Promise<Report> {
    return this.#lookAt(readTarget(text))
  }

  async #lookAt(target: Target): Promise<Report> {
    const key = keyOf(target)
    const [kept, before] = await Promise.all([this.#store.find(key), this.#store.observations(key)])
    const looked = await lookAt(this.#look, target)
    for (const [source, facts] of Object.entries(looked.facts)) await this.#store.add({ target: key, source: source as keyof Facts, at: looked.at, facts, by: null })
    for (const { address, registration } of looked.networks) {
      if (registration.outcome !== 'unanswered') await this.#store.add({ target: `ip:${address}`, source: 'rdap', at: looked.at, facts: registration, by: null })
    }
    const standing = stateOf(looked.facts.rdap ?? null, looked.facts.dns ?? null)
    if (kept) await this.#settle(kept, standing, looked)
    const after = await this.#store.observations(key)
    const changes = historyOf(after).filter(({ at, by, source }) => by === null && source !== 'evidence' && at.getTime() === looked.at.getTime()).map(({ says }) => says)
    const report: Report = {
      target: key, looked, ...standing, knownSince: before[0]?.at ?? null, changes: before.length === 0 ? [] : changes,
      imitations: await this.#imitationsOf(target), relapse: kept?.state === 'down' && (standing.state === 'up' || standing.state === 'parked'),
    }
    const notice = kept?.dueAt ? noticeOf(report, kept.state) : null
    if (notice) await this.#parts.notify(notice)
    return report
  }

  async #imitationsOf({ type, value }: Target): Promise<readonly Imitation[]> {
    return type === 'domain' ? (await this.check([value]))[0]?.imitations ?? [] : []
  }

  async #settle(kept: Kept, standing: StateOf, { at, retryAt }: Looked): Promise<void> {
    // What nobody could say leaves what was known: a server that is in trouble is no relapse, and no end.
    const unsaid = standing.state === 'unknown' && kept.state !== 'unknown'
    const failures = standing.state === 'unknown' ? kept.failures + 1 : 0
    const settled = unsaid ? { state: kept.state, reasons: kept.reasons } : standing
    const due = kept.dueAt === null ? undefined : this.#nextLook(settled.state, { kept, failures, at, retryAt })
    await this.#store.settle(kept.target, settled, { due, failures, at })
  }

  /** What is known of it, asked for where nothing was seen within `maxAge` milliseconds. */
  async known(text: string, maxAge: number): Promise<{ facts: Partial<Facts>; networks: RegistrationFacts[]; lastSeen: Date | null; imitations: readonly Imitation[] }> {
    const target = readTarget(text)
    const key = keyOf(target)
    const last = (await this.#store.observations(key)).findLast(({ by }) => by === null)
    if (last === undefined || last.at.getTime() < this.#parts.clock.now().getTime() - maxAge) await this.#lookAt(target)
    const facts = await this.#store.latest(key)
    const addresses = [...facts.dns?.host.A?.records ?? [], ...facts.dns?.host.AAAA?.records ?? []].slice(0, 4)
    const networks = await Promise.all(addresses.map(async (address) => (await this.#store.latest(`ip:${address}`)).rdap))
    const there = (await this.#store.observations(key)).findLast(({ source, facts: seen }) => source === 'dns' && stateOf(null, seen as Facts['dns']).state === 'up')
    return { facts, networks: networks.filter((one) => one !== undefined), lastSeen: there?.at ?? null, imitations: await this.#imitationsOf(target) }
  }

  #nextLook(state: State, { kept, failures, at, retryAt }: { kept: Kept; failures: number; at: Date; retryAt: Date | null }): Date | null {
    const { recheck } = this.#parts.settings
    if (failures > 0) return new Date(Math.max(at.getTime() + Math.min(RETRY * 2 ** (failures - 1), DAY), retryAt?.getTime() ?? 0))
    if (state !== 'down') return new Date(at.getTime() + recheck)
    const down = at.getTime() - (kept.state === 'down' ? kept.stateSince.getTime() : at.getTime())
    return down > PATIENT ? null : new Date(at.getTime() + (down > ANXIOUS ? 7 * DAY : Math.max(recheck, DAY)))
  }

  /** What was seen and told of it, in the order of time. Throws `not-found` where nothing was. */
  async history(text: string): Promise<{ target: string; kept: Kept | null; looks: number; happenings: Happening[] }> {
    const target = keyOf(readTarget(text))
    const [kept, observations] = await Promise.all([this.#store.find(target), this.#store.observations(target)])
    if (!kept && observations.length === 0) throw new SluiceError('not-found', `nothing was seen of ${target} yet`, { hint: 'look at it with: sluice domains look NAME' })
    return { target, kept, looks: observations.filter(({ by }) => by === null).length, happenings: historyOf(observations) }
  }

  /** Looks at it by the clock from now on; the first look is due at once. */
  async watch({ name, because, by }: { name: string; because: string; by: string }): Promise<Kept> {
    const target = keyOf(readTarget(name))
    await this.#store.keep({ target, because: oneLine(because, 300), by, due: this.#parts.clock.now() })
    return await this.#store.find(target) as Kept
  }

  /** False: it was not watched. */
  async unwatch(name: string): Promise<boolean> {
    return this.#store.release(keyOf(readTarget(name)))
  }

  async watched(): Promise<Kept[]> {
    return this.#store.list()
  }

  /** Something that a person found elsewhere: what it says, from whom, and when it was so. */
  async addEvidence({ name, says, from, url, at, by }: { name: string; says: string; from: string; url: string | null; at: Date; by: string }): Promise<void> {
    if (at.getTime() > this.#parts.clock.now().getTime() + DAY) throw new SluiceError('usage', `${at.toISOString()} is yet to come`)
    const facts = { says: oneLine(says, 2_000), from: oneLine(from, 200), url: url === null ? null : oneLine(url, 1_000) }
    if (facts.says === '' || facts.from === '') throw new SluiceError('usage', 'evidence needs a text and a source')
    await this.#store.add({ target: keyOf(readTarget(name)), source: 'evidence', at, facts, by })
  }

  /** Looks at what is due, a few at a time. A look that fails leaves the others; it is due again. Safe in several processes. */
  async recheckDue(now = this.#parts.clock.now(), limit = 20): Promise<{ reports: Report[]; problems: string[] }> {
    const due = await this.#store.take(now, new Date(now.getTime() + LEASE), limit)
    const reports: Report[] = []
    const problems: string[] = []
    for (const { target } of due) {
      try {
        reports.push(await this.#lookAt(targetOf(target)))
      } catch (thrown) {
        problems.push(`${target}: ${sentence(thrown)}`)
      }
    }
    return { reports, problems }
  }

  /** Known domains that may be of the same hands. */
  async siblings(text: string): Promise<Sibling[]> {
    const target = keyOf(readTarget(text))
    const imitations = new Imitations(await this.protectedHosts())
    const known = async (one: string): Promise<Known> => {
      const standing = imitations.standing(one.replace(/^domain:/, ''))
      return { target: one, facts: await this.#store.latest(one), imitates: standing.kind === 'strange' ? standing.imitations.filter(({ sure }) => sure).map(({ of }) => of) : [] }
    }
    const others = (await this.#store.domains()).filter((one) => one !== target)
    return siblingsOf(await known(target), await Promise.all(others.map(known)))
  }
}

const keyOf = ({ type, value }: Target): string => `${type}:${value}`
const targetOf = (key: string): Target => readTarget(key.startsWith('asn:') ? `AS${key.slice(4)}` : key.slice(key.indexOf(':') + 1))
