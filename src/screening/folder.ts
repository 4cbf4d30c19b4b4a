import { zstdDecompressSync } from 'node:zlib'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Gate } from '../host/lockfiles/diagnose.ts'
import type { ReadFolder, Rows } from '../ports/rows.ts'
import { assess } from './assess.ts'
import { knownOf } from './known.ts'
import { machinesOf } from './machines.ts'
import type { Screener } from './screen.ts'
import type { Against, Asked, Knowledge } from './types.ts'

/** Index documents beyond this are not read for the sake of a hint. */
const LARGEST = 64 * 1024 * 1024

/** What a data folder knows, without a gate. */
function folderKnowledge(folder: ReadFolder): Knowledge {
  return {
    basis: () => basisOf(folder),
    of: (packages) => knownOf(folder, packages),
    machines: (packages) => machinesOf(folder, packages),
    async releases(ecosystem, name) {
      const [row] = await folder.all<{ raw: string; content_type: string; base: string }>(
        "select raw, content_type, base from documents where ecosystem = ? and name = ? and source = 'public' and status = 200", [ecosystem, name])
      const packed = row ? await folder.blob(row.raw) : null
      return row && packed ? readReleases({ ecosystem, name, packed, contentType: row.content_type, base: row.base }) : null
    },
  }
}

/** null where it cannot be read: it is asked for a hint only. */
function readReleases({ ecosystem, name, packed, contentType, base }: {
  ecosystem: Asked['ecosystem']; name: string; packed: Uint8Array; contentType: string; base: string
}): readonly Release[] | null {
  try {
    return ecosystems[ecosystem].readIndex({ name, body: zstdDecompressSync(packed, { maxOutputLength: LARGEST }), contentType, base }).releases
  } catch {
    return null
  }
}

/**
 * How many advisories there are, and how new they are: when a feed was last read to its end, of several the one that waits longest,
 * because what it would say is missing; without feeds the date of the advisory that came in last.
 */
export async function basisOf(rows: Rows): ReturnType<Knowledge['basis']> {
  const [[counted], valid, [newest], feeds] = await Promise.all([
    rows.all<{ count: number | string }>('select count(*) as count from advisories', []),
    // One of each: to count them apart takes as long as the rest of a check.
    rows.all<{ ecosystem: EcosystemId }>(Object.keys(ecosystems).map((one) => `select '${one}' as ecosystem where exists (select 1 from advisories where ecosystem = '${one}' and withdrawn is null)`).join(' union all '), []),
    rows.all<{ modified: number | string }>('select modified from advisories order by seq desc limit 1', []),
    rows.all<{ state: string }>('select state from intel_feeds limit 1000', []),
  ])
  const read = feeds.map(({ state }) => readAt(state)).filter((at) => at > 0)
  const at = read.length > 0 ? Math.min(...read) : Number(newest?.modified ?? 0)
  return { advisories: valid.length > 0 ? Number(counted?.count ?? 0) : 0, ecosystems: valid.map(({ ecosystem }) => ecosystem), updatedAt: at > 0 ? new Date(at) : null }
}

function readAt(state: string): number {
  try {
    return Date.parse((JSON.parse(state) as { okAt?: string }).okAt ?? '')
  } catch {
    return Number.NaN
  }
}

export function folderScreener({ folder, where, policy, now, gate, listed }: {
  folder: ReadFolder; where: string; policy: Policy; now: Date; gate: (upstreams: ReadonlySet<string>) => Gate | null; listed: (asked: Asked) => Against[]
}): Screener {
  const knowledge = folderKnowledge(folder)
  return {
    where,
    basis: async () => ({ ...await knowledge.basis(), policy: { id: policy.id, mode: policy.mode } }),
    assess: (asked, progress) => assess(knowledge, asked, { policy, now, listed, progress }),
    gate: async () => gate(await upstreamHosts(folder)),
  }
}

/** Where the index documents in the folder came from: the public registries' own hosts. */
async function upstreamHosts(rows: Rows): Promise<ReadonlySet<string>> {
  const found = await rows.all<{ base: string }>("select base from documents where source = 'public' limit 50", [])
  return new Set(found.flatMap(({ base }) => URL.parse(base)?.host ?? []))
}
