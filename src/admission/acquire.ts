import { SluiceError } from '../core/errors.ts'
import type { Artifact, ArtifactRef, Digest, Pledge, Release } from '../core/types.ts'
import type { Context } from './context.ts'

export interface Wanted {
  ref: ArtifactRef
  release: Release
  /** The index document that named the URL: it decides how far that URL is trusted. null: configuration alone does. */
  referrer: string | null
}

/**
 * Brings an artifact's bytes into the store: streamed, hashed on the way, checked against what the index promised before
 * anything becomes visible. An artifact that is already here is not fetched again.
 *
 * Throws SluiceError: `digest-mismatch`, `upstream-*`, `not-found`.
 */
export async function acquire(context: Context, { ref, release, referrer }: Wanted): Promise<Artifact> {
  const { database, blobs, upstream, clock, limits, sources } = context
  const source = sources.of(ref.ecosystem, ref.name)
  if (source.url === null) throw new SluiceError('upstream-off', source.why)
  const known = await artifactOf(context, ref)
  if (known?.purged) {
    // It was recalled: never fetched again while that lasts. Whoever judges it anew reads what was kept as evidence.
    if (await context.evidence.has(known.digest)) return known
    throw new SluiceError('not-found', `${ref.file} was recalled, and its bytes are not kept`, { hint: 'sluice release serves it again' })
  }
  if (known && (await blobs.has(known.digest))) return known

  const answer = await upstream.fetch(release.url, {
    limit: limits.artifactSize,
    // Some servers label a .tgz as gzip-encoded; decoding it would break its digest.
    headers: { 'accept-encoding': 'identity' },
    ...(referrer === null ? {} : { referrer }),
  })
  if (answer.status !== 200) {
    answer.body.destroy()
    const code = answer.status === 404 || answer.status === 410 ? 'not-found' : 'upstream-status'
    throw new SluiceError(code, `upstream answered ${answer.status} for ${ref.file}`)
  }
  const type = answer.headers['content-type'] ?? ''
  if (/^text\/html/i.test(type)) {
    answer.body.destroy()
    throw new SluiceError('upstream-wrong-type', `upstream sent a web page instead of ${ref.file}`)
  }
  const { digest, size, hashes } = await blobs.put(answer.body, {
    limit: limits.artifactSize,
    algorithms: algorithmsOf(release.pledge),
    check: (found, length) => {
      const wrong = broken(release.pledge, found, length)
      if (wrong) throw new SluiceError('digest-mismatch', `${ref.file}: ${wrong}`)
      if (known && known.digest !== `sha256:${found.sha256}`) {
        throw new SluiceError('digest-mismatch', `${ref.file}: upstream sends other bytes than it did on ${known.firstSeenAt.toISOString()}`)
      }
    },
  })
  const row = {
    version: ref.version, digest, size, upstream: answer.url, source: source.id, hashes: JSON.stringify(hashes),
    published_at: release.publishedAt?.getTime() ?? null, first_seen_at: known?.firstSeenAt.getTime() ?? clock.now().getTime(),
  }
  await database.query.insertInto('artifacts').values({ ecosystem: ref.ecosystem, name: ref.name, file: ref.file, ...row, purged: 0 })
    .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'file']).doUpdateSet((is) => ({
      // A recall that came meanwhile stands; one of bytes from another source says nothing of these.
      ...row, purged: is.case().when('artifacts.source', '=', source.id).then(is.ref('artifacts.purged')).else(0).end(),
    }))).execute()
  return { ref, digest, size, publishedAt: release.publishedAt, firstSeenAt: new Date(row.first_seen_at), upstream: answer.url }
}

/** What the gate has of a file from the source its name has now, or null. A purged artifact still has its row. */
export async function artifactOf(context: Context, ref: Pick<ArtifactRef, 'ecosystem' | 'name' | 'file'>): Promise<(Artifact & { hashes: Record<string, string>; purged: boolean }) | null> {
  const row = await context.database.query.selectFrom('artifacts').selectAll()
    .where('ecosystem', '=', ref.ecosystem).where('name', '=', ref.name).where('file', '=', ref.file).executeTakeFirst()
  const source = context.sources.of(ref.ecosystem, ref.name)
  if (!row || source.url === null || row.source !== source.id) return null
  return {
    ref: { ecosystem: ref.ecosystem, name: row.name, version: row.version, file: row.file },
    digest: row.digest as Digest, size: row.size, upstream: row.upstream,
    publishedAt: row.published_at === null ? null : new Date(row.published_at), firstSeenAt: new Date(row.first_seen_at),
    hashes: JSON.parse(row.hashes) as Record<string, string>, purged: Number(row.purged) === 1,
  }
}

/** Compares the strongest promise of each kind with what was computed; what is wrong, or null. Hex throughout. */
export function broken(pledge: Pledge, found: Readonly<Record<string, string>>, size: number | null): string | null {
  if (pledge.size !== undefined && size !== null && pledge.size !== size) return `${size} bytes instead of the ${pledge.size} the index promised`
  for (const [algorithm, expected] of Object.entries(promises(pledge))) {
    const actual = found[algorithm]
    if (actual !== undefined && !expected.includes(actual)) return `${algorithm} is ${actual}, the index promised ${expected.join(' or ')}`
  }
  return null
}

const KNOWN = ['sha512', 'sha384', 'sha256', 'sha1', 'md5']

const algorithmsOf = (pledge: Pledge): string[] => Object.keys(promises(pledge))

/** Hex digests by algorithm. An integrity string may list several hashes of one algorithm; any of them will do (W3C SRI). */
function promises(pledge: Pledge): Record<string, string[]> {
  const promised: Record<string, string[]> = {}
  for (const part of pledge.integrity?.split(/\s+/) ?? []) {
    const dash = part.indexOf('-')
    const algorithm = part.slice(0, dash)
    const value = part.slice(dash + 1).split('?')[0] as string
    if (KNOWN.includes(algorithm)) (promised[algorithm] ??= []).push(Buffer.from(value, 'base64').toString('hex'))
  }
  for (const [algorithm, value] of Object.entries(pledge.hashes ?? {})) {
    if (KNOWN.includes(algorithm) && !promised[algorithm]) promised[algorithm] = [value.toLowerCase()]
  }
  return promised
}
