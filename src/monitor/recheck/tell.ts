import type { Context } from '../../admission/context.ts'
import { sentence } from '../../core/errors.ts'
import { isGrave } from '../../core/presence.ts'
import type { EcosystemId } from '../../core/types.ts'
import { exposureOf } from '../../ledger/exposure.ts'
import type { Alarms, Raising } from '../alarms.ts'
import { deliveredSays, deliveriesOf } from '../deliveries.ts'
import { closeReview } from './outcome.ts'
import type { Review, Reviews } from './reviews.ts'

export interface TellParts {
  context: Context
  alarms: Alarms
  reviews: Reviews
}

const VERSIONS = 20
const NAMED = 5

/** Tells people of reviews that nobody was told of, one alarm each, and recalls where policy says so. Returns how many there were. May be repeated. */
export async function tell({ context, alarms, reviews }: TellParts): Promise<number> {
  const untold = await reviews.untold()
  for (const review of untold) {
    const alarm = await alarms.raise(await raisingOf(context, review))
    if (isMalware(review)) await alarms.closeSubject(subjectOf({ ...review, kind: 'removed' }))
    await reviews.told(review.id, alarm.id)
  }
  if (context.policy().quarantinedUpstream !== 'recall') return untold.length
  const open = await reviews.list({ limit: 200 })
  for (const [ecosystem, some] of Map.groupBy(open.filter(isMalware), (review) => review.ecosystem)) {
    const isFlood = await floodOf(context, ecosystem)
    for (const review of some) {
      if (isFlood(review)) await tellFlood(alarms, review)
      else await closeReview(context, reviews, review, { outcome: 'malicious', because: review.says, by: 'policy' })
    }
  }
  return untold.length
}

/** So many within so long, and this share of everything that is looked after: more likely a mirror that lies than a registry that is right. */
const FLOOD = { packages: 5, share: 0.05, within: 2 * 3_600_000 }

/** Whether so much was called malware at the time of a review that nothing is recalled for it without a person. It is held all the same. */
async function floodOf({ database }: Context, ecosystem: EcosystemId): Promise<(review: Review) => boolean> {
  const [row, called] = await Promise.all([
    database.query.selectFrom('rechecks').select(({ fn }) => fn.countAll<number>().as('packages')).where('ecosystem', '=', ecosystem).executeTakeFirst(),
    database.query.selectFrom('reviews').select('opened_at').where('ecosystem', '=', ecosystem).where('matter', '=', 'removed').where('kind', 'in', ['placeholder', 'quarantined'])
      .orderBy('opened_at', 'desc').limit(10_000).execute(),
  ])
  const most = Math.max(FLOOD.packages, Number(row?.packages ?? 0) * FLOOD.share)
  return ({ openedAt }) => called.filter(({ opened_at: at }) => Math.abs(Number(at) - openedAt.getTime()) <= FLOOD.within).length > most
}

async function tellFlood(alarms: Alarms, { ecosystem, name, says, noticedAt }: Review): Promise<void> {
  const subject = `upstream calls much malware ${ecosystem} ${noticedAt.toISOString().slice(0, 10)}`
  if (await alarms.isKnown(subject)) return
  await alarms.raise({
    subject, kind: 'removed', severity: 'high', title: `so many ${ecosystem} packages are called malware upstream at once that none is recalled without a person`, campaign: null,
    packages: [{ ecosystem, name, version: null, says, at: noticedAt, signals: ['all of them are held; a mirror may lie', 'sluice reviews --open lists them'] }],
  })
}

async function raisingOf({ database }: Context, review: Review): Promise<Raising> {
  const { ecosystem, name, versions, matter, says, severity, evidence, noticedAt, id } = review
  const delivered = (await deliveriesOf(database, [{ ecosystem, name }])).get(`${ecosystem}/${name}`) ?? 0
  const signals = [
    ...evidence.lines.slice(0, 4).map((line) => line.says), ...evidence.bytes.slice(0, 2).map(({ file, first, now, says: worst }) => `${file}: first seen ${first ?? '-'}, now ${now ?? '-'}${worst === '' ? '' : `; ${worst}`}`),
    ...await receivers(database, review), ...(delivered > 0 ? [deliveredSays({ ecosystem, name }, delivered)] : []), `sluice reviews show ${id}`,
  ]
  return {
    subject: subjectOf(review), kind: matter === 'changed' ? 'changed' : 'removed', severity, title: says, campaign: null,
    packages: (versions === null ? [null] : versions.slice(0, VERSIONS)).map((version) => ({ ecosystem, name, version, says, signals, at: noticedAt })),
  }
}

/** The registry itself called it malware. That is told although somebody was told before that it is gone. */
const isMalware = ({ matter, kind }: Pick<Review, 'matter' | 'kind'>): boolean => matter === 'removed' && isGrave(kind)
const subjectOf = ({ ecosystem, name, matter, kind }: Pick<Review, 'ecosystem' | 'name' | 'matter' | 'kind'>): string => `upstream ${isMalware({ matter, kind }) ? 'malware' : matter} ${ecosystem}:${name}`

/** Who got it, in a line: the alarm must not wait for anybody to look it up. Where that cannot be said, the alarm goes out without. */
async function receivers(database: Context['database'], review: Review): Promise<string[]> {
  try {
    const { met, totals } = await exposureOf(database, subjectsOf(review), { limit: 50 })
    const who = [...new Set(met.filter(({ contact }) => contact === 'served').map(({ token, user, host, address }) => user ?? token ?? host ?? address ?? 'somebody'))]
    const had = [
      ...(totals.served > 0 ? [`received by ${who.slice(0, NAMED).join(', ')}${who.length > NAMED ? ' and others' : ''}`] : []),
      ...(totals.locked > 0 ? [`locked in ${[...new Set(met.flatMap(({ contact, service }) => (contact === 'locked' && service !== null ? [service] : [])))].slice(0, NAMED).join(', ') || 'an inventory'}`] : []),
      ...(['installed', 'ran'] as const).flatMap((contact) => (totals[contact] > 0 ? [`${contact === 'ran' ? 'ran' : 'installed'} on ${[...new Set(met.flatMap((one) => (one.contact === contact && one.host !== null ? [one.host] : [])))].slice(0, NAMED).join(', ')}${totals[contact] > NAMED ? ' and others' : ''}`] : [])),
    ]
    return had.length > 0 ? had : ['nobody is known to have received it']
  } catch (thrown) {
    return [`who received it could not be found out: ${sentence(thrown)}`]
  }
}

/** What exposure is asked of. */
export const subjectsOf = ({ ecosystem, name, versions }: Review): { ecosystem: EcosystemId; name: string; version: string | null; digest: null }[] =>
  (versions ?? [null]).map((version) => ({ ecosystem, name, version, digest: null }))
