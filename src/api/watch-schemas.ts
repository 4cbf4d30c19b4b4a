import { z } from '@hono/zod-openapi'
import { byEcosystem, ecosystem, instant } from './schemas.ts'

const name = z.string().min(1).max(1_000)
const actor = z.string().min(1).max(200).describe('an account of the registry, or an address of mail')
const limit = z.coerce.number().int().min(1).max(1_000).optional()
const flag = z.enum(['true', 'false']).optional().transform((value) => value === 'true')

/** What requests about the watch may hold. */
export const WatchBodies = {
  alarms: z.object({ open: flag.describe('only open ones'), since: instant.optional(), limit }),
  id: z.object({ id: z.string().min(1).max(200) }),
  digest: z.object({ since: instant }),
  campaigns: z.object({ all: flag.describe('with those that nobody was told of'), limit }),
  campaign: z.object({ limit: z.coerce.number().int().min(1).max(5_000).optional().describe('members') }),
  ruleOut: z.strictObject({ kind: z.string().min(1).max(40), value: z.string().min(1).max(2_000), because: z.string().min(1).max(300) }),
  reinstate: z.strictObject({ kind: z.string().min(1).max(40), value: z.string().min(1).max(2_000) }),
  actors: z.object({ ecosystem: ecosystem.optional(), limit }),
  actor: z.object({ ecosystem, actor }),
  watch: z.strictObject({ ecosystem, actor, because: z.string().min(1).max(300) }),
  names: z.strictObject({ names: z.array(z.strictObject({ ecosystem, name })).min(1).max(5_000), look: z.boolean().optional().describe('ask the registries, where a name gives cause') }),
  list: z.object({ ecosystem }),
  used: z.strictObject({ names: z.array(z.strictObject({ ecosystem, name })).min(1).max(20_000), source: z.string().min(1).max(300).describe('the file that says so') }),
}

const alarm = z.object({
  id: z.string(), subject: z.string(), kind: z.enum(['private-name', 'twin', 'imitation', 'actor', 'campaign', 'indicator', 'removed', 'changed']), severity: z.enum(['low', 'medium', 'high', 'critical']),
  title: z.string(), size: z.number().describe('how many packages it is about'), campaign: z.string().nullable(),
  packages: z.array(z.object({ ecosystem, name: z.string(), version: z.string().nullable(), says: z.string(), signals: z.array(z.string()), at: instant })).describe('the first and the latest of them'),
  openedAt: instant, changedAt: instant, closedAt: instant.nullable(),
})
const feed = z.object({
  ecosystem, feed: z.string().nullable(), describe: z.string(), chosenBecause: z.string(), refused: z.array(z.object({ candidate: z.string(), why: z.string() })), state: z.string(), cursor: z.string().nullable(),
  lastEventAt: instant.nullable(), lastReadAt: instant.nullable(), lagMs: z.number().nullable(), events: z.number(), rejected: z.number(), duplicates: z.number(), problem: z.string().nullable(), asOf: instant.describe('when this was so'),
})
const campaign = z.object({
  id: z.string(), size: z.number(), malicious: z.number(), ill: z.number().describe('members that imitate, copy, or are malicious'), foundedAt: instant, changedAt: instant,
  declaredAt: instant.nullable().describe('null: nobody was told of it'), reasons: z.array(z.object({ kind: z.string(), says: z.string() })), targets: z.array(z.string()),
})
const tie = z.object({ kind: z.string(), value: z.string(), weight: z.number(), since: instant })
const member = z.object({
  ecosystem, name: z.string(), account: z.string().nullable(), emails: z.array(z.string()), versions: z.array(z.string()), firstSeen: instant, lastSeen: instant,
  malicious: z.boolean().nullable(), imitates: z.string().nullable(), metadataFrom: z.string().nullable(), ties: z.array(tie), indicators: z.array(z.object({ type: z.string(), value: z.string() })),
})
const detail = campaign.extend({
  aliases: z.array(z.string()), shared: z.array(tie.extend({ members: z.number() })), lookedAt: z.number(),
  actors: z.array(z.object({ ecosystem, actor: z.string(), members: z.number() })), members: z.array(member),
})
const uploader = z.object({ ecosystem, actor: z.string(), malicious: z.number(), packages: z.number(), firstSeen: instant, lastSeen: instant, campaigns: z.array(z.string()) })
const watched = z.object({ ecosystem, actor: z.string(), because: z.string(), by: z.string(), at: instant })
const why = z.enum(['popular', 'used', 'private'])

/** What answers about the watch hold. */
export const WatchAnswers = {
  status: z.object({
    on: z.boolean(), feeds: z.array(feed), waiting: byEcosystem(z.number()), dropped: z.number(),
    ahead: z.object({ waiting: z.number(), perMinute: z.number(), used: z.number() }).nullable(),
    names: byEcosystem(z.object({ popular: z.number(), imported: z.boolean(), private: z.number() })), openAlarms: z.number(), campaigns: z.number(), watched: z.number(),
  }).openapi('WatchStatus'),
  alarms: z.array(alarm.openapi('Alarm')),
  closed: z.object({ closed: z.literal(true) }),
  digest: z.object({ subject: z.string(), text: z.string(), alarms: z.number() }).openapi('Digest'),
  campaigns: z.array(campaign.openapi('Campaign')),
  campaign: detail.openapi('CampaignDetail'),
  exported: detail.extend({ complete: z.boolean().describe('false: there are more members than these'), indicators: z.array(z.object({ type: z.string(), value: z.string(), members: z.number() })), exportedAt: instant }).openapi('CampaignExport'),
  ruledOut: z.object({ freed: z.number().describe('packages that are held for it no more') }),
  rulings: z.array(z.object({ kind: z.string(), value: z.string(), because: z.string(), by: z.string(), at: instant })),
  reinstated: z.object({ reinstated: z.literal(true) }),
  actors: z.array(uploader.openapi('Actor')),
  actor: uploader.extend({ uploads: z.array(z.object({ name: z.string(), malicious: z.boolean(), firstSeen: instant, lastSeen: instant })) }).openapi('ActorDetail'),
  watched: z.array(watched.openapi('Watched')),
  watching: watched,
  unwatched: z.object({ removed: z.literal(true) }),
  names: z.array(z.object({
    ecosystem, name: z.string(), protected: why.nullable(), level: z.enum(['none', 'note', 'alarm']), meant: z.string().nullable(), because: z.array(z.string()),
    imitates: z.array(z.object({
      name: z.string(), why, rank: z.number().nullable(), weight: z.number(), kinds: z.array(z.object({ kind: z.string(), says: z.string() })),
      likeness: z.object({ blocks: z.number(), damerau: z.number(), jaro: z.number() }),
    })),
    looked: z.boolean(), problem: z.string().nullable(),
  }).openapi('NameCheck')),
  exposed: z.array(z.object({ mine: z.object({ ecosystem, name: z.string() }), ecosystem, name: z.string(), state: z.enum(['free', 'taken', 'unknown']), says: z.string() })),
  learnt: z.object({ names: z.number() }),
  reset: z.object({ reset: z.boolean().describe('false: the built-in list counted already') }),
  updated: z.object({ ecosystem, names: z.number(), from: z.string() }),
}

export type WatchAnswer<Name extends keyof typeof WatchAnswers> = z.output<(typeof WatchAnswers)[Name]>
