import type { Rule } from '../rule.ts'
import { theft } from '../kit/theft.ts'

/** Nothing that is installed needs a wallet; what is called may be one. */
export const didReadWallets: Rule = {
  id: 'did-read-wallets',
  version: 2,
  why: ['What is taken from a wallet is gone at once and for good.'],
  judge: (scene) => theft({
    id: 'did-read-wallets', behaviour: 'wallet-theft', places: ['wallet'], called: 'a wallet', read: { install: 'high', import: 'high', execute: 'medium' }, sweep: 3,
  }, scene),
}
