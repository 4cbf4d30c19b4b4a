import { isDeepStrictEqual } from 'node:util'
import type { Kysely, Selectable } from 'kysely'
import { orderInForce } from '../core/orders.ts'
import { oneLine } from '../core/text.ts'
import type { Digest, EcosystemId, Finding, FoundIndicator, Order } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Bulletin, BulletinIndicator } from './bulletin.ts'
import { spellIndicator } from './indicator.ts'
import { chunks } from './known.ts'
import type { Tlp } from './tlp.ts'

export interface OwnParts {
  database: Database
  /** Of what is said here. */
  tlp: Tlp
  /** Names that are the organisation's own: nothing is ever said of them. */
  isPrivate: (ecosystem: EcosystemId, name: string) => boolean
  orderOf: (row: Selectable<Tables['orders']>) => Order
}

type Said = Pick<Bulletin, 'title' | 'text' | 'packages' | 'indicators' | 'campaign'>
interface Name { ecosystem: EcosystemId; name: string }

const CURSOR = 'exchange.statements'
const AT_ONCE = 200
const MOST_INDICATORS = 200
const MOST_FINDINGS = 10

/**
 * Brings `statements` up to date: what was judged malicious here, and what people recalled. A package nobody says anything of any
 * more is withdrawn. Only packages that changed since the last time are looked at. What people wrote stays here; so does what
 * private registries serve, and what is malicious only because others say so.
 */
export async function refreshStatements(parts: OwnParts, now: Date): Promise<number> {
  const { query } = parts.database
  const last = Number((await query.selectFrom('changes').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst())?.seq ?? 0)
  const known = await query.selectFrom('settings').select('value').where('key', '=', CURSOR).executeTakeFirst()
  if (known && Number(known.value) === last) return 0
  const names = await namesSince(parts.database, known ? Number(known.value) : null, last)
  let changed = 0
  for (const some of chunks(names, AT_ONCE)) changed += await parts.database.transaction((tx) => restate(tx, parts, { names: some, now }))
  await query.insertInto('settings').values({ key: CURSOR, value: String(last) }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value: String(last) })).execute()
  return changed
}

async function namesSince({ query }: Database, since: number | null, until: number): Promise<Name[]> {
  if (since !== null && until >= since) {
    const rows = await query.selectFrom('changes').select(['ecosystem', 'name']).distinct().where('seq', '>', since).where('seq', '<=', until).where('kind', '!=', 'advisory').limit(20_001).execute()
    if (rows.length <= 20_000 && rows.every(({ ecosystem, name }) => ecosystem !== null && name !== null)) return rows as Name[]
  }
  const all = await query.selectFrom('verdicts').select(['ecosystem', 'name']).where('level', '=', 'malicious')
    .union(query.selectFrom('orders').select(['ecosystem', 'name']).where('action', '=', 'recall')).execute()
  const stated = await query.selectFrom('statements').select('key').where('withdrawn', 'is', null).execute()
  const found = new Map<string, Name>()
  for (const { ecosystem, name } of all) found.set(`${ecosystem}/${name}`, { ecosystem: ecosystem as EcosystemId, name })
  for (const { key } of stated) found.set(key, { ecosystem: key.slice(0, key.indexOf('/')) as EcosystemId, name: key.slice(key.indexOf('/') + 1) })
  return [...found.values()]
}

async function restate(tx: Kysely<Tables>, parts: OwnParts, { names, now }: { names: readonly Name[]; now: Date }): Promise<number> {
  const top = await tx.selectFrom('statements').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  let seq = Number(top?.seq ?? 0)
  let changed = 0
  for (const of of names) {
    const key = `${of.ecosystem}/${of.name}`
    const row = await tx.selectFrom('statements').selectAll().where('key', '=', key).executeTakeFirst()
    const before = row ? bulletinOf(row.bulletin) : null
    const said = parts.isPrivate(of.ecosystem, of.name) ? null : await sayOf(tx, parts, of, now)
    const next = nextOf({ key, before, said, tlp: parts.tlp, now })
    if (!next) continue
    const values = { key, seq: ++seq, tlp: next.tlp, bulletin: JSON.stringify(next), modified: next.modified.getTime(), withdrawn: next.withdrawn?.getTime() ?? null }
    await tx.insertInto('statements').values(values).onConflict((conflict) => conflict.column('key').doUpdateSet(values)).execute()
    changed++
  }
  return changed
}

/** null: nothing is to be said that was not said before. */
function nextOf({ key, before, said, tlp, now }: { key: string; before: Bulletin | null; said: (Said & { since: Date }) | null; tlp: Tlp; now: Date }): Bulletin | null {
  if (!said) return before && before.withdrawn === null ? { ...before, modified: now, withdrawn: now } : null
  const { since, ...rest } = said
  const next: Bulletin = { key, ...rest, tlp, created: before?.created ?? since, modified: before?.modified ?? now, withdrawn: null, references: [] }
  return before && isDeepStrictEqual(before, next) ? null : { ...next, modified: now }
}

