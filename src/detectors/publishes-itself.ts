import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { sentTo } from './kit/origins.ts'
import type { Ground } from './kit/origins.ts'

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'medium', asked: 'low', called: 'low', loose: 'low' }
/** With credentials read in the same file. */
const ARMED: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'medium', called: 'low', loose: 'medium' }
const PUBLISHES = /^(?:npm|pnpm|bun)\S* (?:\S+ )*?publish\b|^yarn\S* (?:npm )?publish\b|^twine\S* upload\b|python\S* -m twine upload|^(?:flit|poetry|uv|hatch|maturin) (?:\S+ )*?publish\b|setup\.py .*\bupload\b|^cargo publish|^gem push/

/** Code publishes packages: the way a worm spreads from one maintainer to the next. */
export const publishesItself: Detector = {
  id: 'publishes-itself',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:spawn', 'does:send'],
  why: [
    'A package that publishes packages with the keys it finds spreads by itself, and its victims look like its authors.',
    'Releases are made by people and their pipelines, never by what they install.',
  ],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const found = facts.actions.filter((action) => publishing(action) || uploading(action, ground)).map((action) => {
      const armed = facts.actions.some(({ kind, from, file }) => kind === 'collect' && file === action.file && (from.includes('credentials') || from.includes('secret')))
      return { action, armed, severity: armed ? ARMED[reachOf(action)] : releasing(action) ? 'info' as const : SEVERITY[reachOf(action)] }
    }).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst || worst.severity === 'info') return []
    return [{
      detector: publishesItself.id, behaviour: 'self-publish', severity: worst.severity, confidence: sureness(worst.severity, worst.armed ? 0.95 : 0.85),
      title: `${when(worst.action)} publishes packages${worst.armed ? ' with credentials that it finds' : ''}`,
      evidence: evidence({ ...shown(worst.action, `${worst.action.call} publishes: ${worst.action.argument}`), role: 'sink' }, []),
    }]
  },
}

/** Many a `setup.py` has a branch in which its maintainer uploads what was built. */
const releasing = ({ trigger, file }: Action): boolean => trigger.kind === 'build' || /(?:^|\/)setup\.py$/.test(trigger.file ?? file)

/** What nobody asked for sends a key to the registry itself: there is nothing else to do there with one. */
const uploading = (action: Action, ground: Ground): boolean => {
  const reach = reachOf(action)
  return action.kind === 'send' && (reach === 'unasked' || reach === 'loaded') && (action.from.includes('credentials') || action.from.includes('secret')) && sentTo(action, ground).trust === 'own'
}

const publishing = ({ kind, argument }: Action): boolean => kind === 'spawn' && argument !== null && PUBLISHES.test(argument)
