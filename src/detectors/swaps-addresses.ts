import type { Action, Facts } from '../analysis/facts.ts'
import type { Finding, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }
const WRITES_CLIPBOARD = /pyperclip\.copy|clipboardy\.write|copy-paste\.copy|clipboard\.(?:copy|writeText|write)|SetClipboardData|clipboard_append|^(?:clip|pbcopy|xclip|xsel)$/

/** Code watches the clipboard and carries wallet addresses of its own: what is pasted is not what was copied. */
export const swapsAddresses: Detector = {
  id: 'swaps-addresses',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Addresses of wallets are too long to be checked by eye; whoever pastes one pays whom the clipboard names.',
    'A payment in cryptocurrency cannot be taken back.',
  ],
  detect(pkg, facts) {
    const wallets = facts.indicators.filter(({ value }) => value.type === 'wallet')
    if (wallets.length === 0) return watching(pkg, facts)
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

/** What addresses of several chains look like, as patterns of their letters: whoever looks for them again and again in what others copy, unasked. */
const SHAPES = [/0x\[[^\]\n]{3,20}\]\{40\}/, /\[13\]\)?\[|\bbc1(?:q|\||\)|\[)/, /\bT\[[^\]\n]{3,60}\]\{33\}/, /4\[0-9AB\]/, /ltc1|\[LM3?\]\[/, /\bD\[[^\]\n]{3,60}\]\{3[23]\}/]
const LONGEST = 500_000

function watching({ files }: UnpackedPackage, { actions }: Facts): Finding[] {
  const watch = actions.find((action) => action.kind === 'collect' && action.from.includes('clipboard') && (reachOf(action) === 'unasked' || reachOf(action) === 'loaded')
    && actions.some(({ kind, file }) => kind === 'wait' && file === action.file))
  const file = watch && files.get(watch.file)
  if (!file || file.size > LONGEST) return []
  const lines = new TextDecoder().decode(file.bytes).split('\n')
  const shapes = SHAPES.flatMap((shape) => {
    const at = lines.findIndex((line) => line.length < 5000 && shape.test(line))
    return at < 0 ? [] : [{ file: file.path, lines: [at + 1, at + 1] as [number, number], excerpt: (lines[at] ?? '').trim().slice(0, 200), says: 'what addresses of wallets look like', role: 'source' as const }]
  })
  if (shapes.length < 2) return []
  return [{
    detector: swapsAddresses.id, behaviour: 'address-swap', severity: SEVERITY[reachOf(watch)], confidence: 0.85,
    title: `${when(watch)} looks for addresses of wallets in the clipboard, again and again`,
    evidence: evidence({ ...shown(watch, `${watch.call} reads the clipboard`), role: 'sink' }, shapes),
  }]
}

const swapping = ({ kind, from, call, argument }: Action): boolean =>
  (kind === 'collect' && from.includes('clipboard')) || WRITES_CLIPBOARD.test(call) || /Local Extension|--load-extension|clipboardWrite/.test(argument ?? '')
