import { affects } from '../core/affects.ts'
import { revived } from '../core/identity.ts'
import { orderInForce } from '../core/orders.ts'
import { repositoryOf, spellRepository } from '../core/repository.ts'
import type { Artifact, Digest, Near, Outside, Predecessor, Profile, RegistryManifest, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { isEstablished } from '../names/identity.ts'
import type { Context } from './context.ts'
import { standingOf } from './standing.ts'

/** Files of one version and packages of one repository that are compared; what is beyond is not known. */
const MOST = 20

/** What is known of a release from outside its archive: what its index says, and what this gate knows of other files. */
export async function outsideOf(context: Context, artifact: Artifact, release: Release): Promise<Outside> {
  const { ref, upstream } = artifact
  const source = context.sources.of(ref.ecosystem, null)
  const registryManifest = manifestOf(release)
  const known = await judgedFiles(context, artifact)
  const previous = await predecessor(context, artifact, known)
  const siblings = await siblingsOf(context, artifact, known)
  const claims = await claimsOn(context, artifact, registryManifest?.repository)
  const near = await nearTo(context, artifact)
  return {
    registryManifest, advisories: [],
    ownHosts: [upstream, source.url].flatMap((url) => (url === null ? [] : [new URL(url).hostname])),
    ...(context.guarded ? { guarded: context.guarded } : {}), ...(previous ? { previous } : {}), ...(siblings.length > 0 ? { siblings } : {}), ...(claims.length > 0 ? { claims } : {}), ...(near ? { near } : {}),
  }
}

/** Whom it is called after, unless it is known to have stood there long enough to have a name of its own. */
async function nearTo({ near, database, clock, sources }: Context, { ref: { ecosystem, name } }: Artifact): Promise<Near | null> {
  const found = sources.of(ecosystem, name).private ? null : await near(ecosystem, name)
  if (!found) return null
  const row = await database.query.selectFrom('identities').select('identity').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
  if (!row?.identity) return found
  return isEstablished(revived(row.identity), clock.now()) ? null : found
}

/** An index that lists documents beside its files lists the statement of origin among them, if there is one. */
function manifestOf({ manifest, companions }: Release): RegistryManifest | null {
  if (manifest) return manifest
  return companions ? { provenance: Object.hasOwn(companions, '.provenance') } : null
}

interface Known { file: string; version: string; level: string; digest: string; published_at: number | null }

/** Other files of the package with a profile, as far as they are from the source that the name has now. */
async function judgedFiles({ database, sources }: Context, { ref }: Artifact): Promise<Known[]> {
  const source = sources.of(ref.ecosystem, ref.name)
  if (source.url === null) return []
  return database.query.selectFrom('verdicts')
    .innerJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'verdicts.ecosystem').onRef('artifacts.name', '=', 'verdicts.name').onRef('artifacts.file', '=', 'verdicts.file'))
    .select(['verdicts.file', 'verdicts.version', 'verdicts.level', 'verdicts.digest', 'artifacts.published_at'])
    .where('verdicts.ecosystem', '=', ref.ecosystem).where('verdicts.name', '=', ref.name).where('verdicts.file', '!=', ref.file)
    .where('verdicts.profile', 'is not', null).where('artifacts.source', '=', source.id).execute()
}

/**
 * The highest lower version that was found clean, or that a person stands for. Nobody's baseline is what was held back, taken back
 * or is known to be malicious: otherwise a second release would make the first one's tricks old news.
 */
async function predecessor(context: Context, { ref }: Artifact, known: readonly Known[]): Promise<Predecessor | null> {
  const { compareVersions } = ecosystems[ref.ecosystem]
  const below = known.filter(({ file, version }) => kindOf(file) === kindOf(ref.file) && compareVersions(version, ref.version) < 0)
  if (below.length === 0) return null
  const { orders, advisories } = await standingOf(context, ref.ecosystem, ref.name)
  const malicious = advisories.filter((one) => one.malicious && !one.withdrawn)
  const lower = below.filter(({ version, level, digest }) => {
    const order = orderInForce(orders, { version, judged: digest as Digest, pledged: null }, context.clock.now(), compareVersions)?.order.action
    return order === 'release' || (order === undefined && level === 'clean' && !malicious.some((one) => affects(one, version, compareVersions)))
  })
  const best = lower.reduce<Known | null>((highest, one) => {
    const order = highest === null ? 1 : compareVersions(one.version, highest.version) || closeness(one, ref) - closeness(highest, ref)
    return order > 0 ? one : highest
  }, null)
  const profile = best && await profileOf(context, ref, best.file)
  return best && profile && { version: best.version, publishedAt: best.published_at === null ? null : new Date(Number(best.published_at)), profile }
}

/** A source archive and a built one do different things at different times. */
const kindOf = (file: string): string => (/\.(?:whl|egg)$/.test(file) ? 'built' : 'source')

/** Built for the same platform: the same tags at the end of the name. */
const closeness = ({ file }: Known, ref: Artifact['ref']): number => Number(file.split('-').at(-1) === ref.file.split('-').at(-1))

async function siblingsOf(context: Context, { ref }: Artifact, known: readonly Known[]): Promise<NonNullable<Outside['siblings']>> {
  const { compareVersions } = ecosystems[ref.ecosystem]
  const same = known.filter(({ version }) => compareVersions(version, ref.version) === 0).slice(0, MOST)
  const found = await Promise.all(same.map(async ({ file }) => ({ file, profile: await profileOf(context, ref, file) })))
  return found.flatMap(({ file, profile }) => (profile ? [{ file, profile }] : []))
}

async function profileOf({ database }: Context, { ecosystem, name }: Artifact['ref'], file: string): Promise<Profile | null> {
  const row = await database.query.selectFrom('verdicts').select('profile')
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).executeTakeFirst()
  return row?.profile ? JSON.parse(row.profile) as Profile : null
}

/** Other packages of the registry, found clean here, that name the same repository. */
async function claimsOn({ database }: Context, { ref }: Artifact, spelled: string | undefined): Promise<NonNullable<Outside['claims']>> {
  const repository = repositoryOf(spelled)
  if (!repository) return []
  const rows = await database.query.selectFrom('verdicts').select(['name', 'profile'])
    .where('ecosystem', '=', ref.ecosystem).where('repository', '=', spellRepository(repository))
    .where('name', '!=', ref.name).where('level', '=', 'clean').orderBy('judged_at', 'desc').limit(MOST).execute()
  const publishers = new Map(rows.map(({ name, profile }) => [name, profile ? (JSON.parse(profile) as Profile).publisher : null]))
  return [...publishers].map(([name, publisher]) => ({ name, publisher }))
}
