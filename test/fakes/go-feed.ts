import { startHttp } from './http.ts'
import type { FakeServer, SeenRequest } from './http.ts'
import { due, reply } from './misbehave.ts'
import type { Behaviours, Honest } from './misbehave.ts'

/** A module index on loopback: `/index?since=&limit=` sends lines, oldest first, `since` included, at most 2,000. `behaviour` spoils paths. */
export interface FakeGoFeed extends FakeServer {
  behaviour: Behaviours
  /** `time`: RFC 3339 with up to nine digits behind the second. */
  add(path: string, version: string, time: string): void
  /** A line as it is, placed at `time`. */
  line(text: string, time: string): void
}

export async function startFakeGoFeed(): Promise<FakeGoFeed> {
  const lines: { text: string; key: string }[] = []
  const behaviour: Behaviours = new Map()

  const page = ({ query }: SeenRequest): Honest => {
    const asked = new URLSearchParams(query)
    const since = keyOf(asked.get('since') ?? '1970-01-01T00:00:00Z')
    const limit = Math.min(Number(asked.get('limit') ?? 2_000), 2_000)
    const from = lines.findIndex(({ key }) => key >= since)
    const found = from < 0 ? [] : lines.slice(from, from + limit)
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(found.map(({ text }) => `${text}\n`).join('')) }
  }

  const server = await startHttp(async (request, response) => {
    const honest = request.path === '/index' ? page(request) : { status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('not found') }
    await reply(response, honest, due(behaviour, request.path))
  })

  const line = (text: string, time: string): void => {
    const key = keyOf(time)
    let at = lines.length
    while (at > 0 && (lines[at - 1]?.key ?? '') > key) at--
    lines.splice(at, 0, { text, key })
  }
  return { ...server, behaviour, line, add: (path, version, time) => line(JSON.stringify({ Path: path, Version: version, Timestamp: time }), time) }
}

/** Text that sorts as its time does. */
function keyOf(time: string): string {
  const [, whole = '', fraction = ''] = /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(time) ?? []
  return `${whole}.${fraction.padEnd(9, '0')}`
}
