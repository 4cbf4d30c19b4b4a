import { describe, expect, it } from 'vitest'
import { after, dueOf, possible } from './state.ts'
import type { TicketState, TicketStep } from './state.ts'

const walk = (...steps: TicketStep[]): (TicketState | null)[] => {
  let state: TicketState | null = 'draft'
  return steps.map((step) => (state = state && after(state, step)))
}

describe('a ticket', () => {
  it.each<[string, TicketStep[], (TicketState | null)[]]>([
    ['goes its way', ['approve', 'send', 'acknowledge', 'reply', 'mitigate', 'verify', 'close'], ['approved', 'sent', 'acknowledged', 'replied', 'mitigated', 'verified', 'closed']],
    ['is never sent unapproved', ['send'], [null]],
    ['loses its approval with its text', ['approve', 'rewrite', 'send'], ['approved', 'draft', null]],
    ['is not sent twice by one approval', ['approve', 'send', 'send'], ['approved', 'sent', null]],
    ['knows who only passed it on', ['approve', 'send', 'forward', 'rewrite', 'approve', 'send'], ['approved', 'sent', 'forwarded', 'draft', 'approved', 'sent']],
    ['comes back after a relapse', ['approve', 'send', 'mitigate', 'verify', 'close', 'relapse', 'rewrite'], ['approved', 'sent', 'mitigated', 'verified', 'closed', 'relapsed', 'draft']],
    ['ends when it is over before anybody wrote', ['verify', 'close'], ['verified', 'closed']],
  ])('%s', (_, steps, states) => {
    expect(walk(...steps)).toEqual(states)
  })

  it('always has a way on', () => {
    for (const state of ['draft', 'approved', 'sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated', 'verified', 'relapsed', 'closed'] as const) expect(possible(state), state).not.toEqual([])
  })
})

describe('what is due', () => {
  const now = new Date('2024-03-20T00:00Z')
  const sent = (days: number, more: Partial<Parameters<typeof dueOf>[0]> = {}) =>
    dueOf({ state: 'sent', since: new Date(now.getTime() - days * 86_400_000), reminded: 0, patience: { remind: 2, escalate: 7 }, ...more }, now)

  it.each([
    ['yesterday', sent(1), 'them', 'remind', '2024-03-21'], ['three days ago', sent(3), 'us', 'remind', '2024-03-19'],
    ['eight days ago', sent(8), 'us', 'escalate', '2024-03-19'], ['reminded before', sent(3, { reminded: 1 }), 'them', 'escalate', '2024-03-24'],
    ['an automatic answer', sent(3, { state: 'acknowledged' }), 'us', 'remind', '2024-03-19'], ['an answer nothing followed', sent(3, { state: 'replied' }), 'us', 'remind', '2024-03-19'],
    ['passed on', sent(1, { state: 'forwarded' }), 'us', 'escalate', '2024-03-20'], ['refused', sent(1, { state: 'refused' }), 'us', 'escalate', '2024-03-20'],
    ['said to be done', sent(1, { state: 'mitigated' }), 'us', 'verify', '2024-03-20'],
  ] as const)('%s', (_, due, turn, todo, at) => {
    expect([due.turn, due.todo, due.at?.toISOString().slice(0, 10)]).toEqual([turn, todo, at])
  })

  it('is nothing once it is over', () => {
    expect(sent(30, { state: 'verified' })).toEqual({ turn: null, todo: null, at: null })
    expect(sent(30, { state: 'closed' }).todo).toBeNull()
  })
})
