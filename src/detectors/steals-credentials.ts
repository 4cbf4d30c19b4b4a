import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-credentials', behaviour: 'credential-theft', takes: ['credentials'], called: 'credentials',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'low', called: 'low', loose: 'low' },
  near: { unasked: 'high', loaded: 'low', asked: 'low', called: 'info', loose: 'low' },
  kept: { unasked: 'low', loaded: 'info', asked: 'info', called: 'info', loose: 'info' },
  lent: true,
}

/** Code reads files or stores that let somebody act as the user, and sends them away. Tools that sign in for a living do so when they are called. */
export const stealsCredentials: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'A token or a key in the wrong hands publishes, deploys and pays in its owner’s name.',
    'Nothing that is being installed or imported needs the keys of other programs.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
