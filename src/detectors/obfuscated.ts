import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence } from './kit/evidence.ts'
import type { Ground } from './kit/origins.ts'

type MarkKind = Facts['marks'][number]['value']['kind']

/** How much each way of hiding code says where code runs by itself. Minified code has none of these marks. */
const MEANING: Readonly<Partial<Record<MarkKind, Severity>>> = {
  pyarmor: 'high', 'string-array': 'high', jsfuck: 'high', jjencode: 'high', aaencode: 'high', packer: 'medium', marshal: 'medium', pyminifier: 'medium',
  'hidden-unicode': 'high', bidi: 'medium', 'homoglyph-identifiers': 'medium', 'many-escapes': 'low', 'high-entropy-blob': 'low', fernet: 'low', aes: 'info',
}
/** What it can amount to at most. Vendors sell what nobody can read, too: what is loaded counts more when it does something. */
const MOST: ByReach = { unasked: 'high', loaded: 'medium', asked: 'medium', called: 'medium', loose: 'medium' }
const EFFECTS: ReadonlySet<Action['kind']> = new Set(['execute', 'spawn', 'fetch', 'connect', 'send', 'collect', 'write', 'delete'])
/** Nobody hides what is never run: these count where the file runs text as code or starts programs, or where something decoded is run anywhere. */
const TO_RUN: ReadonlySet<MarkKind> = new Set(['high-entropy-blob', 'many-escapes', 'packer', 'pyminifier', 'marshal'])
/** Tables and generated code have these, too; with code that runs code beside them they are for hiding. */
const UNREADABLE: ReadonlySet<MarkKind> = new Set(['many-escapes', 'pyminifier', 'packer', 'marshal'])
const NAMES: Readonly<Partial<Record<MarkKind, string>>> = {
  pyarmor: 'PyArmor', 'string-array': 'an obfuscator’s table of strings', jsfuck: 'brackets and signs only', packer: 'a packer', marshal: 'marshalled bytecode',
  'hidden-unicode': 'invisible characters', bidi: 'characters that turn the reading direction', 'homoglyph-identifiers': 'letters that look like others', 'many-escapes': 'escapes for plain letters',
}

/** Code is made unreadable by a tool for that purpose. */
export const obfuscated: Detector = {
  id: 'obfuscated',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Open packages are read by those who use them; code that nobody can read cannot be trusted by anybody.',
    'Obfuscation hides a purpose from people and from scanners; minification only saves bytes and is told apart.',
  ],
  detect(pkg, facts) {
    const found = facts.marks.flatMap((mark) => {
      const meaning = MEANING[mark.value.kind]
      if (meaning === undefined || meaning === 'info') return []
      return [{ mark, severity: severityOf(mark.value.kind, meaning, mark.file, { pkg, facts }) }]
    }).filter(({ severity }) => severity !== 'info').toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const places = found.map(({ mark }) => ({ file: mark.file, lines: mark.lines, excerpt: mark.excerpt, says: mark.value.says, role: 'transform' as const }))
    const [first, ...rest] = places
    return first ? [{
      detector: obfuscated.id, behaviour: 'obfuscation', severity: worst.severity, confidence: sureness(worst.severity, worst.severity === 'critical' ? 0.9 : 0.8),
      title: `${worst.mark.file} is obfuscated with ${NAMES[worst.mark.value.kind] ?? worst.mark.value.kind}`, evidence: evidence(first, rest),
    }] : []
  },
}

function severityOf(kind: MarkKind, meaning: Severity, path: string, ground: Pick<Ground, 'pkg' | 'facts'>): Severity {
  const { reach, acts, evaluates, idle } = lifeOf(path, ground)
  if (idle && TO_RUN.has(kind)) return 'info'
  // Whoever installs a Python package runs its setup.py: nobody sells that.
  if (SEALED.has(kind) && reach === 'unasked' && path.endsWith('.py')) return 'critical'
  const most = reach === 'loaded' && (acts || kind === 'pyarmor') ? 'high' : reach !== 'unasked' && evaluates >= MANY ? 'high' : MOST[reach]
  // Whoever keeps secrets encrypts them; with code that is run from text beside it, it is the code.
  if (kind === 'fernet' && evaluates === 0) return 'info'
  if (!UNREADABLE.has(kind)) return atMost(meaning, most)
  const soon = reach === 'unasked' || reach === 'loaded'
  // Escapes for plain letters are for eyes: with code that is run from text at once, nothing else is left that they could be for.
  if (evaluates > 0 && path.endsWith('.py') && (reach === 'unasked' || reach === 'loaded' && kind === 'many-escapes')) return 'critical'
  return atMost(evaluates >= MANY || soon && evaluates > 0 ? 'high' : meaning, most)
}

/** Containers that hold a whole program. */
const SEALED: ReadonlySet<MarkKind> = new Set(['pyarmor', 'hidden-unicode', 'homoglyph-identifiers'])
/** Code that calls `eval` once may have a reason; what is put together from it piece by piece has none. */
const MANY = 3
const LOADS_COMPILED = /marshal/
const ORDER: readonly Reach[] = ['unasked', 'loaded', 'asked', 'called', 'loose']

/** The strongest way in which a file runs, whether it does anything then, how often it runs text as code, and whether nothing here or of hidden text anywhere does. */
function lifeOf(path: string, { pkg, facts }: Pick<Ground, 'pkg' | 'facts'>): { reach: Reach; acts: boolean; evaluates: number; idle: boolean } {
  const inside = facts.actions.filter(({ file }) => file === path)
  const reaches = new Set([...inside, ...pkg.triggers.filter(({ file }) => file === path).map((trigger) => ({ trigger }))].map(reachOf))
  const reach = ORDER.find((one) => reaches.has(one)) ?? 'loose'
  return {
    reach, acts: inside.some((action) => EFFECTS.has(action.kind) && reachOf(action) === reach),
    idle: !inside.some(({ kind, call }) => kind === 'execute' || kind === 'spawn' || LOADS_COMPILED.test(call)) && !facts.actions.some(({ kind, from }) => kind === 'execute' && from.includes('decoded')),
    evaluates: inside.filter(({ kind, trigger, file }) => kind === 'execute' && trigger.kind !== 'call' && (trigger.kind !== 'file' || trigger.name === file)).length,
  }
}
