import { startHttp } from './http.ts'
import type { FakeServer } from './http.ts'
import { due, reply } from './misbehave.ts'
import type { Behaviours, Honest } from './misbehave.ts'

export interface JournalEntry { serial: number; name: string; version: string | null; at: Date; action: string }

/**
 * The three ways in which PyPI tells what happens, on loopback and from one journal: XML-RPC at `/pypi`, RSS at `/rss/`, and
 * the serials of `/simple/`. `behaviour` spoils paths.
 */
export interface FakePypiFeed extends FakeServer {
  behaviour: Behaviours
  readonly journal: readonly JournalEntry[]
  readonly serial: number
  /** `new release` and one file. */
  release(name: string, version: string, at?: Date): void
  act(name: string, version: string | null, action: string, at?: Date): number
  rewind(serial: number): void
  /** The fault of a client that asks too often, so many times. */
  tooMany: { times: number; seconds: number }
  /** Which of its ways it has; without: 404. */
  offers: { xmlRpc: boolean; rss: boolean; serials: boolean }
}

export async function startFakePypiFeed(): Promise<FakePypiFeed> {
  let journal: JournalEntry[] = []
  let serial = 20_000_000
  const behaviour: Behaviours = new Map()

  const act = (name: string, version: string | null, action: string, at = new Date()): number => {
    journal.push({ serial: ++serial, name, version, at, action })
    return serial
  }

  const rpc = (body: string): Honest => {
    if (feed.tooMany.times > 0) {
      feed.tooMany.times--
      return xml(fault(-32500, `HTTPTooManyRequests: The action could not be performed because there were too many requests by the client. Limit may reset in ${feed.tooMany.seconds} seconds.`))
    }
    const method = /<methodName>([^<]*)</.exec(body)?.[1]
    if (method === 'changelog_last_serial') return xml(answer(`<int>${serial}</int>`))
    const since = Number(/<int>(\d+)<\/int>/.exec(body)?.[1])
    if (method !== 'changelog_since_serial') return xml(fault(-32601, 'server error; requested method not found'))
    const rows = journal.filter((entry) => entry.serial > since).slice(0, 50_000)
    return xml(answer(`<array><data>\n${rows.map(row).join('')}</data></array>`))
  }

  const simple = (): Honest => {
    const latest = new Map<string, number>()
    for (const entry of journal) {
      if (entry.action === 'remove project') latest.delete(entry.name)
      else latest.set(entry.name, entry.serial)
    }
    const projects = [...latest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, last]) => ({ '_last-serial': last, name }))
    const body = Buffer.from(JSON.stringify({ meta: { '_last-serial': serial, 'api-version': '1.3' }, projects }))
    return { status: 200, headers: { 'content-type': 'application/vnd.pypi.simple.v1+json', 'x-pypi-last-serial': String(serial) }, body }
  }

  const server = await startHttp(async (request, response) => {
    const { path } = request
    const honest = path === '/pypi' && feed.offers.xmlRpc ? rpc(request.body.toString('utf8'))
      : path === '/rss/updates.xml' && feed.offers.rss ? updates(journal, server.url)
        : path === '/rss/packages.xml' && feed.offers.rss ? packages(journal, server.url)
          : path === '/simple/' && feed.offers.serials ? simple() : { status: 404, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html><body>404</body></html>') }
    await reply(response, honest, due(behaviour, path))
  })

  const feed: FakePypiFeed = {
    ...server,
    behaviour,
    tooMany: { times: 0, seconds: 1 },
    offers: { xmlRpc: true, rss: true, serials: true },
    get journal() { return journal },
    get serial() { return serial },
    act,
    release: (name, version, at = new Date()) => {
      if (!journal.some((entry) => entry.name === name)) act(name, null, 'create', at)
      act(name, version, 'new release', at)
      act(name, version, `add source file ${name}-${version}.tar.gz`, at)
    },
    rewind: (to) => {
      serial = to
      journal = journal.filter((entry) => entry.serial <= to)
    },
  }
  return feed
}

const xml = (body: string): Honest => ({ status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: Buffer.from(body) })
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const answer = (value: string): string => `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`

const fault = (code: number, says: string): string => `<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n`
  + `<member>\n<name>faultCode</name>\n<value><int>${code}</int></value>\n</member>\n<member>\n<name>faultString</name>\n`
  + `<value><string>${escape(says)}</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n`

const row = ({ serial, name, version, at, action }: JournalEntry): string =>
  `<value><array><data>\n<value><string>${escape(name)}</string></value>\n<value>${version === null ? '<nil/>' : `<string>${escape(version)}</string>`}</value>\n`
  + `<value><int>${Math.floor(at.getTime() / 1000)}</int></value>\n<value><string>${escape(action)}</string></value>\n<value><int>${serial}</int></value>\n</data></array></value>\n`

function updates(journal: readonly JournalEntry[], url: string): Honest {
  const releases = journal.filter(({ action }) => action === 'new release').slice(-100).toReversed()
  return rss('recent updates', releases.map(({ name, version, at }) => item(`${name} ${version}`, `${url}project/${name}/${version}/`, at)))
}

function packages(journal: readonly JournalEntry[], url: string): Honest {
  const created = journal.filter(({ action }) => action === 'create').slice(-40).toReversed()
  return rss('newest packages', created.map(({ name, at }) => item(`${name} added to the index`, `${url}project/${name}/`, at)))
}

const item = (title: string, link: string, at: Date): string =>
  `    <item>\n      <title>${escape(title)}</title>\n      <link>${escape(link)}</link>\n      <description>A &amp; B.</description>\n`
  + `<author>someone@mail.example</author>      <pubDate>${at.toUTCString()}</pubDate>\n    </item>\n`

const rss = (title: string, items: readonly string[]): Honest => xml(
  `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">\n  <channel>\n    <title>${title}</title>\n    <language>en</language>\n${items.join('')}  </channel>\n</rss>\n`)
