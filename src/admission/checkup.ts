import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { sentence } from '../core/errors.ts'
import { readHead } from '../ledger/head.ts'
import { verify } from '../ledger/verify.ts'
import { listFeeds } from '../intel/sync/feeds.ts'
import { storedStatuses } from '../monitor/follower-status.ts'
import { Schedule } from '../monitor/recheck/schedule.ts'
import { PENDING } from '../recall/tombstones.ts'
import { checkRules } from '../yara/check.ts'
import { located } from '../yara/rules.ts'
import type { Context } from './context.ts'

/** One thing that was looked at. `remedy` says what to do where it is not `ok`. */
export interface Check {
  name: string
  state: 'ok' | 'off' | 'warning' | 'failed'
  says: string
  remedy: string | null
  elapsedMs: number
}

type Found = Pick<Check, 'state' | 'says'> & { remedy?: string }

const GB = 1024 ** 3

/** Looks at everything the gate depends on, at once: one small request to each upstream, nothing heavy. Never throws. */
export function checkup(context: Context, headFile: string, data: string): Promise<Check[]> {
  const { sources, policy } = context
  const registries = [...new Set(policy().private.flatMap(({ registry }) => (registry === null ? [] : [registry])))].slice(0, 20)
  const wanted: readonly [string, () => Promise<Found>][] = [
    ...Object.entries(sources.public).map(([ecosystem, source]): [string, () => Promise<Found>] => [`${ecosystem} upstream`, async () =>
      (source.url === null ? { state: 'off', says: source.why } : reach(context, source.url))]),
    ...registries.map((registry): [string, () => Promise<Found>] => [`private registry ${registry}`, () => reach(context, registry)]),
    ['checksum database', () => checksums(context)],
    ['data folder', () => folder(data)],
    ['worker threads', () => workers(context)],
    ['ledger', () => ledger(context, headFile)],
    ['advisories', () => advisories(context)],
    ['feeds', () => feeds(context)],
    ['recalls', () => recalls(context)],
    ['rules', () => ownRules(context)],
    ['watch', () => watch(context)],
    ['look back', () => lookBack(context)],
    ['sandbox', () => sandbox(context)],
    ['policy', () => Promise.resolve(policy().mode === 'observe'
      ? { state: 'warning', says: 'observe mode: everything is served', remedy: 'set policy.mode to enforce when you have seen enough' } : { state: 'ok', says: 'in force' })],
  ]
  return Promise.all(wanted.map(async ([name, look]) => {
    const started = performance.now()
    const found = await look().catch((thrown: unknown): Found => ({ state: 'failed', says: sentence(thrown) }))
    return { name, state: found.state, says: found.says, remedy: found.remedy ?? null, elapsedMs: Math.round(performance.now() - started) }
  }))
}

async function reach({ upstream }: Context, url: string): Promise<Found> {
  try {
    const answer = await upstream.fetch(url, { method: 'HEAD', timeout: 10_000 })
    answer.body.on('error', () => undefined).destroy()
    const says = `${url} answers ${answer.status}`
    if (answer.status === 401 || answer.status === 403) return { state: 'failed', says, remedy: 'check its credentials in sluice.yaml' }
    return answer.status >= 500 ? { state: 'failed', says, remedy: 'it is in trouble itself; what is known and judged is still served' } : { state: 'ok', says }
  } catch (thrown) {
    return { state: 'failed', says: `${url}: ${sentence(thrown)}`, remedy: 'check the network, and proxy and certificates in sluice.yaml; what is known and judged is still served' }
  }
}

async function checksums({ upstream, sources }: Context): Promise<Found> {
  const { go } = sources.public
  if (go.url === null) return { state: 'off', says: 'Go is off' }
  if (go.sumdb === null) return { state: 'warning', says: 'none: the age of Go modules is not known, so they are held', remedy: 'set upstreams.go.sumdb in sluice.yaml' }
  const answer = await upstream.fetch(new URL(`sumdb/${go.sumdb}/latest`, go.url).href, { timeout: 10_000, limit: 65_536 })
  answer.body.on('error', () => undefined).destroy()
  if (answer.status === 200) return { state: 'ok', says: `${go.sumdb} answers through the module proxy` }
  return { state: 'failed', says: `${go.sumdb} answers ${answer.status} through the module proxy`, remedy: 'use a proxy that passes the checksum database through' }
}

