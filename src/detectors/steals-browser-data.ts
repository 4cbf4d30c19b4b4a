import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-browser-data', behaviour: 'browser-theft', takes: ['browser'], called: 'what browsers keep',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'high' },
  near: { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'low', loose: 'medium' },
  kept: { unasked: 'high', loaded: 'medium', asked: 'info', called: 'info', loose: 'low' },
  lent: false,
  // A page may read its own cookies.
  except: /^document\.cookie$/,
}

/** Code reads passwords, cookies or sessions that browsers keep, and sends them away. */
export const stealsBrowserData: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'A browser’s profile holds the keys to most of what its owner can reach.',
    'Programs that read it for honest reasons keep it on the machine.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
