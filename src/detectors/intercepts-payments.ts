import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, raised, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

/** What a payment goes through: the wallet of a page, or the library that makes and keeps keys. */
const WALLETS: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'medium', loose: 'medium' }
/** What everything goes through that a page asks for. Monitors and polyfills put theirs there, too: with wallets of its own beside it, it is no monitor. */
const NETWORK: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'medium' }
const OF_WALLETS = /^(?:(?:window|globalThis|self|top)\.)?(?:ethereum|solana)\b|eth_account|solders|bip|xrpl|ethers|web3|tweetnacl|tronweb|tronpy|mnemonic|bitcoin/

/** Code puts functions of its own in the place of those that payments and keys go through. */
export const interceptsPayments: Detector = {
  id: 'intercepts-payments',
  version: 1,
  ecosystems: ['npm', 'pypi'],
  needs: ['does:replace'],
  why: [
    'Whoever sits between a wallet and its page decides who is paid, and the page shows what its user expects.',
    'Libraries wrap the functions of others for whoever asks them to; one that does so as soon as it is loaded, with addresses of its own, has other plans.',
  ],
  detect(_pkg, facts) {
    const found = facts.actions.filter(({ kind }) => kind === 'replace')
      .map((action) => ({ action, severity: severityOf(action, facts) })).filter(({ severity }) => severity !== 'info').toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const own = walletsIn(worst.action, facts)
    return [{
      detector: interceptsPayments.id, behaviour: 'address-swap', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: `${when(worst.action)} takes the place of ${worst.action.call}${own.length > 0 ? ', and carries wallets of its own' : ''}`,
      evidence: evidence({ ...shown(worst.action, `a function of its own takes the place of ${worst.action.call}`), role: 'sink' }, [
        ...found.slice(1, 4).map(({ action }) => ({ ...shown(action, `and that of ${action.call}`), role: 'sink' as const })),
        ...own.slice(0, 4).map(({ file, lines, excerpt, value }) => ({ file, lines, excerpt, says: `a wallet: ${value.value}`, role: 'source' as const })),
      ]),
    }]
  },
}

const walletsIn = ({ file }: Action, { indicators }: Facts): Facts['indicators'] => indicators.filter((one) => one.value.type === 'wallet' && one.file === file)

function severityOf(action: Action, facts: Facts): Severity {
  const own = walletsIn(action, facts)
  const reach = reachOf(action)
  if (OF_WALLETS.test(action.call)) {
    // To whom it is paid instead stands beside it; or what it learns goes away.
    const speaks = own.length > 0 || facts.actions.some(({ kind, file }) => file === action.file && (kind === 'send' || kind === 'fetch' || kind === 'connect'))
    return raised(WALLETS[reach], speaks ? 1 : -1)
  }
  // Contracts have addresses of one chain; wallets for whatever is paid are of several.
  const kinds = new Set(own.map(({ value }) => value.says ?? value.value.slice(0, 2)))
  return kinds.size > 1 ? raised(NETWORK[reach], kinds.size > 2 || own.length > 8 ? 1 : 0) : atMost(NETWORK[reach], 'info')
}