async function folder(data: string): Promise<Found> {
  const probe = join(data, `.doctor.${process.pid}`)
  try {
    await writeFile(probe, '')
    await rm(probe)
  } catch (thrown) {
    return { state: 'failed', says: `${data} cannot be written: ${sentence(thrown)}`, remedy: 'nothing is served without it: check its owner and the disk' }
  }
  const { bavail, bsize } = await statfs(data)
  const free = bavail * bsize
  const says = `${data} can be written, ${(free / GB).toFixed(1)} GB free`
  return free < GB ? { state: 'warning', says, remedy: 'make room: when the disk is full nothing new is served' } : { state: 'ok', says }
}

/** A worker that starts, loads the code and answers; the smallest job there is. */
async function workers({ pool, policy, clock }: Context): Promise<Found> {
  const { releases } = await pool.run({
    kind: 'index', ecosystem: 'go', name: 'check.invalid/check', raw: zstdCompressSync('v1.0.0\n'), contentType: 'text/plain',
    documentBase: 'http://check.invalid/check.invalid/check/@v/list', base: 'http://gate.invalid/go/', variant: null, encoding: 'identity',
    policy: policy(), standing: { orders: [], advisories: [], judged: new Map(), dated: new Map(), suspicions: [], reviews: [], near: null }, now: clock.now(),
  })
  const { lost } = pool.stats()
  if (releases.byteLength === 0) return { state: 'failed', says: 'a worker gave a wrong answer', remedy: 'reinstall: npm ci' }
  return lost > 0 ? { state: 'warning', says: `start; ${lost} were ended since the start of this process`, remedy: 'the log says what they examined' } : { state: 'ok', says: 'start and answer' }
}

/** What the process that follows the feeds wrote last. */
async function watch({ database, clock }: Context): Promise<Found> {
  const feeds = await storedStatuses(database, clock.now())
  if (feeds.length === 0) return { state: 'off', says: 'no feed of a registry was followed here yet' }
  const says = feeds.map(({ ecosystem, state, feed }) => `${ecosystem} ${state}${feed === null ? '' : ` (${feed.split(' ')[0]})`}`).join(', ')
  const bad = feeds.filter(({ state }) => state !== 'following')
  const [first] = bad
  if (!first) return { state: 'ok', says }
  const polls = bad.every(({ state }) => state === 'polling')
  return {
    state: 'warning', says: `${says}${first.problem === null ? '' : `; ${first.ecosystem}: ${first.problem}`}`,
    remedy: polls ? 'upstream offers no feed: set upstreams.*.feed in sluice.yaml where there is one; until then only packages used here are watched'
      : 'new packages are noticed late; everything is still examined before its first serve',
  }
}

/** Whether upstream is asked again about what was had, and what came of it. */
async function lookBack({ database, clock }: Context): Promise<Found> {
  const [{ packages, due, unseen, oldest }, open] = await Promise.all([
    new Schedule(database, clock).status(),
    database.query.selectFrom('reviews').select(({ fn }) => fn.countAll<number>().as('count')).where('state', '=', 'open').executeTakeFirst(),
  ])
  if (packages === 0) return { state: 'off', says: 'nothing was had from upstream yet' }
  const waits = oldest === null ? 0 : clock.now().getTime() - oldest
  const says = `${packages} packages, ${due} due now; ${unseen > 0 ? `${unseen} not looked at yet` : `the longest wait is ${Math.round(waits / 3_600_000)} h`}`
  const reviews = Number(open?.count ?? 0)
  if (reviews > 0) return { state: 'warning', says: `${says}; ${reviews} open ${reviews === 1 ? 'review' : 'reviews'}`, remedy: 'somebody has to judge what upstream took away: sluice reviews --open' }
  if (waits > SLOW) return { state: 'warning', says, remedy: 'removals upstream are noticed late: is a gate running with its watch on? Else raise watch.recheck.budget in sluice.yaml' }
  return { state: 'ok', says }
}

