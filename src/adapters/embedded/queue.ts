import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import type { Job, Queue } from '../../ports/queue.ts'

/**
 * The jobs table as a queue. A job whose lease ran out is taken again; one that was tried `attempts` times stays listed as
 * dead until the same key is added again.
 */
export function openQueue(database: Database, clock: Clock, { attempts = 5 } = {}): Queue {
  const { query } = database
  return {
    async add({ topic, key, payload, after }, tx = query) {
      const row = {
        id: randomUUID(), topic, key, payload: JSON.stringify(payload), state: 'waiting', attempt: 0,
        due_at: (after ?? clock.now()).getTime(), lease_until: null, reason: null,
      }
      await tx.insertInto('jobs').values(row)
        .onConflict((conflict) => conflict.columns(['topic', 'key']).doUpdateSet(row).where('jobs.state', '=', 'dead'))
        .execute()
    },

    async take(topic, lease) {
      const now = clock.now().getTime()
      // Looked up by the reader first, so that polling an idle queue costs no write.
      for (;;) {
        const due = await query.selectFrom('jobs').selectAll().where('topic', '=', topic)
          .where((is) => is.or([
            is.and([is('state', '=', 'waiting'), is('due_at', '<=', now)]),
            is.and([is('state', '=', 'running'), is('lease_until', '<=', now)]),
          ]))
          .orderBy('due_at').orderBy('id').limit(1).executeTakeFirst()
        if (!due) return null
        const dead = due.attempt >= attempts
        const taken = await query.updateTable('jobs')
          .set(dead
            ? { state: 'dead', lease_until: null, reason: due.reason ?? 'its lease ran out each time' }
            : { state: 'running', lease_until: now + lease, attempt: due.attempt + 1 })
          // Only if nobody else was faster.
          .where('id', '=', due.id).where('state', '=', due.state).where('attempt', '=', due.attempt)
          .returningAll().executeTakeFirst()
        if (taken && !dead) return asJob(taken)
      }
    },

    async done(id) {
      await query.deleteFrom('jobs').where('id', '=', id).where('state', '=', 'running').execute()
    },

    async fail(id, reason, retryAt) {
      await query.updateTable('jobs')
        .set({
          state: sql<string>`case when attempt >= ${attempts} then 'dead' else 'waiting' end`,
          due_at: retryAt.getTime(), lease_until: null, reason: reason.slice(0, 1000),
        })
        .where('id', '=', id).where('state', '=', 'running').execute()
    },

    async counts(topic) {
      const rows = await query.selectFrom('jobs').select(['state', (is) => is.fn.countAll().as('count')])
        .where('topic', '=', topic).groupBy('state').execute()
      const count = (state: string): number => Number(rows.find((row) => row.state === state)?.count ?? 0)
      return { waiting: count('waiting'), running: count('running'), dead: count('dead') }
    },
  }
}

function asJob({ id, topic, key, payload, attempt }: Selectable<Tables['jobs']>): Job {
  return { id, topic, key, payload: JSON.parse(payload) as unknown, attempt }
}
