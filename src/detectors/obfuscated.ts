import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence } from './kit/evidence.ts'

type MarkKind = Facts['marks'][number]['value']['kind']

/** How much each way of hiding code says where code runs by itself. Minified code has none of these marks. */
const MEANING: Readonly<Partial<Record<MarkKind, Severity>>> = {
  pyarmor: 'high', 'string-array': 'high', jsfuck: 'high', jjencode: 'high', aaencode: 'high', packer: 'medium', marshal: 'medium', pyminifier: 'medium',
  'hidden-unicode': 'high', bidi: 'medium', 'homoglyph-identifiers': 'medium', 'many-escapes': 'low', 'high-entropy-blob': 'low', fernet: 'low', aes: 'info',
}
/** What it can amount to at most. Vendors sell what nobody can read, too: what is loaded counts more when it does something. */
const MOST: ByReach = { unasked: 'high', loaded: 'medium', asked: 'medium', called: 'medium', loose: 'medium' }
const EFFECTS: ReadonlySet<Action['kind']> = new Set(['execute', 'spawn', 'fetch', 'connect', 'send', 'collect', 'write', 'delete'])
/** Tables and generated code have these, too; with code that runs code beside them they are for hiding. */
const UNREADABLE: ReadonlySet<MarkKind> = new Set(['many-escapes', 'pyminifier', 'packer', 'marshal'])
const NAMES: Readonly<Partial<Record<MarkKind, string>>> = {
  pyarmor: 'PyArmor', 'string-array': 'an obfuscator’s table of strings', jsfuck: 'brackets and signs only', packer: 'a packer', marshal: 'marshalled bytecode',
  'hidden-unicode': 'invisible characters', bidi: 'characters that turn the reading direction', 'homoglyph-identifiers': 'letters that look like others', 'many-escapes': 'escapes for plain letters',
}

/** Code is made unreadable by a tool for that purpose. */
export const obfuscated: Detector = {
  id: 'obfuscated',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Open packages are read by those who use them; code that nobody can read cannot be trusted by anybody.',
    'Obfuscation hides a purpose from people and from scanners; minification only saves bytes and is told apart.',
  ],
  detect(_pkg, facts) {
    const found = facts.marks.flatMap((mark) => {
      const meaning = MEANING[mark.value.kind]
      if (meaning === undefined || meaning === 'info') return []
      const most = mostIn(mark.file, facts)
      return [{ mark, severity: UNREADABLE.has(mark.value.kind) ? atMost(runsIn(mark.file, facts) ? 'high' : meaning, most) : atMost(meaning, most) }]
    }).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const places = found.map(({ mark }) => ({ file: mark.file, lines: mark.lines, excerpt: mark.excerpt, says: mark.value.says, role: 'transform' as const }))
    const [first, ...rest] = places
    return first ? [{
      detector: obfuscated.id, behaviour: 'obfuscation', severity: worst.severity, confidence: sureness(worst.severity, 0.8),
      title: `${worst.mark.file} is obfuscated with ${NAMES[worst.mark.value.kind] ?? worst.mark.value.kind}`, evidence: evidence(first, rest),
    }] : []
  },
}

const ORDER: readonly Reach[] = ['unasked', 'loaded', 'asked', 'called', 'loose']

/** By the strongest reach of anything in a file; a file in which nothing was seen counts as loose. */
function mostIn(path: string, { actions }: Facts): Severity {
  const inside = actions.filter(({ file }) => file === path)
  const reaches = new Set(inside.map(reachOf))
  const reach = ORDER.find((one) => reaches.has(one)) ?? 'loose'
  return reach === 'loaded' && inside.some((action) => EFFECTS.has(action.kind) && reachOf(action) === 'loaded') ? 'high' : MOST[reach]
}

/** Whether a file runs text or data as code when it is loaded, or before. */
const runsIn = (path: string, { actions }: Facts): boolean =>
  actions.some((action) => action.file === path && action.kind === 'execute' && (reachOf(action) === 'unasked' || reachOf(action) === 'loaded'))
