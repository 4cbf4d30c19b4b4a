import type { RunDue } from '../core/cascade.ts'
import type { Judged, Suspicion } from '../core/decide.ts'
import type { OpenReview } from '../core/presence.ts'
import type { Advisory, Digest, EcosystemId, Finding, Level, Order } from '../core/types.ts'
import { says } from '../core/weigh.ts'
import { toAnybody } from '../intel/tlp.ts'
import type { Rows } from '../ports/rows.ts'
import type { Against, Known, KnownFile } from './types.ts'

/** Names in one query: well below any limit of bound values, and few enough that no answer is too large. */
const AT_ONCE = 200

interface Row extends Record<string, string | number | null> { ecosystem: string; name: string }
type Package = { ecosystem: EcosystemId; name: string }

/** What a database knows of packages, in the order asked for: a few indexed reads for some hundred of them. */
export async function knownOf(rows: Rows, packages: readonly Package[]): Promise<Known[]> {
  const found = new Map(packages.map((one) => [keyOf(one), empty()]))
  for (const [ecosystem, names] of Map.groupBy(new Map(packages.map((one) => [keyOf(one), one])).values(), (one) => one.ecosystem)) {
    for (let from = 0; from < names.length; from += AT_ONCE) await readInto(found, rows, ecosystem, names.slice(from, from + AT_ONCE).map(({ name }) => name))
  }
  return packages.map((one) => found.get(keyOf(one)) as Known)
}

type Filling = Known & { standing: { orders: Order[]; advisories: Advisory[]; judged: Map<string, Judged>; suspicions: Suspicion[]; reviews: OpenReview[] }; files: KnownFile[]; evidence: Map<string, NonNullable<Against['at']>> }
const empty = (): Filling => ({ standing: { orders: [], advisories: [], judged: new Map(), dated: new Map(), suspicions: [], reviews: [], near: null }, files: [], evidence: new Map() })
const keyOf = ({ ecosystem, name }: { ecosystem: string; name: string }): string => `${ecosystem}/${name}`

async function readInto(found: ReadonlyMap<string, Filling>, rows: Rows, ecosystem: EcosystemId, names: readonly string[]): Promise<void> {
  const wanted = `where a.ecosystem = ? and a.name in (${names.map(() => '?').join(', ')})`
  const read = async (columns: string, table: string, put: (into: Filling, row: Row) => void, rest = ''): Promise<void> => {
    for (const row of await rows.all<Row>(`select a.ecosystem, a.name, ${columns} from ${table} a ${wanted} ${rest}`, [ecosystem, ...names])) {
      const into = found.get(keyOf(row))
      if (into) put(into, row)
    }
  }
  await read('a.id, a.malicious, a.summary, a.versions, a.ranges, a.severity, a.url, a.source, a.modified, a.withdrawn, a.tlp', 'advisories', (into, row) => into.standing.advisories.push(toAnybody(advisoryOf(row), String(row.tlp))), 'and a.withdrawn is null order by a.id')
  await read('a.id, a.seq, a.version, a.digest, a.action, a.because, a."by" as said_by, a.at, a.expires_at', 'orders', (into, row) => into.standing.orders.push(orderOf(row)), 'order by a.seq')
  await read('a.kind, a.version, a.says, a.holds', 'suspicions', (into, row) => into.standing.suspicions.push({
    kind: String(row.kind), version: textOf(row.version), says: String(row.says), holds: Number(row.holds) === 1,
  }), 'order by a.kind')
  await read('a.type, a.version, a.says', 'indicator_hits', (into, row) => into.standing.suspicions.push({
    kind: 'indicator', version: textOf(row.version), says: String(row.says), holds: true,
  }), 'order by a.type')
  await read('a.kind, a.versions, a.says', 'reviews', (into, row) => into.standing.reviews.push({
    kind: row.kind as OpenReview['kind'], versions: row.versions === null ? null : JSON.parse(String(row.versions)) as string[], says: String(row.says),
  }), "and a.state = 'open' order by a.matter")
  // What was found clean has findings too: only those of the others are told.
  await read(`a.file, a.version, a.digest, a.level, a.rules, case when a.level = 'clean' then '[]' else a.findings end as findings, case when a.level = 'undetermined' then a.missing else '[]' end as missing`,
    'verdicts', (into, row) => addVerdict(into, row))
  await read('a.file, a.state, a.reason, a.says, a.problem, a.holds, a.urgency', 'sandbox_wants', (into, row) => {
    const judged = into.standing.judged.get(String(row.file))
    if (judged) into.standing.judged.set(String(row.file), { ...judged, run: runOf(row) })
  }, "and a.state != 'done'")
  await read('a.file, a.version, a.digest, a.published_at', 'artifacts', (into, row) => into.files.push({
    file: String(row.file), version: String(row.version), digest: String(row.digest) as Digest, publishedAt: dateOf(row.published_at), judged: into.standing.judged.get(String(row.file))?.level ?? null,
  }))
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
/** PostgreSQL gives 64-bit integers as text. */
const dateOf = (value: unknown): Date | null => (value === null || value === undefined ? null : new Date(Number(value)))

function advisoryOf(row: Row): Advisory {
  return {
    id: String(row.id), ecosystem: row.ecosystem as EcosystemId, name: row.name, malicious: Number(row.malicious) === 1, summary: String(row.summary),
    versions: JSON.parse(String(row.versions)) as string[], ranges: JSON.parse(String(row.ranges)) as Advisory['ranges'],
    severity: textOf(row.severity) as Advisory['severity'], url: textOf(row.url), source: String(row.source),
    modified: new Date(Number(row.modified)), withdrawn: dateOf(row.withdrawn),
  }
}

function orderOf(row: Row): Order {
  return {
    id: String(row.id), seq: Number(row.seq), ecosystem: row.ecosystem as EcosystemId, name: row.name, version: textOf(row.version),
    digest: textOf(row.digest) as Digest | null, action: row.action as Order['action'], because: String(row.because), by: String(row.said_by),
    at: new Date(Number(row.at)), expiresAt: dateOf(row.expires_at),
  }
}

const runOf = (row: Row): RunDue => ({
  state: row.state as RunDue['state'], reason: row.reason as RunDue['reason'], says: String(row.says), problem: textOf(row.problem), holds: Number(row.holds) === 1, urgency: Number(row.urgency) as RunDue['urgency'],
})

function addVerdict(into: Filling, row: Row): void {
  const level = row.level as Level
  const findings = JSON.parse(String(row.findings)) as Finding[]
  const missing = JSON.parse(String(row.missing)) as string[]
  const file = String(row.file)
  into.standing.judged.set(file, { digest: String(row.digest) as Digest, level, says: says({ level, findings, missing }), rules: String(row.rules) })
  const [worst] = findings
  const evidence = worst?.evidence.find(({ role }) => role === 'sink') ?? worst?.evidence[0]
  if (evidence) into.evidence.set(file, { file: evidence.file, line: evidence.lines[0], says: evidence.says })
}
