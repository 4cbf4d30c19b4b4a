import type { Evidence } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { unaskedEffects } from './kit/effects.ts'
import { evidence, shown, when } from './kit/evidence.ts'

/** It is called almost like another package that many people, or this organisation, install. */
export const imitatesAName: Detector = {
  id: 'imitates-a-name',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'A name one slip away from a popular one is installed by whoever slips.',
    'A similar name alone says little, for good names are few; beside code that acts without being asked it says why.',
  ],
  detect(pkg, facts, outside) {
    const { near } = outside
    if (!near) return []
    const effects = unaskedEffects(facts, pkg)
    const name: Evidence = { file: pkg.manifest.file ?? '', lines: [0, 0], excerpt: pkg.artifact.ref.name.slice(0, 160), says: near.says.slice(0, 300) }
    return [{
      detector: imitatesAName.id, behaviour: 'impersonation', severity: effects.length > 0 ? 'medium' : 'low', confidence: near.why === 'private' ? 0.9 : 0.7,
      title: `${near.says}${effects.length > 0 ? ', and acts when it is installed' : ''}`.slice(0, 200),
      evidence: evidence(name, effects.slice(0, 3).map((action) => shown(action, `${action.call} in ${when(action)}`))),
    }]
  },
}
