import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { hostOf, isAddress, trustOf } from './kit/hosts.ts'
import { imitated } from './kit/imitation.ts'
import { lineOf } from './kit/lines.ts'

/** A dependency is fetched from an address instead of the registry. */
export const directUrlDependency: Detector = {
  id: 'direct-url-dependency',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'What an address serves can change after the package was examined, and differ by who asks.',
    'No registry keeps, dates or removes it.',
  ],
  detect(pkg, _facts, outside) {
    return Object.entries(pkg.manifest.dependencies).flatMap(([name, spec]) => {
      const url = addressIn(spec)
      if (url === null) return []
      const host = hostOf(url)
      const trust = trustOf(url, pkg, outside)
      if (trust === 'own') return []
      const mimics = host === null ? null : imitated(host, outside.ownHosts)
      const severity: Severity = mimics !== null || (host !== null && isAddress(host) && trust !== 'local') || trust === 'hostile' ? 'high'
        : trust === 'release' || isGit(url) ? 'low' : 'medium'
      const where = mimics === null ? host ?? 'an address' : `${host}, which imitates ${mimics},`
      return [{
        detector: directUrlDependency.id, behaviour: 'direct-url-dependency' as const, severity, confidence: severity === 'high' ? 0.9 : 0.7,
        title: `depends on ${name} from ${where} instead of the registry`,
        evidence: [{ ...lineOf(pkg, spec), excerpt: `${name}: ${spec}`.slice(0, 160), says: `fetched from ${url}`.slice(0, 300) }] as const,
      }]
    }).slice(0, 3)
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
