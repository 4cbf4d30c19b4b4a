import type { Context } from '../../admission/context.ts'
import { isCode, SluiceError, sentence } from '../../core/errors.ts'
import { isNote } from '../../core/presence.ts'
import type { EcosystemId } from '../../core/types.ts'
import { Asker } from './ask.ts'
import { checkBytes, compareBytes } from './bytes.ts'
import type { CheckedBytes } from './bytes.ts'
import { Health } from './health.ts'
import { agreed, openingsOf } from './judge.ts'
import type { Confirmed } from './judge.ts'
import { look } from './look.ts'
import type { Look, LookParts, Wanted } from './look.ts'
import { isAbsence } from './losses.ts'
import type { Lost } from './losses.ts'
import type { ChangedBytes, Review, Reviews } from './reviews.ts'
import { isTooMany } from './schedule.ts'
import type { Doubt, RecheckSettings, Schedule, Turn } from './schedule.ts'
import { hadOf, isPublic, lastInUse } from './subjects.ts'
import type { Had } from './subjects.ts'

export interface RecheckParts {
  context: Context
  reviews: Reviews
  schedule: Schedule
  settings: RecheckSettings
  /** Told when so much of a registry is gone at once that nothing of it is believed. */
  onDoubt(ecosystem: EcosystemId, doubted: { looked: number; gone: number; names: readonly string[] } | null): Promise<void>
}

/** What became of one package's turn. */
export interface Outcome {
  ecosystem: EcosystemId
  name: string
  /** `gone`: not there at this look; a later one is to confirm it. `doubted`: gone, with too many others. */
  result: 'as it was' | 'nothing had' | 'gone' | 'doubted' | 'found' | 'trouble'
  says: string
  reviews: readonly Review[]
  /** When it is looked at again. */
  again: Date | null
}

/** Too much gone at once is looked for in what was looked at within so long. */
const CROWD = 2 * 3_600_000
const DOUBTED = 30 * 60_000
const RETRY = 60_000
/** Changed files of one package that are fetched for comparison. */
const FETCHED = 10

/** What a look took with it. */
interface Taken {
  had: readonly Had[]
  now: Date
  checked: readonly string[]
  state: Look['state']
  fingerprint: string | null
}

/** Looks back at upstream, package by package. Every step may be repeated: what is under way is in the database. */
export class Recheck {
  readonly health: Health
  readonly #parts: RecheckParts
  readonly #look: LookParts
  #looked = 0

  constructor(parts: RecheckParts) {
    this.#parts = parts
    this.health = new Health(parts.context.clock)
    this.#look = { pool: parts.context.pool, sources: parts.context.sources, asker: new Asker(parts.context) }
  }

  /** Since this process began. */
  get counts(): { looked: number; bytes: number } {
    return { looked: this.#looked, bytes: this.#look.asker.bytes }
  }

  /** The next package whose turn it is. null: there is none, or its registry is left alone. */
  async next(): Promise<Outcome | null> {
    const { schedule, context } = this.#parts
    const turn = await schedule.next((ecosystem) => context.sources.public[ecosystem].url === null || this.health.isPaused(ecosystem))
    return turn && this.#take(turn)
  }

  /** One package now, whoever's turn it is. Throws `usage` where upstream may not be asked about it. */
  async now(ecosystem: EcosystemId, name: string): Promise<Outcome> {
    const { schedule, context } = this.#parts
    if (!isPublic(context.sources, ecosystem, name)) {
      const source = context.sources.of(ecosystem, name)
      throw new SluiceError('usage', source.url === null ? `${ecosystem}:${name} cannot be looked at: ${source.why}` : `${name} is a private name: what its own registry does is the organisation's own doing`)
    }
    const turn = await schedule.take(ecosystem, name)
    if (!turn) throw new SluiceError('usage', `${ecosystem}:${name} is being looked at right now`, { hint: 'try again in a minute' })
    return this.#take(turn)
  }

  async #take(turn: Turn): Promise<Outcome> {
    try {
      return await this.#check(turn)
    } catch (thrown) {
      if (!isCode(thrown, 'worker-closed')) await this.#later(turn).catch(() => undefined)
      throw thrown
    } finally {
      this.#parts.schedule.release(turn)
    }
  }

