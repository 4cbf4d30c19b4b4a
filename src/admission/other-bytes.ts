import { diffOf } from '../core/change.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { ArtifactRef, Difference, Digest, Level, Pledge, Profile } from '../core/types.ts'
import { says, weigh } from '../core/weigh.ts'
import { rules } from '../detectors/index.ts'
import { rulesInForce } from '../yara/rules.ts'
import { artifactOf, broken } from './acquire.ts'
import type { Context } from './context.ts'
import { isKept } from './kept.ts'

/** What upstream sends under a name now. */
export interface OtherBytes {
  /** What is wrong with them, against the promise or against what was first seen; null: nothing, they are what they should be. */
  wrong: string | null
  /** null: they are what was first seen, or they are not kept. */
  digest: Digest | null
  size: number
  level: Level | null
  /** One line: the worst finding. */
  says: string
  /** Against what was first seen; null where either is not known. */
  difference: Difference | null
}

export interface Asked {
  ref: ArtifactRef
  url: string
  /** What the index promises now; `h1` what the transparency log says. */
  pledge: Pledge
  /** URL of the document that named `url`; null: configuration alone does. */
  referrer: string | null
}

class Same extends Error {}

/**
 * Fetches a file although it is known, for comparison. What was first seen stays what is served: other bytes go into the evidence store,
 * which nothing is served from, are examined there, and no artifact names them. Throws `upstream-*`, `not-found`.
 */
export async function fetchOther(context: Context, { ref, url, pledge, referrer }: Asked): Promise<OtherBytes> {
  const { upstream, evidence, limits } = context
  const known = await artifactOf(context, ref)
  const answer = await upstream.fetch(url, { limit: limits.artifactSize, headers: { 'accept-encoding': 'identity', 'cache-control': 'no-cache' }, ...(referrer === null ? {} : { referrer }) })
  if (answer.status !== 200) {
    answer.body.on('error', () => undefined).destroy()
    throw new SluiceError(answer.status === 404 || answer.status === 410 ? 'not-found' : 'upstream-status', `upstream answered ${answer.status} for ${ref.file}`)
  }
  if (/^text\/html/i.test(answer.headers['content-type'] ?? '')) {
    answer.body.on('error', () => undefined).destroy()
    throw new SluiceError('upstream-wrong-type', `upstream sent a web page instead of ${ref.file}`)
  }
  let wrong: string | null = null
  let length = 0
  const { h1, ...promised } = pledge
  try {
    const { digest, size } = await evidence.put(answer.body, {
      limit: limits.artifactSize, algorithms: ['sha512', 'sha384', 'sha256', 'sha1', 'md5'],
      check(found, bytes) {
        length = bytes
        wrong = broken(promised, found, bytes)
        const same = known !== null && known.digest === `sha256:${found['sha256']}`
        if (same) throw new Same()
        if (known && wrong === null) wrong = `other bytes than were first seen on ${known.firstSeenAt.toISOString()}`
        // What was never had and is what it should be is no evidence of anything.
        if (wrong === null && h1 === undefined) throw new Same()
      },
    })
    return await examined(context, { ref, digest, size, upstream: answer.url, h1: h1 ?? null, wrong })
  } catch (thrown) {
    if (thrown instanceof Same) return { wrong, digest: null, size: length, level: null, says: '', difference: null }
    throw thrown
  }
}

async function examined(
  context: Context, { ref, digest, size, upstream, h1, wrong }: { ref: ArtifactRef; digest: Digest; size: number; upstream: string; h1: string | null; wrong: string | null },
): Promise<OtherBytes> {
  const { pool, evidence, limits, clock } = context
  const userRules = context.userRules()
  const run = async (pledge: Pledge) => pool.run({
    kind: 'examine', ref, digest, size, pledge, publishedAt: null, firstSeenAt: clock.now(), upstream,
    source: evidence.path(digest) ?? (await evidence.bytes(digest, limits.artifactSize)),
    outside: { registryManifest: null, advisories: [], ownHosts: [new URL(upstream).hostname] }, ...(userRules ? { userRules } : {}),
  }, { priority: 'ahead' })
  const broke = h1 === null ? null : await run({ h1 }).then(() => null, (thrown: unknown) => {
    if (isCode(thrown, 'digest-mismatch', 'archive-invalid')) return sentence(thrown)
    throw thrown
  })
  // A module is its content: a proxy that packs the same files anew serves the same module.
  if (h1 !== null && broke === null) {
    if (!(await isKept(context, digest))) await evidence.delete(digest)
    return { wrong: null, digest: null, size, level: null, says: '', difference: null }
  }
  try {
    const found = await run({})
    const verdict = weigh(digest, found.runs, found.missing, rulesInForce(rules, userRules), found.learned)
    const before = await profileOf(context, ref)
    return { wrong: broke ?? wrong, digest, size, level: verdict.level, says: says(verdict), difference: before && diffOf('what was first seen', before, found.profile) }
  } catch (thrown) {
    if (isCode(thrown, 'worker-closed', 'worker-busy')) throw thrown
    return { wrong: broke ?? wrong, digest, size, level: 'undetermined', says: sentence(thrown), difference: null }
  }
}

async function profileOf({ database }: Context, { ecosystem, name, file }: ArtifactRef): Promise<Profile | null> {
  const row = await database.query.selectFrom('verdicts').select('profile').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  return row?.profile ? JSON.parse(row.profile) as Profile : null
}
