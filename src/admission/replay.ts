import { decide } from '../core/decide.ts'
import type { Ruling, Standing } from '../core/decide.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Context } from './context.ts'
import { standingOf } from './standing.ts'

/** One file whose fate another policy would have changed, with how often it was asked for. */
interface Change {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  requests: number
  lastAt: Date
  was: Pick<Ruling, 'action' | 'reason' | 'because'>
  would: Pick<Ruling, 'action' | 'reason' | 'because'>
}

export interface Replay {
  requests: number
  files: number
  /** Files that could not be replayed, because nothing is known of their age any more. */
  unknown: number
  changes: Change[]
}

/**
 * Replays the ledger's traffic against two policies and tells what differs. Every request is decided at its own time with
 * what is known now: verdicts and advisories of today, so that the answer is about the policy alone.
 */
export async function replay(
  context: Pick<Context, 'database'>, policies: { current: Policy; changed: Policy }, since: Date,
): Promise<Replay> {
  const { query } = context.database
  const asked = await query.selectFrom('ledger')
    .select(['ecosystem', 'name', 'version', 'file'])
    .select(({ fn }) => [fn.countAll<number>().as('requests'), fn.max('at').as('last_at')])
    .where('kind', 'in', ['served', 'denied']).where('at', '>=', since.getTime())
    .where('file', 'is not', null).where('version', 'is not', null)
    .groupBy(['ecosystem', 'name', 'version', 'file']).orderBy('ecosystem').orderBy('name').execute()

  const result: Replay = { requests: 0, files: asked.length, unknown: 0, changes: [] }
  let package_: { key: string; standing: Standing } | null = null
  for (const row of asked) {
    const ecosystem = row.ecosystem as EcosystemId
    const name = row.name as string
    const file = row.file as string
    const version = row.version as string
    const lastAt = new Date(Number(row.last_at))
    result.requests += Number(row.requests)
    if (package_?.key !== `${ecosystem}/${name}`) {
      package_ = { key: `${ecosystem}/${name}`, standing: await standingOf(context.database, ecosystem, name) }
    }
    const artifact = await query.selectFrom('artifacts').select(['published_at', 'first_seen_at'])
      .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
    if (!artifact) result.unknown++
    const subject = {
      ecosystem, name, version, file,
      publishedAt: artifact?.published_at == null ? null : new Date(artifact.published_at),
      publishedBefore: artifact ? new Date(artifact.first_seen_at) : null,
    }
    const { compareVersions } = ecosystems[ecosystem]
    const was = decide(subject, package_.standing, policies.current, lastAt, compareVersions)
    const would = decide(subject, package_.standing, policies.changed, lastAt, compareVersions)
    if (was.action === would.action && was.reason === would.reason) continue
    result.changes.push({ ecosystem, name, version, file, requests: Number(row.requests), lastAt, was: brief(was), would: brief(would) })
  }
  return result
}

const brief = ({ action, reason, because }: Ruling) => ({ action, reason, because })
