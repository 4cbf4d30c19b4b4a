import { isCode, SluiceError } from '../../core/errors.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { askFirst, askWhole } from './ask.ts'
import type { Feed } from './feed.ts'
import { serialOf } from './pypi-places.ts'
import { nameIn, newest, OVERLAP, paced, timeIn, versionIn, wholeNumber } from './reading.ts'
import { call, readAnswer, readList } from './xml-rpc.ts'
import type { Value } from './xml-rpc.ts'

/** One line of the journal. `serial` null: not even its place could be read. */
export interface JournalLine {
  serial: number | null
  event: FeedEvent | null
}

/** The journal sends up to 50,000 lines, some 400 bytes each, and cannot be asked for less; of an answer that is larger, the beginning counts. */
const PAGE_LIMIT = 64 * 1024 * 1024
const FULL = 50_000

/** `[name, version | nil, seconds since 1970, action, serial]`, in the order of the serials. Throws `feed-invalid`. */
export function* readChangelog(body: Buffer): Generator<JournalLine> {
  for (const row of readList(body)) yield lineOf(row)
}

function lineOf(row: Value): JournalLine {
  const [rawName, rawVersion, seconds, action, rawSerial] = Array.isArray(row) ? row : []
  const serial = wholeNumber(rawSerial)
  const name = nameIn('pypi', rawName)
  if (serial === null || name === null || typeof action !== 'string') return { serial, event: null }
  const { kind, whole } = meaning(action)
  const at = typeof seconds === 'number' ? timeIn(seconds * 1000) : null
  const version = whole ? null : versionIn('pypi', rawVersion)
  return { serial, event: { ecosystem: 'pypi', mark: `${serial} ${name}`, name, version, kind, at, account: null } }
}

/**
 * PyPI's journal speaks in phrases: `new release`, `remove release`, `remove project`, `create`, `add source file x`,
 * `remove file x`, `yank release`, `add Owner x`, and more to come. `whole`: it is about the project, not one version.
 */
function meaning(action: string): { kind: FeedEvent['kind']; whole: boolean } {
  if (action === 'new release') return { kind: 'published', whole: false }
  if (action === 'remove release') return { kind: 'removed', whole: false }
  if (action === 'remove project' || action === 'remove') return { kind: 'removed', whole: true }
  return { kind: 'changed', whole: false }
}

/** `url` is the XML-RPC endpoint. */
export function pypiChangelog({ url, upstream, clock, pageLimit = PAGE_LIMIT }: { url: string; upstream: Upstream; clock: Clock; pageLimit?: number }): Feed {
  const asking = (method: string, parameters: readonly number[]) =>
    ({ method: 'POST', headers: { 'content-type': 'text/xml', accept: 'text/xml' }, body: call(method, parameters), now: clock.now() }) as const

  const head = async (): Promise<number> => {
    const serial = wholeNumber(readAnswer((await askWhole(upstream, url, { ...asking('changelog_last_serial', []), limit: 64 * 1024 })).body))
    if (serial === null) throw new SluiceError('feed-invalid', 'the feed does not say where it is now')
    return serial
  }

  const journal = async function* (from: number): AsyncGenerator<JournalLine | 'cut'> {
    const { body, cut } = await askFirst(upstream, url, { ...asking('changelog_since_serial', [from]), limit: pageLimit })
    try {
      yield* paced(readChangelog(body))
    } catch (thrown) {
      if (!cut || !isCode(thrown, 'feed-invalid')) throw thrown
      yield 'cut'
    }
  }

  return {
    id: `pypi-changelog ${url}`,
    ecosystem: 'pypi',
    describe: () => `journal by XML-RPC at ${url}: releases, files, removals and yanks, each with its time; it does not tell who did it`,
    start: async () => String(await head()),
    takeOver: (place) => serialOf(place, url)?.toString() ?? null,
    async read(cursor) {
      const from = Number(cursor)
      const events: FeedEvent[] = []
      let lines = 0
      let rejected = 0
      let next = from
      let cut = false
      let ordered = true
      for await (const line of journal(from)) {
        if (line === 'cut') {
          cut = true
          break
        }
        const { serial, event } = line
        lines++
        ordered &&= serial === null || serial > next
        if (serial !== null) next = Math.max(next, serial)
        if (event) events.push(event)
        else rejected++
      }
      // Of half an answer nothing is sure unless it is in order: what is behind the cut must come later.
      if (cut && (lines === 0 || !ordered)) throw new SluiceError('feed-invalid', 'the feed sent more than can be read at once, and not in order')
      const answer = { events, rejected, headAt: newest(events.map(({ at }) => at)), rewound: false, problem: null }
      if (lines > 0) {
        const problem = next > from ? null : `the feed repeats what stands before ${from} instead of what comes after`
        return { ...answer, cursor: String(next), more: (cut || lines >= FULL) && next > from, problem }
      }
      const at = await head()
      if (at >= from) return { ...answer, cursor, more: false }
      const back = String(Math.max(0, at - OVERLAP))
      return { ...answer, cursor: back, more: true, rewound: true, problem: `the feed went back from ${from} to ${at}; read again from ${back}` }
    },
  }
}
