import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-entrusted-keys', behaviour: 'wallet-theft', takes: ['entrusted'], called: 'the private key or seed phrase that it is given',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' },
  near: { unasked: 'info', loaded: 'info', asked: 'info', called: 'info', loose: 'info' },
  kept: { unasked: 'info', loaded: 'info', asked: 'info', called: 'info', loose: 'info' },
  lent: false,
}

/** A function that is given a private key or a seed phrase sends it away as it is. */
export const stealsEntrustedKeys: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'A private key never has to leave the machine: what is sent is signed with it.',
    'Libraries of wallets were taken over more than once to send the keys of those who use them, in functions that only run when they are called.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
