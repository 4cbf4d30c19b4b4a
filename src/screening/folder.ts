import { zstdDecompressSync } from 'node:zlib'
import type { Policy } from '../core/policy.ts'
import type { Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Gate } from '../host/lockfiles/diagnose.ts'
import type { ReadFolder, Rows } from '../ports/rows.ts'
import { assess } from './assess.ts'
import { knownOf } from './known.ts'
import type { Screener } from './screen.ts'
import type { Against, Asked, Knowledge } from './types.ts'

/** Index documents beyond this are not read for the sake of a hint. */
const LARGEST = 64 * 1024 * 1024

/** What a data folder knows, without a gate. */
export function folderKnowledge(folder: ReadFolder): Knowledge {
  return {
    basis: () => basisOf(folder),
    of: (packages) => knownOf(folder, packages),
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

/** How many advisories there are, and when some last came in. */
export async function basisOf(rows: Rows): ReturnType<Knowledge['basis']> {
  const [[counted], [told]] = await Promise.all([
    rows.all<{ count: number | string }>('select count(*) as count from advisories', []),
    rows.all<{ value: string }>("select value from settings where key = 'advisories.updated'", []),
  ])
  const at = Number(told?.value ?? Number.NaN)
  return { advisories: Number(counted?.count ?? 0), updatedAt: Number.isFinite(at) ? new Date(at) : null }
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
