import { createHash } from 'node:crypto'
import { startHttp } from './http.ts'
import type { FakeServer, SeenRequest } from './http.ts'
import { due, reply } from './misbehave.ts'
import type { Behaviours, Honest } from './misbehave.ts'

interface Change { seq: number; id: string; rev: string; deleted: boolean }

/**
 * A changes feed on loopback, as registries offer it since 2025: `/` tells `update_seq`, `/_changes?since=&limit=` a page;
 * a package appears once, at its latest change. `behaviour` spoils paths.
 */
export interface FakeNpmFeed extends FakeServer {
  behaviour: Behaviours
  /** One change each; returns the last sequence. */
  change(...names: readonly string[]): number
  remove(name: string): number
  /** The database as it was at `seq`: what came later is forgotten, and its numbers are given again. */
  rewind(seq: number): void
  /** Numbers that nobody gets, as registries have them. */
  skip(count: number): void
  readonly seq: number
  /** An empty page repeats `since` as `last_seq`, as CouchDB 1 does. */
  echoes: boolean
  /** Every page begins at the beginning. */
  ignoresSince: boolean
  /** Pages come back to front. */
  backwards: boolean
  /** Largest page, whatever is asked. */
  cap: number
}

export async function startFakeNpmFeed({ under = '/' } = {}): Promise<FakeNpmFeed> {
  let changes: Change[] = []
  let last = new Map<string, Change>()
  let seq = 1_000
  const behaviour: Behaviours = new Map()

  const add = (id: string, deleted: boolean): number => {
    seq++
    const rev = `${(seq % 90) + 1}-${createHash('md5').update(`${seq} ${id}`).digest('hex')}`
    const change = { seq, id, rev, deleted }
    changes.push(change)
    last.set(id, change)
    return seq
  }

  const page = ({ query }: SeenRequest): Honest => {
    const asked = new URLSearchParams(query)
    const since = asked.get('since') === 'now' ? seq : Number(asked.get('since') ?? 0)
    const limit = Math.min(Number(asked.get('limit') ?? 1_000), feed.cap)
    const from = feed.ignoresSince ? 0 : since
    const found: Change[] = []
    for (let at = firstAfter(changes, from); at < changes.length && found.length < limit; at++) {
      const change = changes[at] as Change
      if (last.get(change.id) === change) found.push(change)
    }
    const results = found.map(({ seq, id, rev, deleted }) => ({ seq, id, changes: [{ rev }], ...(deleted ? { deleted: true } : {}) }))
    const lastSeq = found.at(-1)?.seq ?? (feed.echoes ? since : seq)
    return json({ results: feed.backwards ? results.toReversed() : results, last_seq: lastSeq })
  }

  const server = await startHttp(async (request, response) => {
    const honest = request.path === `${under}_changes` ? page(request)
      : request.path === under ? json({ db_name: 'registry', doc_count: last.size, update_seq: seq }) : json({ error: 'not_found' }, 404)
    await reply(response, honest, due(behaviour, request.path))
  })

  const feed: FakeNpmFeed = {
    ...server,
    behaviour, echoes: false, ignoresSince: false, backwards: false, cap: 10_000,
    get seq() { return seq },
    change: (...names) => names.reduce((_, name) => add(name, false), seq),
    remove: (name) => add(name, true),
    skip: (count) => { seq += count },
    rewind: (to) => {
      seq = to
      changes = changes.filter((change) => change.seq <= to)
      last = new Map(changes.map((change) => [change.id, change]))
    },
  }
  return feed
}

function firstAfter(changes: readonly Change[], seq: number): number {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle] as Change).seq > seq) high = middle
    else low = middle + 1
  }
  return low
}

const json = (value: unknown, status = 200): Honest =>
  ({ status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) })