/** Whether packages can be run, in which ways, and what policy makes of it where they cannot. */
async function sandbox({ cascade, policy, clock }: Context): Promise<Found> {
  if (!cascade) return { state: 'off', says: 'off: packages are judged by their code alone' }
  const { mode, works, backends, waiting, held, left, oldest, problem, budget } = await cascade.status()
  const best = backends.find((one) => one.works)
  const ways = best ? `${best.version ?? best.backend} works${best.weaker.length > 0 ? ` (${best.weaker.join('; ')})` : ''}` : works ? 'run by another gate on this data' : backends.map(({ backend, says }) => `${backend}: ${says ?? 'does not work'}`).join('; ')
  const queue = [...waiting > 0 ? [`${waiting} to be run, ${held} of them held`] : [], ...left > 0 ? [`${left} that could not be run`] : []].join(', ')
  const says = [ways, queue].filter(Boolean).join('; ')
  const remedy = backends.find((one) => !one.works && one.remedy !== null)?.remedy
  if (!works) {
    const holds = (mode === 'on' || held > 0) && policy().sandbox?.unavailable === 'hold'
    return {
      state: mode === 'on' ? 'failed' : 'warning', says: `no package can be run: ${says}; ${holds ? 'what wants a run is held, as policy.sandbox.unavailable says' : 'what would be run is decided by static examination, and its verdict says so'}`,
      remedy: `${remedy ?? 'install bubblewrap and strace'}; or set sandbox.mode to off`,
    }
  }
  if (problem !== null) return { state: 'warning', says: `${says}; ${problem}`, remedy: 'raise sandbox.budget in sluice.yaml, or send less there: policy.sandbox' }
  if (oldest !== null && clock.now().getTime() - oldest.getTime() > LONG) return { state: 'warning', says: `${says}; the oldest has waited since ${oldest.toISOString().slice(0, 16)}Z`, remedy: 'is a gate running on this data? Else raise sandbox.budget in sluice.yaml' }
  return { state: 'ok', says: `${says}; ${budget.usedThisHour} of ${budget.anHour} runs used this hour` }
}

/** Nobody waits for a run so long where one is run after the other. */
const LONG = 30 * 60_000

/** Twice the interval for what is not in use. */
const SLOW = 48 * 3_600_000

/** The end only; `sluice ledger verify` reads all of it. */
async function ledger({ database }: Context, headFile: string): Promise<Found> {
  const kept = await readHead(headFile)
  if (!kept) return { state: 'warning', says: 'there is no head file beside it', remedy: 'run sluice ledger verify' }
  const { ok, problems } = await verify({ database, from: Math.max(1, kept.seq), kept: [{ ...kept, where: 'the head file' }] })
  const first = problems[0]
  if (!ok && first) return { state: 'failed', says: `line ${first.seq} ${first.says}`, remedy: 'run sluice ledger verify; keep a copy of the data folder as evidence' }
  return { state: 'ok', says: `ends as its head file says, at line ${kept.seq} or later` }
}

async function ownRules({ userRules }: Context): Promise<Found> {
  const own = userRules()
  if (own === null) return { state: 'off', says: 'none besides the detectors' }
  const { files, broken, sieveless, problem } = await checkRules(own)
  const remedy = `correct or remove it in ${own.folder}; a running gate takes the change by itself`
  if (files === 0) return { state: 'failed', says: `none in force, so nothing can be judged: ${problem ?? broken.map(located).join('; ')}`, remedy }
  const inForce = `${files} ${files === 1 ? 'file' : 'files'} in force`
  if (broken.length > 0) return { state: 'failed', says: `${inForce}; left out: ${broken.map(located).join('; ')}`, remedy }
  return { state: 'ok', says: sieveless === null ? inForce : `${inForce}; every file is scanned alone because of ${sieveless}` }
}

/** Feeds of others: each that cannot be read, or was not for long. */
async function feeds({ database, clock }: Context): Promise<Found> {
  const all = await listFeeds(database)
  if (all.length === 0) return { state: 'off', says: 'none is kept in sync' }
  const bad = all.filter(({ state, every }) => state.problem !== null || state.okAt === null || clock.now().getTime() - Date.parse(state.okAt) > 3 * every + 3_600_000)
  const says = `${all.length - bad.length} of ${all.length} up to date`
  const [first] = bad
  if (!first) return { state: 'ok', says }
  const { problem, okAt } = first.state
  return { state: 'warning', says: `${says}; ${first.name}: ${problem ?? (okAt === null ? 'never read' : `not read since ${okAt}`)}`, remedy: 'what was read before stays; sluice feed list says more, and the gate goes on trying' }
}

/** What was taken back and could not be carried out. It is denied all the same. */
async function recalls({ database }: Context): Promise<Found> {
  const stuck = await database.query.selectFrom('tombstones').select(['name', 'problem']).where('step', 'in', PENDING).where('problem', 'is not', null).limit(1_000).execute()
  const [first] = stuck
  return first ? { state: 'failed', says: `${stuck.length} recalled files are refused, but not withdrawn or put back: ${first.name}: ${first.problem}`, remedy: 'it is tried again by itself; sluice recalls list --open' }
    : { state: 'ok', says: 'all carried out' }
}

async function advisories({ database }: Context): Promise<Found> {
  const row = await database.query.selectFrom('advisories').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
  const count = Number(row?.count ?? 0)
  return count > 0 ? { state: 'ok', says: `${count} known` }
    : { state: 'warning', says: 'none imported: packages are judged by their content alone', remedy: 'sluice feed add NAME PLACE keeps a feed in sync, sluice feed import PATH reads one' }
}
