import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgetOld } from './retention.ts'
import { DAY, World } from './testing.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})
afterEach(() => world.close())

const alarm = (id: string, closed: number | null, more: object = {}) => ({
  id, subject: id, kind: 'imitation', severity: 'low', title: id, facts: '{}', size: 1, campaign: null, opened_at: 0, changed_at: closed ?? 0, closed_at: closed, ...more,
})
const suspicion = (name: string, at: number, more: object = {}) => ({ ecosystem: 'npm', name, kind: 'imitation', version: null, says: name, holds: 0, alarm: null, at, ...more })
const campaign = (id: string, changed: number) => ({ id, into_id: null, founded_at: 0, changed_at: changed, declared_at: 0, announced: 1, size: 1, malicious: 0, ill: 0, copied: 0, flood: null, habits: '{}', reasons: '[]' })

it('forgets what was closed a year ago and holds nothing, and nothing else', async () => {
  const { database, now } = world
  const [old, young] = [now - 400 * DAY, now - 300 * DAY]
  await database.query.insertInto('campaigns').values([campaign('alive', young), campaign('dead', old)]).execute()
  await database.query.insertInto('alarms').values([
    alarm('old', old), alarm('young', young), alarm('open', null), alarm('holding', old), alarm('told', old), alarm('reviewed', old),
    alarm('of a campaign', old, { campaign: 'alive' }), alarm('of a dead one', old, { campaign: 'dead' }),
  ]).execute()
  await database.query.insertInto('suspicions').values([
    suspicion('old', old), suspicion('told', old, { alarm: 'told' }), suspicion('young', young), suspicion('holding', old, { holds: 1, alarm: 'holding' }), suspicion('open', old, { alarm: 'open' }),
  ]).execute()
  await database.query.insertInto('reviews').values({
    id: 'r', ecosystem: 'npm', name: 'x', matter: 'removed', kind: 'removed', state: 'open', severity: 'high', versions: null, says: '', evidence: '{}', alarm: 'reviewed',
    noticed_at: old, opened_at: old, changed_at: old, back_at: null, closed_at: null, outcome: null, because: null, by: null,
  }).execute()
  expect(await forgetOld(database, new Date(now))).toEqual({ alarms: 3, suspicions: 2 })
  const left = await Promise.all([
    database.query.selectFrom('alarms').select('id').orderBy('id').execute(), database.query.selectFrom('suspicions').select('name').orderBy('name').execute(),
  ])
  expect(left).toEqual([['holding', 'of a campaign', 'open', 'reviewed', 'young'].map((id) => ({ id })), ['holding', 'open', 'young'].map((name) => ({ name }))])
  expect(await forgetOld(database, new Date(now))).toEqual({ alarms: 0, suspicions: 0 })
})

it('goes through many in steps', async () => {
  const { database, now } = world
  const many = Array.from({ length: 2_500 }, (_, at) => at)
  for (let from = 0; from < many.length; from += 500) await database.query.insertInto('alarms').values(many.slice(from, from + 500).map((at) => alarm(`a${at}`, 1))).execute()
  expect(await forgetOld(database, new Date(now))).toEqual({ alarms: 2_500, suspicions: 0 })
})
