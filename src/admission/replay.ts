import { decide } from '../core/decide.ts'
import type { Ruling } from '../core/decide.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { asked } from './asked.ts'
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
  /** Files of which nobody knows how old they are. */
  unknown: number
  changes: Change[]
}

/**
 * Replays the ledger's traffic against two policies and tells what differs. Every request is decided at its own time with
 * what is known now: verdicts and advisories of today, so that the answer is about the policy alone.
 */
export async function replay(
  { database, near }: Pick<Context, 'database' | 'near'>, policies: { current: Policy; changed: Policy }, since: Date,
): Promise<Replay> {
  const result: Replay = { requests: 0, files: 0, unknown: 0, changes: [] }
  for await (const { ecosystem, name, files } of asked(database.query, since)) {
    const { archiveFormat, companionsFollow, compareVersions } = ecosystems[ecosystem]
    const standing = await standingOf({ database, near }, ecosystem, name)
    for (const { version, file, requests, lastAt, published } of files) {
      // Served whatever is decided.
      if (!companionsFollow && archiveFormat(file) === 'none') continue
      result.files++
      result.requests += requests
      if (!published && !standing.dated.has(version)) result.unknown++
      // Metadata is decided like the file it is named after.
      const judged = [...standing.judged.keys()].find((one) => file.startsWith(`${one}.`)) ?? file
      const subject = {
        ecosystem, name, version, file: judged, publishedAt: published?.at ?? null, publishedBefore: published?.before ?? null,
      }
      const was = decide(subject, standing, policies.current, lastAt, compareVersions)
      const would = decide(subject, standing, policies.changed, lastAt, compareVersions)
      if (was.action === would.action && was.reason === would.reason) continue
      result.changes.push({ ecosystem, name, version, file, requests, lastAt, was: brief(was), would: brief(would) })
    }
  }
  return result
}

const brief = ({ action, reason, because }: Ruling) => ({ action, reason, because })