export function bulletinOf(text: string): Bulletin {
  const read = JSON.parse(text) as Bulletin
  const date = (value: unknown): Date | null => (value === null ? null : new Date(value as string))
  return {
    ...read, created: new Date(read.created), modified: new Date(read.modified), withdrawn: date(read.withdrawn),
    campaign: read.campaign && { ...read.campaign, firstSeen: date(read.campaign.firstSeen), lastSeen: date(read.campaign.lastSeen) },
  }
}

async function sayOf(tx: Kysely<Tables>, { orderOf }: OwnParts, { ecosystem, name }: Name, now: Date): Promise<(Said & { since: Date }) | null> {
  const of = <T extends 'verdicts' | 'artifacts' | 'orders'>(table: T) => tx.selectFrom(table as 'orders').where('ecosystem', '=', ecosystem).where('name', '=', name)
  const orders = (await of('orders').selectAll().execute()).map(orderOf)
  const verdicts = await tx.selectFrom('verdicts').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).where('level', '=', 'malicious').orderBy('judged_at').execute()
  const artifacts = await tx.selectFrom('artifacts').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  if (artifacts.some(({ source }) => source !== 'public')) return null
  const { compareVersions } = ecosystems[ecosystem]
  const ordered = (version: string, digest: string | null): Order['action'] | null =>
    orderInForce(orders, { version, judged: digest as Digest | null, pledged: null }, now, compareVersions)?.order.action ?? null

  const bad = verdicts.map((row) => ({ ...row, own: (JSON.parse(row.findings) as Finding[]).filter(({ behaviour, severity }) => behaviour !== 'known-malicious' && (severity === 'critical' || severity === 'high')) }))
    .filter((row) => row.own.length > 0 && ordered(row.version, row.digest) !== 'release')
  const recalled = [...new Set([...orders.flatMap(({ version, action }) => (action === 'recall' && version !== null ? [version] : [])), ...artifacts.map(({ version }) => version)])]
    .filter((version) => ordered(version, artifacts.find((one) => one.version === version)?.digest ?? null) === 'recall')
  const whole = orders.some(({ version, digest, action }) => action === 'recall' && version === null && digest === null) && ordered('0', null) === 'recall'
  if (bad.length === 0 && recalled.length === 0 && !whole) return null
  const findings = bad.flatMap(({ own }) => own)
  const versions = [...new Set([...bad.map(({ version }) => version), ...recalled])].sort(compareVersions)
  return {
    since: new Date(Math.min(...bad.map((row) => Number(row.judged_at)), ...orders.filter(({ action }) => action === 'recall').map(({ at }) => at.getTime()))),
    title: `Malicious code in ${name} (${ecosystem})`,
    text: textOf(findings),
    packages: [{
      ecosystem, name, versions: whole ? [] : versions, ranges: [],
      files: [...new Map(bad.map(({ file, digest }) => [file, { name: file, sha256: digest.replace('sha256:', '') }])).values()],
    }],
    indicators: indicatorsOf(bad),
    campaign: await campaignOf(tx, ecosystem, name),
  }
}

/** What detectors say, without the package's own words. */
function textOf(findings: readonly Finding[]): string {
  const titles = [...new Set(findings.map(({ title }) => oneLine(title, 200)))]
  if (titles.length === 0) return 'Taken back after review by people.'
  return `Analysis of the package's files found:\n${titles.slice(0, MOST_FINDINGS).map((title) => `- ${title}`).join('\n')}\n`
}

/** Those that stand where a finding points: a package names many an innocent address besides. */
function indicatorsOf(bad: readonly { indicators: string | null; own: readonly Finding[] }[]): BulletinIndicator[] {
  const found = new Map<string, BulletinIndicator>()
  for (const { indicators, own } of bad) {
    const places = new Map(own.flatMap(({ evidence, title }) => evidence.map(({ file, lines }): [string, string] => [`${file}:${lines[0]}`, title])))
    for (const { type, value, file, line } of JSON.parse(indicators ?? '[]') as FoundIndicator[]) {
      const says = places.get(`${file}:${line}`)
      if (says === undefined || type === 'hash' || type === 'bot-token' || found.size >= MOST_INDICATORS) continue
      const spelled = spellIndicator(value, type === 'wallet' ? 'wallet' : null)
      if (!('problem' in spelled)) found.set(`${spelled.type} ${spelled.value}`, { ...spelled, says: oneLine(says, 200) })
    }
  }
  return [...found.values()]
}

async function campaignOf(tx: Kysely<Tables>, ecosystem: string, name: string): Promise<Bulletin['campaign']> {
  const row = await tx.selectFrom('campaign_members').innerJoin('campaigns', 'campaigns.id', 'campaign_members.campaign')
    .select(['campaigns.id', 'campaigns.founded_at', 'campaigns.declared_at']).where('campaign_members.ecosystem', '=', ecosystem).where('campaign_members.name', '=', name).executeTakeFirst()
  if (!row || row.declared_at === null) return null
  return { id: row.id, name: `Campaign ${row.id.slice(0, 8)}`, firstSeen: new Date(Number(row.founded_at)), lastSeen: null }
}
