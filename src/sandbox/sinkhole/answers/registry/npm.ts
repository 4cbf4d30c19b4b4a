import { createHash } from 'node:crypto'
import { json, text, type Answer, type Asked } from '../answer.ts'
import type { Cast } from '../cast.ts'
import { npmPackage } from '../stage.ts'
import type { Folder } from './folder.ts'
import type { AtRegistry } from './which.ts'

/** A name as the registry has them, `@scope/name` or `name`. */
const NAME = String.raw`((?:@[\w.~-]{1,100}/)?[\w.~!'()*-]{1,214})`
const TARBALL = new RegExp(`^/${NAME}/-/(?:@[\\w.~-]{1,100}/)?([\\w.~-]{1,214}\\.tgz)$`)
const DOCUMENT = new RegExp(`^/${NAME}(?:/([\\w.+-]{1,100}))?$`)

/** docs of the public registry API (github.com/npm/registry), as far as clients and thieves use it. Nothing that is published goes anywhere. */
export function npm(asked: Asked, { base, path }: AtRegistry, folder: Folder, cast: Cast): Answer {
  if (path.startsWith('/-/')) return account(asked, path, cast)
  if (asked.method === 'PUT' || asked.method === 'POST' || asked.method === 'DELETE') return json(
    'npm/publish', { ok: true, success: true, id: path.slice(1), rev: '3-8f14e45fceea167a' }, asked.method === 'PUT' ? 201 : 200,
  )
  const [, owner, file] = TARBALL.exec(path) ?? []
  if (owner !== undefined && file !== undefined) return tarball(owner, file, folder, cast)
  const [, name, version] = DOCUMENT.exec(path) ?? []
  if (name === undefined) return path === '/' ? json('npm/root', { db_name: 'registry' }) : missing()
  return document(name, version, base, folder, cast)
}

const missing = (): Answer => json('npm/missing', { error: 'Not found' }, 404)

function tarball(name: string, file: string, folder: Folder, cast: Cast): Answer {
  const mirrored = folder.file('npm', encodeURIComponent(name), file)
  if (mirrored) return { script: 'npm/mirror', status: 200, body: mirrored }
  const version = /-(\d[\w.+-]*)\.tgz$/.exec(file)?.[1]
  return version !== undefined && isMadeUp(name, folder, cast) ? text('npm/placeholder', npmPackage(name, version), 'application/octet-stream') : missing()
}

interface Document {
  versions?: Record<string, { dist?: { tarball?: string } }>
  'dist-tags'?: Record<string, string>
}

function document(name: string, version: string | undefined, base: string, folder: Folder, cast: Cast): Answer {
  const mirrored = folder.json('npm', encodeURIComponent(name), 'packument.json') as Document | null
  const found = mirrored ?? (isMadeUp(name, folder, cast) ? madeUp(name, version, cast) : null)
  if (found === null) return missing()
  for (const { dist } of Object.values(found.versions ?? {})) if (dist?.tarball !== undefined) dist.tarball = `${base}/${name}/-/${dist.tarball.split('/').at(-1)}`
  const script = mirrored ? 'npm/mirror' : 'npm/placeholder'
  if (version === undefined) return json(script, found, 200, { 'content-type': 'application/json' })
  const tagged = found['dist-tags'] && Object.hasOwn(found['dist-tags'], version) ? found['dist-tags'][version] as string : version
  return found.versions && Object.hasOwn(found.versions, tagged) ? json(script, found.versions[tagged]) : missing()
}

const isMadeUp = (name: string, folder: Folder, cast: Cast): boolean => (cast.options.placeholders || cast.person.packages.includes(name)) && folder.file('npm', encodeURIComponent(name), 'packument.json') === null

