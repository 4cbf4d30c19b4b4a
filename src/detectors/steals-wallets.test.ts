import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { stealsWallets } from './steals-wallets.ts'

it('weighs by reach and chain', () => expect(severities(stealsWallets)).toEqual({
  'command-electrum': 'high', 'extension-settings': 'critical', 'go-solana': 'critical', 'hook-exodus': 'critical',
  'import-wallet-dat': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(stealsWallets)).toEqual([]))
