import { sql } from 'kysely'
import type { Context } from '../admission/context.ts'
import { SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Rows } from '../ports/rows.ts'
import { assess } from './assess.ts'
import { basisOf } from './folder.ts'
import { knownOf } from './known.ts'
import { machinesOf } from './machines.ts'
import type { Asked, Assessed, Basis, Knowledge } from './types.ts'

/** Packages in one request: their lines and answers fit into the API's limit on bodies. */
const MOST_ASKED = 5_000

/** Packages of a project held against everything the gate knows. Reads only; asks no registry. */
export class Screening {
  readonly #context: Context
  readonly #knowledge: Knowledge

  constructor(context: Context) {
    this.#context = context
    this.#knowledge = knowledgeOf(context)
  }

  async basis(): Promise<Basis> {
    const policy = this.#context.policy()
    return { ...await this.#knowledge.basis(), policy: { id: policy.id, mode: policy.mode } }
  }

  /** Only those that something is against. Names may be written as people write them. Throws `usage` for too many. */
  async check(asked: readonly Asked[]): Promise<{ basis: Basis; upstreams: string[]; packages: Assessed[] }> {
    if (asked.length > MOST_ASKED) throw new SluiceError('usage', `at most ${MOST_ASKED} packages in one request`, { hint: 'ask in parts' })
    const { policy, clock, sources } = this.#context
    const canonical = asked.map((one) => ({ ...one, name: ecosystems[one.ecosystem].canonicalName(one.name) }))
    const packages = await assess(this.#knowledge, canonical, { policy: policy(), now: clock.now() })
    return { basis: await this.basis(), upstreams: Object.values(sources.public).flatMap(({ url }) => (url === null ? [] : URL.parse(url)?.host ?? [])), packages }
  }
}

function knowledgeOf(context: Context): Knowledge {
  const rows = rowsOf(context)
  return {
    basis: () => basisOf(rows),
    of: (packages) => knownOf(rows, packages),
    machines: (packages) => machinesOf(rows, packages),
    releases: (ecosystem, name) => releasesOf(context, ecosystem, name),
  }
}

/** Plain SQL through the gate's own database, whichever it is. */
function rowsOf({ database }: Pick<Context, 'database'>): Rows {
  return {
    async all<Row>(text: string, parameters: readonly (string | number)[]): Promise<Row[]> {
      const parts = text.split('?')
      const query = sql<Row>(Object.assign(parts, { raw: parts }) as unknown as TemplateStringsArray, ...parameters)
      return (await query.execute(database.query)).rows
    },
  }
}

/** Index documents are strangers' text: a worker reads them. null where there is none, or it cannot be read: it is a hint only. */
async function releasesOf({ database, blobs, pool, policy, clock, limits }: Context, ecosystem: EcosystemId, name: string): Promise<Release[] | null> {
  const row = await database.query.selectFrom('documents').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('source', '=', 'public').where('status', '=', 200).executeTakeFirst()
  if (!row) return null
  try {
    const { releases } = await pool.run({
      kind: 'index', ecosystem, name, variant: null, encoding: 'identity', base: '', documentBase: row.base, contentType: row.content_type,
      raw: blobs.path(row.raw as Digest) ?? (await blobs.bytes(row.raw as Digest, limits.indexSize)), policy: policy(), now: clock.now(),
      standing: { orders: [], advisories: [], judged: new Map(), dated: new Map(), suspicions: [], reviews: [], near: null },
    })
    const date = (at: unknown): Date | null => (typeof at === 'string' ? new Date(at) : null)
    return Buffer.from(releases).toString('utf8').split('\n').filter(Boolean).map((line) => {
      const [, release] = JSON.parse(line) as [string, Release]
      return { ...release, publishedAt: date(release.publishedAt), publishedBefore: date(release.publishedBefore) }
    })
  } catch {
    return null
  }
}
