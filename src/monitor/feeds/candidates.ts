import type { EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Feed } from './feed.ts'
import { goIndex } from './go-index.ts'
import { npmChanges } from './npm-changes.ts'
import { pypiChangelog } from './pypi-changelog.ts'
import { pypiRss } from './pypi-rss.ts'
import { pypiSerials, serialsOf } from './pypi-serials.ts'

export interface Ways { upstream: Upstream; clock: Clock }

type Derive = (base: URL, ways: Ways) => Feed[]

/** Feeds that may be there for an upstream, the best first: on its own host, then on the host beside it. No host is known beforehand. */
const DERIVED: Readonly<Record<EcosystemId, Derive>> = {
  npm: (base, ways) => [base, ...besides(base, 'replicate').flatMap((beside) => [beside, new URL('registry/', beside)])]
    .map(({ href }) => npmChanges({ base: href, ...ways })),
  pypi: (base, ways) => {
    const simple = base.pathname.endsWith('/simple/') ? base : new URL('simple/', base)
    const serials = { url: simple.href, ...ways }
    return [
      pypiChangelog({ url: new URL('../pypi', simple).href, ...ways }),
      pypiRss({ base: new URL('../rss/', simple).href, ...ways, serials: serialsOf(serials) }),
      pypiSerials(serials),
    ]
  },
  go: (base, ways) => [new URL('index', base), ...besides(base, 'index').map((beside) => new URL('index', beside))]
    .map(({ href }) => goIndex({ url: href, ...ways })),
}

/** What an operator's URL names, by its end. */
const CONFIGURED: Readonly<Record<EcosystemId, Derive>> = {
  npm: (url, ways) => [npmChanges({ base: withSlash(url.href.replace(/_changes\/?$/, '')), ...ways })],
  pypi: (url, ways) => {
    if (/\/simple\/?$/.test(url.pathname)) return [pypiSerials({ url: withSlash(url.href), ...ways })]
    if (/\/rss\/(?:[a-z]{1,20}\.xml)?$/.test(url.pathname)) return [pypiRss({ base: new URL('.', url).href, serials: null, ...ways })]
    return [pypiChangelog({ url: url.href, ...ways })]
  },
  go: (url, ways) => [goIndex({ url: url.href.replace(/\/$/, ''), ...ways })],
}

export const derived = (ecosystem: EcosystemId, upstream: string, ways: Ways): Feed[] => DERIVED[ecosystem](new URL(withSlash(upstream)), ways)
export const configured = (ecosystem: EcosystemId, url: string, ways: Ways): Feed[] => CONFIGURED[ecosystem](new URL(url), ways)

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

/**
 * The host whose first label is another one: `registry.x.example` has `replicate.x.example` beside it. A registry whose name
 * ends in `org` may keep its feed under the same name in `com`; that is tried last. Addresses and short names have none.
 */
function besides(base: URL, label: string): URL[] {
  const labels = base.hostname.split('.')
  if (labels.length < 3 || base.hostname.startsWith('[') || /^\d+$/.test(labels.at(-1) ?? '')) return []
  const at = (rest: readonly string[]): URL => {
    const url = new URL('/', base)
    url.hostname = [label, ...rest].join('.')
    return url
  }
  const rest = labels.slice(1)
  return rest.at(-1) === 'org' ? [at(rest), at([...rest.slice(0, -1), 'com'])] : [at(rest)]
}
