import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-messenger-tokens', behaviour: 'messenger-theft', takes: ['messenger'], called: 'sessions of messengers',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'critical', called: 'high', loose: 'high' },
  near: { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'high' },
  kept: { unasked: 'high', loaded: 'high', asked: 'medium', called: 'low', loose: 'medium' },
  lent: false,
}

/** Code reads session tokens out of messengers’ folders, and sends them away. */
export const stealsMessengerTokens: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'Who has the token is that person to all of their contacts.',
    'The folders of other programs are no business of a package.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
