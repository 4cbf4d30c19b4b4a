import type { Database } from '../../src/ports/database.ts'

/** What strangers like to put into names and addresses. */
const EVIL = '\u001b[2J\u202e=cmd|x'
const AT = Date.UTC(2026, 0, 2)

/** What a watch may have found: a campaign of five, two alarms, uploads. For tests of what shows it. */
export async function seedWatch({ query }: Database): Promise<void> {
  await query.insertInto('campaigns').values({
    id: 'c1', into_id: null, founded_at: AT, changed_at: AT, declared_at: AT, announced: 5, size: 5, malicious: 2, ill: 5, copied: 0, flood: null,
    habits: JSON.stringify({ targets: [['requests', 5]] }), reasons: JSON.stringify([{ kind: 'imitates', says: '5 of 5 imitate protected names: requests' }]),
  }).execute()
  await query.insertInto('campaign_members').values(['reqests', 'requets', 'equests', 'requestss', 'rrequests'].map((name, at) => ({
    ecosystem: 'pypi', name, campaign: 'c1', account: at === 0 ? `=mallory${EVIL}` : 'mallory', emails: JSON.stringify(['mallory@mail.example']), versions: JSON.stringify(['1.0', '=1+1']),
    marks: JSON.stringify(['indicator:host:c2.example', 'email:mallory@mail.example']), ties: JSON.stringify([{ kind: 'email', value: 'mallory@mail.example', weight: 1, since: new Date(AT) }]),
    near: 0, sketch: null, malicious: at < 2 ? 1 : null, imitates: 'requests', copied: null, first_at: AT + at, last_at: AT + at,
  }))).execute()
  await query.insertInto('uploads').values(['reqests', 'requets'].map((name) => ({ ecosystem: 'pypi', actor: 'mallory', name, malicious: 1, first_at: AT, last_at: AT }))).execute()
  const facts = (name: string): string => JSON.stringify({ told: 1, packages: [{ ecosystem: 'pypi', name, version: '1.0', says: `${name} imitates requests`, signals: [`signal ${EVIL}`], at: new Date(AT).toISOString() }] })
  const alarm = { kind: 'imitation', size: 1, campaign: null, opened_at: AT, closed_at: null }
  await query.insertInto('alarms').values([
    { ...alarm, id: 'a1', subject: 's1', severity: 'high', title: `an imitation ${EVIL}`, facts: facts(`reqests${EVIL}`), changed_at: AT },
    { ...alarm, id: 'a2', subject: 's2', severity: 'medium', title: 'another imitation', facts: facts('requets'), changed_at: AT + 1 },
    { ...alarm, id: 'a0', subject: 's0', severity: 'low', title: 'dealt with', facts: facts('old'), changed_at: AT, closed_at: AT },
  ]).execute()
}
