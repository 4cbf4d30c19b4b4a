import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-wallets', behaviour: 'wallet-theft', takes: ['wallet'], called: 'wallets',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'high' },
  near: { unasked: 'critical', loaded: 'high', asked: 'low', called: 'low', loose: 'medium' },
  kept: { unasked: 'high', loaded: 'medium', asked: 'info', called: 'info', loose: 'low' },
  lent: false,
}

/** Code reads wallets of cryptocurrencies, and sends them away. */
export const stealsWallets: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'What is taken from a wallet is gone at once and for good.',
    'Wallet software opens its own wallet; whoever lists those of others is after them.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
