import type { Milestone, Precision, TimelineLine } from './fact.ts'

/** How long one step took. Where a source told only the day, it lies between the two; both are the same where all is known to the minute. */
export interface Clock {
  /** `upload → first report`, `complaint → down`. */
  step: string
  /** The domain, address or party it is about; null: the packages. */
  subject: string | null
  from: Date
  /** null: it has not happened yet, and the clock runs. */
  to: Date | null
  /** Milliseconds. */
  atLeast: number
  atMost: number
  /** The later step is told to be before the earlier one. */
  outOfOrder: boolean
}

interface Moment { at: Date; precision: Precision }

const DAY = 86_400_000

const STEPS: readonly { step: string; from: Milestone; to: Milestone }[] = [
  { step: 'upload → first report', from: 'uploaded', to: 'reported' },
  { step: 'first report → quarantine', from: 'reported', to: 'quarantined' },
  { step: 'first report → removal', from: 'reported', to: 'removed' },
  { step: 'upload → removal', from: 'uploaded', to: 'removed' },
  { step: 'upload → recall', from: 'uploaded', to: 'recalled' },
]

/** Ticket states in which a party was told for the first time, and in which somebody answered. */
const TOLD = 'sent'
const ANSWERED: ReadonlySet<string> = new Set(['replied', 'forwarded', 'refused', 'mitigated'])

/**
 * The clocks of a case, read off its timeline: packages first, then each domain and address, then each party that was written to.
 * A clock that has begun and not ended runs until `now`; a case that is closed stops them. Pure.
 */
export function clocksOf(timeline: readonly TimelineLine[], now: Date): Clock[] {
  const lines = timeline.filter(({ withdrawn }) => !withdrawn)
  const milestones = lines.flatMap((line) => (line.fact.kind === 'milestone' ? [{ ...line, fact: line.fact }] : []))
  const tickets = lines.flatMap((line) => (line.fact.kind === 'ticket' ? [{ ...line, fact: line.fact }] : []))
  const first = (of: Milestone, subject: string | null): Moment | null => milestones.find(({ fact }) => fact.of === of && fact.subject === subject) ?? null
  const packages = STEPS.flatMap(({ step, from, to }) => clock({ step, subject: null }, first(from, null), first(to, null), now))

  const subjects = unique([...milestones, ...tickets].flatMap(({ fact }) => fact.subject ?? []))
  const taken = subjects.flatMap((subject) => {
    const told = tickets.find(({ fact }) => fact.subject === subject && fact.state === TOLD) ?? null
    return [
      ...clock({ step: 'registered → down', subject }, first('registered', subject), lastDown(milestones, subject), now),
      ...(endedBefore(told, lastDown(milestones, subject)) ? [] : clock({ step: 'first complaint → down', subject }, told, lastDown(milestones, subject), now)),
    ]
  })

  const letters = unique(tickets.map(({ fact }) => fact.ticket)).map((ticket) => tickets.filter(({ fact }) => fact.ticket === ticket))
  const parties = letters.flatMap((own) => {
    const { party = '', subject = null } = own[0]?.fact ?? {}
    const sent = own.find(({ fact }) => fact.state === TOLD) ?? null
    const answer = own.find(({ fact }) => ANSWERED.has(fact.state)) ?? null
    // Who was written to about several things is told apart by them.
    const isAlone = letters.filter(([one]) => one?.fact.party === party).length === 1
    return clock({ step: 'written to → first answer', subject: isAlone || subject === null ? party : `${party}, about ${subject}` }, sent, answer, now)
  })
  return [...packages, ...taken, ...parties]
}

/** What was gone before anybody was written to did not go for the letter. */
const endedBefore = (told: Moment | null, down: Moment | null): boolean => told !== null && down !== null && down.at.getTime() + (down.precision === 'day' ? DAY : 0) <= told.at.getTime()

/** When a domain went down for good: after a relapse the earlier end does not count. */
function lastDown(milestones: readonly (Moment & { fact: { of: Milestone; subject: string | null } })[], subject: string): Moment | null {
  const own = milestones.filter(({ fact }) => fact.subject === subject && (fact.of === 'down' || fact.of === 'relapsed'))
  const relapse = own.findLastIndex(({ fact }) => fact.of === 'relapsed')
  return own.slice(relapse + 1).find(({ fact }) => fact.of === 'down') ?? null
}

function clock(of: Pick<Clock, 'step' | 'subject'>, from: Moment | null, to: Moment | null, now: Date): Clock[] {
  if (from === null) return []
  const end = to ?? { at: now, precision: 'minute' as const }
  const apart = end.at.getTime() - from.at.getTime()
  const atLeast = apart - (from.precision === 'day' ? DAY : 0)
  const atMost = apart + (end.precision === 'day' ? DAY : 0)
  return [{ ...of, from: from.at, to: to?.at ?? null, atLeast: Math.max(0, atLeast), atMost: Math.max(0, atMost), outOfOrder: atMost < 0 }]
}

const unique = (all: readonly string[]): string[] => [...new Set(all)]

/** `1 day 16 h 7 min`; a span that is not known to the minute as `12 to 13 days`. */
export function spell({ atLeast, atMost }: Pick<Clock, 'atLeast' | 'atMost'>): string {
  if (atLeast === atMost) return span(atLeast)
  const [low, high] = [Math.floor(atLeast / DAY), Math.ceil(atMost / DAY)]
  return low === 0 ? `at most ${high === 1 ? 'a day' : `${high} days`}` : `${low} to ${high} days`
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const parts = [days === 0 ? '' : days === 1 ? '1 day' : `${days} days`, hours === 0 ? '' : `${hours} h`, rest === 0 ? '' : `${rest} min`].filter((part) => part !== '')
  return parts.join(' ') || 'less than a minute'
}
