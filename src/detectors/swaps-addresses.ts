import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }
const WRITES_CLIPBOARD = /pyperclip\.copy|clipboardy\.write|copy-paste\.copy|clipboard\.(?:copy|writeText|write)|SetClipboardData|clipboard_append|^(?:clip|pbcopy|xclip|xsel)$/

/** Code watches the clipboard and carries wallet addresses of its own: what is pasted is not what was copied. */
export const swapsAddresses: Detector = {
  id: 'swaps-addresses',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Addresses of wallets are too long to be checked by eye; whoever pastes one pays whom the clipboard names.',
    'A payment in cryptocurrency cannot be taken back.',
  ],
  detect(_pkg, facts) {
    const wallets = facts.indicators.filter(({ value }) => value.type === 'wallet')
    if (wallets.length === 0) return []
    const found = facts.actions.filter((action) => wallets.some(({ file }) => file === action.file) && swapping(action))
      .map((action) => ({ action, severity: SEVERITY[reachOf(action)] })).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const own = wallets.filter(({ file }) => file === worst.action.file)
    return [{
      detector: swapsAddresses.id, behaviour: 'address-swap', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: `${when(worst.action)} changes what is in the clipboard, and carries wallets of its own`,
      evidence: evidence({ ...shown(worst.action, `${worst.action.call} touches the clipboard`), role: 'sink' },
        own.slice(0, 4).map(({ file, lines, excerpt, value }) => ({ file, lines, excerpt, says: `a wallet: ${value.value}`, role: 'source' as const }))),
    }]
  },
}

const swapping = ({ kind, from, call, argument }: Action): boolean =>
  (kind === 'collect' && from.includes('clipboard')) || WRITES_CLIPBOARD.test(call) || /Local Extension|--load-extension|clipboardWrite/.test(argument ?? '')
