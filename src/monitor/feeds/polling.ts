import { sentence } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Feed } from './feed.ts'
import type { Polled, PolledStore } from './polled.ts'
import { newest } from './reading.ts'

export interface PollingOptions {
  ecosystem: EcosystemId
  /** Canonical names of the packages this organisation uses. */
  names(): Promise<readonly string[]>
  /** What upstream lists now; null: it has no such package. Throws where upstream cannot be asked. */
  releases(name: string): Promise<readonly PolledRelease[] | null>
  store: PolledStore
  /** Packages a page. */
  batch?: number
}

export interface PolledRelease {
  version: string
  publishedAt: Date | null
}

const BATCH = 20
const MOST_NAMES = 20_000
/** Versions compared of one package, the last the index lists. */
const MOST_VERSIONS = 5_000

/**
 * In place of a feed: a few packages a page are asked for, in turn, and compared with what they had. The cursor is the name
 * that was asked for last. What a package has now is kept only after its events are in the log, which is known by being asked
 * to read on from there; a crash in between makes the same events with the same marks again.
 */
export function polling({ ecosystem, names, releases, store, batch = BATCH }: PollingOptions): Feed {
  let pending: { cursor: string; seen: Map<string, Polled> } = { cursor: '', seen: new Map() }

  return {
    id: 'polling',
    ecosystem,
    polls: true,
    describe: () => 'no feed: the packages used here are asked for one after the other; new packages are not seen, and changes only when their turn comes',
    start: () => Promise.resolve('0'),
    async read(cursor) {
      if (cursor === pending.cursor) for (const [name, polled] of pending.seen) await store.keep(name, polled)
      pending = { cursor: '', seen: new Map() }
      const all = [...new Set(await names())].sort()
      const known = all.slice(0, MOST_NAMES)
      const turn = inTurn(known, afterOf(cursor), batch)
      const events: FeedEvent[] = []
      const failures: string[] = []
      const seen = new Map<string, Polled>()
      for (const name of turn) {
        try {
          const found = await compare(name)
          if (found.polled) seen.set(name, found.polled)
          events.push(...found.events)
        } catch (thrown) {
          failures.push(sentence(thrown))
        }
      }
      if (failures.length > 0 && failures.length === turn.length) throw new Error(`none of ${turn.length} packages could be asked for: ${failures[0]}`)
      // Counted up, so that a round over few names still moves the cursor on.
      const next = `${countOf(cursor) + 1} ${turn.at(-1) ?? ''}`.trim()
      pending = { cursor: next, seen }
      const missed = failures.length > 0 ? `${failures.length} of ${turn.length} packages could not be asked for: ${failures[0]}` : null
      const many = all.length > MOST_NAMES ? `${all.length} packages are used; the first ${MOST_NAMES} by name are asked for` : null
      return { events, cursor: next, more: false, headAt: newest(events.map(({ at }) => at)), rejected: 0, rewound: false, problem: missed ?? many }
    },
  }

  async function compare(name: string): Promise<{ events: FeedEvent[]; polled: Polled | null }> {
    const listed = (await releases(name))?.slice(-MOST_VERSIONS) ?? null
    const before = await store.of(name)
    const times = new Map((listed ?? []).map(({ version, publishedAt }) => [version, publishedAt]))
    const versions = [...times.keys()]
    // The first look is what others are compared with: what was there before nobody can tell.
    if (!before) return { events: [], polled: { generation: 0, versions } }
    const had = new Set(before.versions)
    const generation = before.generation + 1
    const event = (kind: FeedEvent['kind'], version: string | null): FeedEvent =>
      ({ ecosystem, mark: `polled ${generation} ${kind} ${name} ${version ?? ''}`.trim(), name, version, kind, at: version === null ? null : times.get(version) ?? null, account: null })
    const gone = before.versions.filter((version) => !times.has(version))
    const events = [
      ...versions.filter((version) => !had.has(version)).map((version) => event('published', version)),
      ...(versions.length === 0 && gone.length > 0 ? [event('removed', null)] : gone.map((version) => event('removed', version))),
    ]
    return { events, polled: events.length > 0 ? { generation, versions } : null }
  }
}

const countOf = (cursor: string): number => Number(/^\d{1,15}/.exec(cursor)?.[0] ?? 0)
const afterOf = (cursor: string): string => cursor.slice(cursor.indexOf(' ') + 1 || cursor.length)

/** The next `count` after `after`, from the beginning again where they end; none twice. */
function inTurn(names: readonly string[], after: string, count: number): string[] {
  const first = names.findIndex((name) => name > after)
  const from = first < 0 ? 0 : first
  return [...names.slice(from), ...names.slice(0, from)].slice(0, count)
}
