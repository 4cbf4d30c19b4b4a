/**
 * How a ticket stands: a request to one party to end one thing.
 *
 * `forwarded` is an answer of its own: the party only passed the complaint on to its customer, who is likely the suspect.
 * `mitigated` is what somebody says; only a look of our own makes it `verified`.
 */
export type TicketState =
  | 'draft' | 'approved' | 'sent' | 'acknowledged' | 'replied' | 'forwarded' | 'refused' | 'mitigated' | 'verified' | 'relapsed' | 'closed'

/** What happens to a ticket. */
export type TicketStep =
  /** The text changed: whoever approved the old one approved nothing. */
  | 'rewrite'
  | 'approve' | 'send' | 'acknowledge' | 'reply' | 'forward' | 'refuse' | 'mitigate'
  /** Our own look finds it gone, or there again. */
  | 'verify' | 'relapse'
  | 'close'

const AFTER_SENDING: readonly TicketState[] = ['sent', 'acknowledged', 'replied', 'forwarded', 'refused']

/** Which step leads where. A step that is not here cannot be taken. */
const STEPS: Readonly<Record<TicketStep, { from: readonly TicketState[]; to: TicketState }>> = {
  rewrite: { from: ['draft', 'approved', 'relapsed', ...AFTER_SENDING, 'mitigated'], to: 'draft' },
  approve: { from: ['draft'], to: 'approved' },
  send: { from: ['approved'], to: 'sent' },
  acknowledge: { from: ['sent'], to: 'acknowledged' },
  reply: { from: ['sent', 'acknowledged', 'replied', 'forwarded', 'refused'], to: 'replied' },
  forward: { from: ['sent', 'acknowledged', 'replied'], to: 'forwarded' },
  refuse: { from: ['sent', 'acknowledged', 'replied', 'forwarded'], to: 'refused' },
  mitigate: { from: [...AFTER_SENDING, 'relapsed'], to: 'mitigated' },
  // What was complained about may end before anybody answers, or before the letter is sent.
  verify: { from: ['draft', 'approved', ...AFTER_SENDING, 'mitigated', 'relapsed'], to: 'verified' },
  relapse: { from: ['mitigated', 'verified', 'closed'], to: 'relapsed' },
  close: { from: ['draft', 'approved', ...AFTER_SENDING, 'mitigated', 'verified', 'relapsed'], to: 'closed' },
}

/** The state a step leads to; null: it cannot be taken from here. */
export function after(state: TicketState, step: TicketStep): TicketState | null {
  const { from, to } = STEPS[step]
  return from.includes(state) ? to : null
}

/** The steps that can be taken, for people who ask what to do. */
export const possible = (state: TicketState): TicketStep[] =>
  (Object.keys(STEPS) as TicketStep[]).filter((step) => STEPS[step].from.includes(state))

/** Days without what is waited for until a reminder is due, and until it is taken to somebody else. */
export interface Patience {
  remind: number
  escalate: number
}

const DAY = 86_400_000

/** Whose turn it is: `them`, until the ticket is overdue; `us`, once something can be done; null: nobody's. */
export interface Due {
  turn: 'us' | 'them' | null
  /** What is to be done then; null: nothing but wait. */
  todo: 'write' | 'approve' | 'send' | 'remind' | 'escalate' | 'verify' | 'rewrite' | null
  at: Date | null
}

/**
 * What is due on a ticket. An automatic acknowledgement stops no clock; neither does an answer that nothing follows. `since` is when the
 * ticket was last sent, `reminded` how often a reminder went out after that. Pure.
 */
export function dueOf({ state, isWritten = true, since, reminded, patience }: { state: TicketState; isWritten?: boolean; since: Date | null; reminded: number; patience: Patience }, now: Date): Due {
  switch (state) {
    case 'draft': return { turn: 'us', todo: isWritten ? 'approve' : 'write', at: now }
    case 'approved': return { turn: 'us', todo: 'send', at: now }
    case 'mitigated': return { turn: 'us', todo: 'verify', at: now }
    case 'relapsed': return { turn: 'us', todo: 'rewrite', at: now }
    case 'verified': case 'closed': return { turn: null, todo: null, at: null }
    default: {
      if (since === null) return { turn: 'us', todo: 'send', at: now }
      const remindAt = new Date(since.getTime() + patience.remind * DAY)
      const escalateAt = new Date(since.getTime() + patience.escalate * DAY)
      // Who refused, or only passed it on, will not act on a reminder.
      const todo = now >= escalateAt || reminded > 0 || state === 'refused' || state === 'forwarded' ? 'escalate' as const : 'remind' as const
      const at = todo === 'remind' ? remindAt : state === 'refused' || state === 'forwarded' ? new Date(Math.min(escalateAt.getTime(), now.getTime())) : escalateAt
      return { turn: now >= at ? 'us' : 'them', todo, at }
    }
  }
}