  /** What cannot be looked at, whatever the reason, must not stay in front of all others. Returns when it is looked at again. */
  async #later(turn: Turn): Promise<number> {
    const failures = turn.failures + 1
    const dueAt = this.#parts.context.clock.now().getTime() + Math.min(this.#parts.settings.rest, RETRY * 2 ** Math.min(12, failures - 1))
    await this.#parts.schedule.done(turn, { failures, dueAt })
    return dueAt
  }

  async #check(turn: Turn): Promise<Outcome> {
    const { schedule, context: { database, sources, clock, log } } = this.#parts
    const { ecosystem, name } = turn
    const about = { ecosystem, name, reviews: [], again: null }
    const had = await hadOf(database, ecosystem, name)
    if ((had.length === 0 && turn.suspect.length === 0) || !isPublic(sources, ecosystem, name)) {
      await schedule.drop(turn)
      return { ...about, result: 'nothing had', says: 'nothing of it was had from upstream' }
    }
    const now = clock.now()
    try {
      const outcome = await this.#compare(turn, had, now)
      this.health.answered(ecosystem)
      this.#looked++
      return outcome
    } catch (thrown) {
      if (!isUpstreams(thrown)) throw thrown
      this.health.failed(ecosystem, thrown)
      log.warn({ ecosystem, name, error: sentence(thrown) }, 'upstream could not be asked whether it still stands by a package; nothing is concluded')
      return { ...about, result: 'trouble', says: sentence(thrown), again: new Date(await this.#later(turn)) }
    }
  }

  async #compare(turn: Turn, had: readonly Had[], now: Date): Promise<Outcome> {
    const { ecosystem, name } = turn
    const unsure = turn.doubt !== null || turn.suspect.length > 0
    const wanted: Wanted = { ecosystem, name, had, extra: turn.suspect, state: turn.state, fingerprint: unsure || await this.#isOpen(turn) ? null : turn.fingerprint }
    const first = await look(this.#look, wanted, false, now)
    const { context, settings } = this.#parts
    const bytes = await checkBytes({ context, settings, asker: this.#look.asker }, { turn, had, found: first.found?.slice(had.length) ?? [], url: first.seen.url, now })
    const state = bytes.state === null ? first.state : { ...first.state ?? turn.state, verified: bytes.state.verified, verifiedAt: bytes.state.verifiedAt }
    const taken = { had, now, checked: bytes.checked, state, fingerprint: first.fingerprint }
    const isKnown = await this.#parts.reviews.covering(ecosystem, name)
    const found = [...first.losses, ...bytes.losses]
    const fresh = found.filter((lost) => !isKnown(lost))
    if (found.length === 0) return this.#allWell(turn, taken)
    if (fresh.length === 0) return this.#settled(turn, taken, { result: 'found', says: `${found[0]?.says}; that is under review, or was dealt with`, reviews: [] })
    return this.#confirm(turn, { first, fresh, bytes, wanted, taken })
  }

  /** What somebody said of it is asked for again at once; what is merely not there is given time, and doubted with many others. */
  async #confirm(turn: Turn, { first, fresh, bytes, wanted, taken }: { first: Look; fresh: readonly Lost[]; bytes: CheckedBytes; wanted: Wanted; taken: Taken }): Promise<Outcome> {
    const { ecosystem, name } = turn
    const { had, now } = taken
    const { confirm } = this.#parts.settings
    const missing = fresh.filter((lost) => isAbsence(lost) && !lost.weak)
    const since = turn.doubt?.since ?? now.getTime()
    const ripe = missing.length > 0 && turn.doubt !== null && now.getTime() - since >= confirm
    const said = fresh.filter((lost) => !isAbsence(lost) && !isNote(lost.kind) && !bytes.losses.includes(lost))
    const second = said.length > 0 || ripe ? await look(this.#look, { ...wanted, fingerprint: null }, true, now) : null
    const looks = [...turn.doubt?.looks ?? [], ...[first, second].flatMap((one) => (one ? [{ ...one.seen, at: one.seen.at.toISOString() }] : []))].slice(-12)
    const gone = ripe && second ? agreed(missing, second.losses) : []
    const doubted = gone.length > 0 && await this.#isCrowd(ecosystem)
    const losses = [
      ...fresh.filter((lost) => (lost.weak && isAbsence(lost)) || isNote(lost.kind) || bytes.losses.includes(lost)),
      ...(second ? agreed(said, second.losses) : []), ...(doubted ? [] : gone),
    ]
    const reviews = await this.#open({ ecosystem, name, had, losses, looks, noticedAt: new Date(since) }, bytes.evidence)
    await this.#compareBytes(reviews, first, losses.filter((lost) => said.includes(lost)), had)
    const unsure = doubted || (missing.length > 0 && !ripe)
    const doubt: Doubt | null = unsure ? { since, looks } : null
    const says = (reviews.length > 0 ? reviews.map((one) => one.says) : fresh.map((lost) => lost.says)).join('; ')
    if (doubt === null) return this.#settled(turn, { ...taken, fingerprint: null }, { result: losses.length > 0 ? 'found' : 'as it was', says: losses.length > 0 ? says : `${says}; a second look did not find that`, reviews })
    return this.#settled(turn, { ...taken, fingerprint: null }, { result: doubted ? 'doubted' : 'gone', says, reviews }, { doubt, again: doubted ? now.getTime() + DOUBTED : Math.max(now.getTime() + 1, since + confirm) })
  }

  async #compareBytes(reviews: readonly Review[], first: Look, losses: readonly Lost[], had: readonly Had[]): Promise<void> {
    const review = reviews.find(({ matter }) => matter === 'changed')
    if (!review || first.found === null) return
    const bytes: ChangedBytes[] = []
    for (const lost of losses.filter(({ kind }) => kind === 'changed').slice(0, FETCHED)) {
      const compared = await compareBytes(this.#parts.context, { ...review, url: first.seen.url }, lost, { had, found: first.found })
      if (compared) bytes.push(compared)
    }
    await this.#parts.reviews.addBytes(review.id, bytes)
  }

  /** Saves what was found; nothing of the package's state is taken over from a document that lacks something. */
  async #settled(turn: Turn, { had, now, checked, state, fingerprint }: Taken, outcome: Pick<Outcome, 'result' | 'says' | 'reviews'>, doubted?: { doubt: Doubt; again: number }): Promise<Outcome> {
    const { ecosystem, name } = turn
    const which = await this.#classOf(turn, had, now)
    const again = doubted?.again ?? now.getTime() + this.#interval(which)
    await this.#parts.schedule.done(turn, {
      doubt: doubted?.doubt ?? null, failures: 0, lookedAt: now.getTime(), dueAt: again, class: which, checked, fingerprint, ...(state ? { state } : {}),
    })
    return { ecosystem, name, ...outcome, again: new Date(again) }
  }

  async #isOpen({ ecosystem, name }: Turn): Promise<boolean> {
    return (await this.#parts.reviews.list({ states: ['open'], ecosystem, name, limit: 1 })).length > 0
  }

  async #allWell(turn: Turn, taken: Taken): Promise<Outcome> {
    const back = await this.#isBack(turn, taken.had, taken.now)
    return this.#settled(turn, taken, { result: 'as it was', says: back ?? 'upstream stands by everything that was had from it', reviews: [] })
  }

  /** What was gone is there again. An absence heals by itself, after a second look; what somebody said of it, a person judges. */
  async #isBack(turn: Turn, had: readonly Had[], now: Date): Promise<string | null> {
    const { ecosystem, name } = turn
    const [review] = (await this.#parts.reviews.list({ states: ['open'], ecosystem, name })).filter(({ matter }) => matter === 'removed')
    if (!review) return null
    const second = await look(this.#look, { ecosystem, name, had, extra: [], state: turn.state, fingerprint: null }, true, now)
    if (second.losses.length > 0) return null
    await this.#parts.reviews.isBack(review)
    if (review.kind !== 'removed') return 'upstream lists it again; a person judges whether that ends the review'
    await this.#parts.reviews.close(review, { outcome: 'returned', because: 'upstream lists it again, with the same bytes', by: 'recheck' })
    return 'it was gone, and upstream lists it again'
  }

  async #isCrowd(ecosystem: EcosystemId): Promise<boolean> {
    const vanished = await this.#parts.schedule.vanished(ecosystem, this.#parts.context.clock.now().getTime() - CROWD)
    const crowd = isTooMany(vanished)
    this.health.doubts(ecosystem, crowd ? `${vanished.gone} of ${vanished.looked} packages looked at within two hours are gone: not believed` : null)
    await this.#parts.onDoubt(ecosystem, crowd ? vanished : null)
    return crowd
  }

  async #open(confirmed: Confirmed, bytes: readonly ChangedBytes[]): Promise<Review[]> {
    const opened: Review[] = []
    for (const opening of openingsOf(confirmed)) {
      const review = await this.#parts.reviews.open(opening.matter === 'changed' ? { ...opening, evidence: { ...opening.evidence, bytes } } : opening)
      if (!review) continue
      opened.push(review)
      if (review.matter === 'changed') await this.#parts.reviews.addBytes(review.id, bytes)
    }
    return opened
  }

  async #classOf({ ecosystem, name }: Turn, had: readonly Had[], now: Date): Promise<0 | 1> {
    const last = await lastInUse(this.#parts.context.database, ecosystem, name, had)
    return last !== null && now.getTime() - last <= this.#parts.settings.window ? 0 : 1
  }

  /** A tenth more or less, so that what was taken in together does not come due together for ever. */
  #interval(which: 0 | 1): number {
    const { recent, rest } = this.#parts.settings
    return Math.round((which === 0 ? recent : rest) * (0.9 + Math.random() * 0.2))
  }
}

const UPSTREAMS = /^(?:upstream-|index-invalid|worker-|not-found|digest-)/

/** Failures that are about reaching or reading upstream; others are the gate's own. */
const isUpstreams = (thrown: unknown): boolean => thrown instanceof SluiceError && UPSTREAMS.test(thrown.code) && thrown.code !== 'worker-closed'
