import type { FeedPage } from './feeds/feed.ts'

/** `lying`: what it says cannot be true, or is not what the registry itself says. `lagging`: it is silent, or speaks of long ago. */
export type FeedState = 'following' | 'behind' | 'lagging' | 'lying' | 'unreachable' | 'polling' | 'off'

const MINUTE = 60_000

/** Times further ahead than this are not clocks that differ. */
const AHEAD = 10 * MINUTE
/** How far behind, at least, before one speaks of a lag: registries' own feeds are minutes late now and then. */
const LATE = 30 * MINUTE
/** And how many times its usual silence, once that is known from so many pieces of news; small registries are silent for hours. */
const USUAL = 10
const KNOWN = 5
const UNKNOWN = 6 * 60 * MINUTE
/** Failures in a row before the feed counts as out of reach. */
const FAILURES = 3
/** How long a rewind or a gap is spoken of. */
const REMEMBERED = 60 * MINUTE
/** Share of items that cannot be true, and how many must have been seen before shares mean anything. */
const BAD = 0.2
const ENOUGH = 50
/** Older items count half after so many newer ones. */
const HALVED = 2_000

/** Judges a feed by what it sent. Everything it keeps is a few numbers; `now` is given, milliseconds. */
export class Health {
  #items = 0
  #bad = 0
  #future = 0
  #looked = 0
  #missing = 0
  #rewoundAt = -Infinity
  #gap = 0
  #heard = 0
  #heardAt: number | null = null
  #headAt: number | null = null
  #failures = 0
  #failure: string | null = null
  #problem: string | null = null
  #behind = false
  #unseen: { says: string; at: number } | null = null

  get failures(): number {
    return this.#failures
  }

  /** The newest time the feed spoke of; times far ahead of ours do not count. */
  get headAt(): Date | null {
    return this.#headAt === null ? null : new Date(this.#headAt)
  }

  /** A page was read and its events are in the log. */
  page(page: FeedPage, now: number, behind: boolean): void {
    this.#failures = 0
    this.#failure = null
    this.#problem = page.problem
    if (page.problem !== null && !page.rewound) this.missed(page.problem, now)
    this.#behind = behind
    const ahead = page.events.filter(({ at }) => at !== null && at.getTime() > now + AHEAD).length
    this.#items += page.events.length + page.rejected
    this.#bad += page.rejected
    this.#future += ahead
    if (this.#items > HALVED) {
      this.#items /= 2
      this.#bad /= 2
      this.#future /= 2
    }
    if (page.rewound) this.#rewoundAt = now
    if (page.headAt && page.headAt.getTime() <= now + AHEAD) this.#headAt = Math.max(this.#headAt ?? 0, page.headAt.getTime())
    if (page.events.length > 0 && !page.more) this.#news(now)
    this.#heardAt ??= now
  }

  /** Something was not seen and cannot be any more: that is spoken of for a while. */
  missed(says: string, now: number): void {
    this.#unseen = { says, at: now }
  }

  failed(says: string): void {
    this.#failures++
    this.#failure = says
  }

  /** Of `looked` packages the feed spoke of as published, the registry itself has `missing` not. */
  looked(looked: number, missing: number): void {
    this.#looked += looked
    this.#missing += Math.min(looked, missing)
    if (this.#looked > HALVED) {
      this.#looked /= 2
      this.#missing /= 2
    }
  }

  /** Milliseconds the feed's newest time is behind ours; null where it tells no times. */
  lag(now: number): number | null {
    return this.#headAt === null ? null : Math.max(0, now - this.#headAt)
  }

  judge(now: number): { state: FeedState; problem: string | null } {
    if (this.#failures >= FAILURES) return { state: 'unreachable', problem: this.#failure }
    const lie = this.#lie(now)
    if (lie !== null) return { state: 'lying', problem: lie }
    if (this.#behind) return { state: 'behind', problem: this.#failure ?? this.#problem }
    const late = this.#late(now)
    if (late !== null) return { state: 'lagging', problem: late }
    const unseen = this.#unseen && now - this.#unseen.at < REMEMBERED ? this.#unseen.says : null
    return { state: 'following', problem: this.#failure ?? this.#problem ?? unseen }
  }

  #lie(now: number): string | null {
    if (now - this.#rewoundAt < REMEMBERED) return 'the feed went back behind what it had said before; it is read again from there, repetitions are dropped'
    if (this.#items >= ENOUGH && this.#bad > this.#items * BAD) return `${share(this.#bad, this.#items)} of what it sends cannot be read`
    if (this.#items >= ENOUGH && this.#future > this.#items * BAD) return `${share(this.#future, this.#items)} of its times lie in the future, or the clock of this machine is late`
    if (this.#looked >= ENOUGH && this.#missing > this.#looked / 2) return `${share(this.#missing, this.#looked)} of the packages it speaks of do not exist`
    return null
  }

  #late(now: number): string | null {
    const allowed = this.#heard < KNOWN ? UNKNOWN : Math.max(LATE, USUAL * this.#gap)
    const lag = this.lag(now)
    if (lag !== null && lag > allowed) return `its newest time is ${minutes(lag)} minutes ago`
    if (this.#heardAt !== null && now - this.#heardAt > allowed) return `nothing new for ${minutes(now - this.#heardAt)} minutes`
    return null
  }

  /** The usual silence between news, smoothed. */
  #news(now: number): void {
    if (this.#heardAt !== null) this.#gap = this.#heard < 2 ? now - this.#heardAt : this.#gap * 0.9 + (now - this.#heardAt) * 0.1
    this.#heard++
    this.#heardAt = now
  }
}

const minutes = (ms: number): number => Math.round(ms / MINUTE)
const share = (part: number, of: number): string => `${Math.round((100 * part) / of)}%`
