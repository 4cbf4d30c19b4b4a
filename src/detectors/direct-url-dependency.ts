import type { Finding, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { worse } from './kit/chains.ts'
import { hostOf, isAddress, trustOf } from './kit/hosts.ts'
import { imitated } from './kit/imitation.ts'
import { wantedBy } from './kit/wanted.ts'

/** A dependency is fetched from an address instead of the registry. The gravest three are told. */
export const directUrlDependency: Detector = {
  id: 'direct-url-dependency',
  version: 4,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'What an address serves can change after the package was examined, and differ by who asks.',
    'No registry keeps, dates or removes it.',
  ],
  detect(pkg, _facts, outside) {
    const found = wantedBy(pkg).flatMap(({ name, spec, place, ignored }) => {
      const url = addressIn(spec)
      if (url === null) return []
      const host = hostOf(url)
      const trust = trustOf(url, pkg, outside)
      if (trust === 'own') return []
      const mimics = host === null ? null : imitated(host, outside)
      const severity: Severity = ignored !== null ? 'info' : mimics !== null || (host !== null && isAddress(host) && trust !== 'local') || trust === 'hostile' || trust === 'foreign' && /^http:/i.test(url) ? 'high'
        : trust === 'release' || isGit(url) ? 'low' : 'medium'
      const where = mimics === null ? host ?? 'an address' : `${host}, which imitates ${mimics},`
      return [{
        detector: directUrlDependency.id, behaviour: 'direct-url-dependency' as const, severity, confidence: severity === 'high' ? 0.9 : 0.7,
        title: `depends on ${name} from ${where} instead of the registry`.slice(0, 300),
        place, shown: { excerpt: `${name}: ${spec}`.slice(0, 160), says: `fetched from ${url}${ignored === null ? '' : `; ${ignored}`}`.slice(0, 300) },
      }]
    })
    return found.sort((a, b) => worse(a.severity, b.severity)).slice(0, 3)
      .map(({ place, shown, ...finding }): Finding => ({ ...finding, evidence: [{ ...place(), ...shown }] }))
  },
}

/** `https://…`, `git+ssh://…`, `name @ https://…`, `git@host:…`, npm's `owner/name` and `github:owner/name`. */
function addressIn(spec: string): string | null {
  const text = spec.slice(0, 2000).trim()
  if (/^(?:npm|workspace|file|link|catalog|patch|portal|jsr):/.test(text)) return null
  const url = /(?:git\+)?(?:https?|git|ssh|ftp):\/\/[^\s;'"]+/i.exec(text)
  if (url) return url[0]
  if (/^[\w-]{1,60}@[\w.-]{1,253}:/.test(text)) return `ssh://${text.replace(':', '/')}`
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]{1,100}\/[\w.-]{1,100})(?:#.*)?$/.exec(text)
  return short ? `git+https://${short[1] === 'gitlab' ? 'gitlab.com' : short[1] === 'bitbucket' ? 'bitbucket.org' : 'github.com'}/${short[2]}` : null
}

const isGit = (url: string): boolean => /^(?:git|ssh)|\.git(?:#|$)/i.test(url)