function madeUp(name: string, version: string | undefined, { person }: Cast): Document {
  const is = version !== undefined && /^\d+\.\d+\.\d+/.test(version) ? version : person.packages.includes(name) ? '1.4.2' : '1.0.0'
  const bytes = npmPackage(name, is)
  const dist = {
    tarball: `${name.split('/').at(-1)}-${is}.tgz`, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
  }
  const maintainers = [{ name: person.login, email: person.email }]
  const document = {
    name, 'dist-tags': { latest: is }, maintainers,
    time: { created: '2024-05-02T09:11:03.000Z', modified: '2026-03-11T14:00:12.000Z', [is]: '2026-03-11T14:00:12.000Z' },
    versions: { [is]: { name, version: is, main: 'index.js', license: 'MIT', maintainers, dist } },
  }
  return document
}

/** Who one is, what one may do, and tokens to do it with. */
function account({ method, path: whole, query }: Asked, path: string, { person, secrets }: Cast): Answer {
  const is = (pattern: RegExp): boolean => pattern.test(path)
  if (is(/^\/-\/ping$/)) return json('npm/ping', {})
  if (is(/^\/-\/whoami$/)) return json('npm/whoami', { username: person.login })
  if (is(/^\/-\/npm\/v1\/user$/)) return json('npm/profile', { tfa: null, name: person.login, email: person.email, email_verified: true, fullname: person.name, created: '2019-06-11T08:20:51.000Z', updated: '2026-02-03T10:04:17.000Z' })
  if (is(/^\/-\/npm\/v1\/tokens/)) {
    if (method === 'POST') return json('npm/token-made', {
      token: secrets['npm-new-token'], key: 'c4ca4238a0b923820dcc509a6f75849b', cidr_whitelist: null, readonly: false, automation: true,
      created: new Date().toISOString(),
    })
    return method === 'DELETE' ? text('npm/token-removed', '', 'text/plain', 204) : json('npm/tokens', {
      objects: [{
        token: secrets['npm-token'].slice(0, 10), key: '9d4c2f60b4f9e6b1b2f0a3d7c1e5f8a0', cidr_whitelist: null, readonly: false, automation: true,
        created: '2025-01-20T12:00:00.000Z',
      }],
      total: 1, urls: {},
    })
  }
  if (is(/^\/-\/npm\/v1\/oidc\/token\/exchange/)) return json('npm/oidc', { token: secrets['npm-new-token'], expires: '2030-01-01T00:00:00.000Z' }, 201)
  if (is(/^\/-\/user\/org\.couchdb\.user:/)) return json('npm/login', { ok: true, id: whole.slice(-100), token: secrets['npm-new-token'] }, 201)
  if (is(/^\/-\/v1\/login$/)) return json('npm/login', { error: 'not supported' }, 404)
  if (is(/^\/-\/(?:org|user|team)\/.{1,200}\/package$/)) return json('npm/packages', Object.fromEntries(person.packages.map((name) => [name, 'write'])))
  if (is(/^\/-\/org\/[^/]{1,100}\/user$/)) return json('npm/organisation', { [person.login]: 'owner' })
  if (is(/^\/-\/v1\/search$/)) {
    const own = /maintainer:|author:/.test(query.get('text') ?? '') ? person.packages : []
    const objects = own.map((name) => ({
      package: {
        name, version: '1.4.2', date: '2026-03-11T14:00:12.000Z', publisher: { username: person.login, email: person.email },
        maintainers: [{ username: person.login, email: person.email }],
      },
      score: { final: 0.5, detail: {} }, searchScore: 1,
    }))
    return json('npm/search', { objects, total: objects.length, time: new Date().toUTCString() })
  }
  if (is(/^\/-\/npm\/v1\/security\/advisories\/bulk$/)) return json('npm/audit', {})
  if (is(/^\/-\/npm\/v1\/security\/audits/)) return json('npm/audit', { actions: [], advisories: {}, muted: [], metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 }, dependencies: 0 } })
  if (is(/^\/-\/npm\/v1\/keys$/)) return json('npm/missing', { error: 'Not found' }, 404)
  if (is(/^\/-\/package\/.{1,300}\/dist-tags/)) return json('npm/tags', method === 'GET' ? { latest: '1.4.2' } : { ok: true })
  if (is(/^\/-\/package\/.{1,300}\/(?:collaborators|access|visibility)$/)) return json('npm/access', method === 'GET' ? { [person.login]: 'write' } : { ok: true })
  return json('npm/other', { ok: true })
}
