import type { Detector } from './detector.ts'
import { hostOf, imitated } from './kit/hosts.ts'

/** Code that runs by itself names a host that is made to look like the registry's own. */
export const impersonatedHost: Detector = {
  id: 'impersonated-host',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['A look-alike of the registry hides a second stage among addresses that everybody expects to see.'],
  detect(_pkg, facts, outside) {
    for (const located of facts.hosts) {
      const host = hostOf(located.value)
      const own = host === null ? null : imitated(host, outside.ownHosts)
      if (own === null) continue
      const { file, lines, excerpt } = located
      return [{
        detector: impersonatedHost.id, behaviour: 'impersonation', severity: 'medium', confidence: 0.8,
        title: `names ${host}, which imitates ${own}`,
        evidence: [{ file, lines, excerpt, says: `${located.value} is not the registry's ${own}`.slice(0, 300) }],
      }]
    }
    return []
  },
}
