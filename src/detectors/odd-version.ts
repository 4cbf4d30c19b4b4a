import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { unaskedEffects } from './kit/effects.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { lineOf } from './kit/lines.ts'

/**
 * Above what anybody counts to. In the tuning part of the corpora no version of 1,719 honest packages is like this, the
 * largest that is neither a year nor a date being 148; 9 of 522 malicious ones are.
 */
const LARGEST = 200
/** Packages made to be preferred are small: 8 of those 9 are. */
const FEW = 12

/** A version chosen to be higher than any other, or none at all, by a package that acts when it is installed. */
export const oddVersion: Detector = {
  id: 'odd-version',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['Resolvers take the highest version: a public package called 999.0.0 wins over the private one of the same name.'],
  detect(pkg, facts) {
    const { version } = pkg.artifact.ref
    const absurd = isAbsurd(version)
    const none = /^v?0(?:\.0){1,3}$/.test(version)
    const hook = pkg.triggers.find(({ kind }) => kind === 'install-hook' || kind === 'startup')
    const effects = unaskedEffects(facts, pkg)
    if (!absurd && !(none && (hook || effects.length > 0))) return []
    const small = pkg.files.size <= FEW
    const severity: Severity = effects.length > 0 && small ? absurd ? 'high' : 'medium' : absurd && small && hook ? 'medium' : 'low'
    const why = absurd ? 'a number that no series of releases arrives at' : 'no release has come before'
    const first = { ...lineOf(pkg, version), excerpt: `${pkg.artifact.ref.name} ${version}`.slice(0, 160), says: `version ${version}: ${why}`.slice(0, 300) }
    return [{
      detector: oddVersion.id, behaviour: 'metadata', severity, confidence: 0.8,
      title: `version ${version.slice(0, 40)}: ${why}${effects.length > 0 ? ', and it acts when it is installed' : ''}`,
      evidence: evidence(first, effects.slice(0, 3).map((action) => shown(action, `${action.call} in ${when(action)}`))),
    }]
  },
}

/** `99.0.0`, `999.9.9`, `1337.0.2`, `1000.0.5`; not years, dates and numbers of builds that contain one. */
function isAbsurd(version: string): boolean {
  const first = /^v?(?:\d+!)?(\d{1,30})(?=[.\-+a-z]|$)/i.exec(version)?.[1]
  if (first === undefined) return false
  if (/^9{2,}$/.test(first)) return true
  const number = Number(first)
  const dated = /^(?:19[89]|20\d)\d$|^(?:19|20)\d{4}(?:\d{2}){0,4}$/.test(first)
  return number >= LARGEST && !dated
}
