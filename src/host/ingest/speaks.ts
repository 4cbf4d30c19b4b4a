import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Database } from '../../ports/database.ts'

/** A token that was made for it may bring what many machines tell: a collector of Falco's or osquery's. */
export const ANY_HOST = '*'

/**
 * Whether a token may speak for a machine: it was made for it, or it has never spoken for another one and nobody else speaks for
 * this one, and is tied to it from now on. Throws `forbidden`; that it was tried is kept with the machine it is tied to.
 */
export async function speaksFor(database: Database, { token, host, now }: { token: string; host: string; now: Date }): Promise<void> {
  const at = now.getTime()
  const problem = await database.transaction(async (tx) => {
    const tied = await tx.selectFrom('host_tokens').select('host').where('token', '=', token).executeTakeFirst()
    if (tied?.host === ANY_HOST || tied?.host === host) return null
    if (tied) {
      const says = `a batch that claims to be of ${host} came with the token of this machine`
      const row = await tx.selectFrom('hosts').select(['id', 'problems']).where('name', '=', tied.host).executeTakeFirst()
      if (row) await tx.updateTable('hosts').set((is) => ({ refused: is('refused', '+', 1), problems: JSON.stringify([...JSON.parse(row.problems) as unknown[], { at, says }].slice(-20)) })).where('id', '=', row.id).execute()
      return { message: `this token speaks for ${oneLine(tied.host, 80)}, not for ${oneLine(host, 80)}`, hint: 'each machine has a token of its own: sluice token create NAME --scope host --host HOST' }
    }
    // A revoked token is believed a moment longer: no machine that was just forgotten comes back by it.
    const revoked = await tx.selectFrom('tokens').select('id').where('id', '=', token).where('revoked_at', 'is not', null).executeTakeFirst()
    if (revoked) return { message: 'this token is revoked', hint: 'make another one: sluice token create NAME --scope host --host HOST' }
    const other = await tx.selectFrom('host_tokens').select('token').where('host', '=', host).limit(1).executeTakeFirst()
    if (other) return { message: `another token speaks for ${oneLine(host, 80)}`, hint: `make one for it: sluice token create NAME --scope host --host ${host}` }
    await tx.insertInto('host_tokens').values({ token, host, at }).execute()
    return null
  })
  if (problem) throw new SluiceError('forbidden', problem.message, { hint: problem.hint })
}
