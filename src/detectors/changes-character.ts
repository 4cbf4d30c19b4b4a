import type { Facts } from '../analysis/facts.ts'
import { diffOf, stepBetween } from '../core/change.ts'
import type { Step } from '../core/change.ts'
import type { Change, Difference, Evidence, Predecessor, Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { evidence } from './kit/evidence.ts'
import { lineOf } from './kit/lines.ts'
import { novelties } from './kit/novelty.ts'
import { profileOf } from './kit/profile.ts'

/** Something new, how much it weighs, and where it is. */
interface Sign { says: string; weight: number; places: Evidence[] }

/** A version can do what the one before could not, and its number, its publisher or its age do not prepare for that. */
export const changesCharacter: Detector = {
  id: 'changes-character',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Whoever takes over a known package adds a few lines to a release that its users install without looking.',
    'A patch release repairs; it does not begin to run at installation, to read secrets or to hide what it does.',
  ],
  detect(pkg, facts, outside) {
    const { previous } = outside
    if (!previous) return []
    const { version } = pkg.artifact.ref
    const difference = diffOf(previous.version, previous.profile, profileOf(pkg, facts, outside))
    const step = stepBetween(previous.version, version)
    const inCode = codeSigns(difference, pkg, facts, previous)
    const around = aroundSigns(difference, pkg, { previous, busy: inCode.length > 0 })
    const signs = [...inCode, ...around].sort((a, b) => b.weight - a.weight)
    const places = signs.flatMap((sign) => sign.places)
    const weight = signs.reduce((sum, sign) => sum + sign.weight, 0) + (inCode.length > 0 ? STEPS[step] : 0)
    const severity = severityOf(weight, inCode.length > 0)
    const [first, ...rest] = places
    if (!first || severity === null) return []
    return [{
      detector: changesCharacter.id, behaviour: 'change', severity, confidence: 0.8,
      title: `new since ${previous.version}${step === 'patch' ? ', in a patch release' : ''}: ${[...new Set(signs.map(({ says }) => says))].slice(0, 4).join(', ')}`.slice(0, 200),
      evidence: evidence(first, rest),
    }]
  },
}

/** How much less a larger step surprises. */
const STEPS: Readonly<Record<Step, number>> = { patch: 1, other: 0, minor: 0, major: -1 }

/**
 * Chosen so that a new hook in a patch is worth a look (2 + 1), that it is held once it also reaches out to a new host
 * (2 + 1 + 1 + 1), and that new secrets or fetched code at installation are held by themselves (3 + 2). What only stands
 * around the code is a hint.
 */
function severityOf(weight: number, inCode: boolean): Severity | null {
  if (weight >= 5 && inCode) return 'high'
  if (weight >= 3 || (weight >= 2 && !inCode)) return 'medium'
  return weight >= 1 ? 'low' : null
}

const SECRETS = 'credentials|wallet|browser|messenger|secret|environment|cloud|keystrokes|clipboard|screen|history|files'
const GRAVE = new RegExp(`^(?:send<(?:${SECRETS})>|collect<(?:credentials|wallet|browser|messenger|keystrokes|clipboard|screen|history|cloud)>|(?:execute|spawn|load)<(?:fetched|decoded)>|write@(?:autostart|shell-startup|ssh-keys|app-code|assistant|ci))`)
const REACHES_OUT = /^(?:fetch|connect|resolve|send|listen|spawn|execute|delete) /
const OBFUSCATION = new Set(['string-array', 'packer', 'jsfuck', 'jjencode', 'aaencode', 'pyarmor', 'pyminifier', 'marshal', 'hidden-unicode', 'bidi', 'far-right', 'homoglyph-identifiers'])

/**
 * What the code can do now. One sign for what is alike, so that a single new line does not count for many. That a script in the
 * manifest starts a program is said by the script being there.
 */
function codeSigns({ added }: Difference, pkg: UnpackedPackage, facts: Facts, previous: Predecessor): Sign[] {
  const placesOf = novelties(pkg, facts, previous)
  const sign = (says: string, weight: number, fits: (change: Change) => boolean): Sign[] => {
    const places = added.filter(fits).flatMap((change) => placesOf(change).filter(({ file }) => !(change.what.startsWith('spawn ') && file === pkg.manifest.file)))
    return places.length > 0 ? [{ says, weight, places }] : []
  }
  const hooks = new Set(previous.profile.triggers.map(hookOf))
  const isAbility = (pattern: RegExp, reach: string) => ({ of, what }: Change): boolean => of === 'ability' && what.endsWith(` ${reach}`) && pattern.test(what)
  const graveUnasked = sign('what it does with secrets or foreign code when it is installed', 3, isAbility(GRAVE, 'unasked'))
  return [
    ...sign('a script that runs at installation or start', 2, ({ of, what }) => of === 'trigger' && /^(?:install-hook|startup) /.test(what) && !hooks.has(hookOf(what))),
    ...sign('a file that an editor obeys', 1, ({ of, what }) => of === 'trigger' && what.startsWith('editor ')),
    ...graveUnasked,
    ...(graveUnasked.length > 0 ? [] : sign('what it does with secrets or foreign code when it is loaded', 2, isAbility(GRAVE, 'loaded'))),
    ...sign('keys that it is given go elsewhere', 2, ({ of, what }) => of === 'ability' && what.startsWith('send<entrusted> ')),
    ...sign('what it reaches for when it is installed', 1, isAbility(REACHES_OUT, 'unasked')),
    ...sign('what it reaches for when it is loaded', 1, isAbility(REACHES_OUT, 'loaded')),
    ...(previous.profile.cut ? [] : sign('a host it asks when it is installed', 1, ({ of, what }) => of === 'host' && what.endsWith(' unasked'))),
    ...sign('obfuscation', 1, ({ of, what }) => of === 'mark' && OBFUSCATION.has(what)),
    ...sign('compiled code', 1, ({ of, what }) => of === 'binary' && previous.profile.binaries.length === 0 && !/^(?:pyc|other|wasm)/.test(what)),
  ]
}

/** `install-hook postinstall`, whatever it runs. */
const hookOf = (line: string): string => line.split(':', 1)[0] ?? line

const YEAR = 365 * 86_400_000
/** Most packages that are kept up at all have a release in that time. */
const DORMANT = 2 * YEAR

/** Who published it, from where, and after how long; the last only says something beside others. */
function aroundSigns({ added, removed }: Difference, pkg: UnpackedPackage, { previous, busy }: { previous: Predecessor; busy: boolean }): Sign[] {
  const place: Evidence = { ...lineOf(pkg, pkg.artifact.ref.version), excerpt: `${pkg.artifact.ref.name} ${pkg.artifact.ref.version}`.slice(0, 160), says: '' }
  const signs: Sign[] = []
  const say = (says: string, detail: string): void => void signs.push({ says, weight: 1, places: [{ ...place, says: detail.slice(0, 300) }] })
  const publisher = added.find(({ of }) => of === 'publisher')
  if (publisher) say('another publisher', `published by ${publisher.what}; ${previous.version} was by ${previous.profile.publisher}`)
  if (removed.some(({ of }) => of === 'provenance')) say('no statement of origin', `${previous.version} came with a statement of where it was built, this one does not`)
  const published = pkg.artifact.publishedAt
  const quiet = published && previous.publishedAt ? published.getTime() - previous.publishedAt.getTime() : 0
  if (quiet > DORMANT && (busy || signs.length > 0)) say('years of silence before it', `${Math.floor(quiet / YEAR)} years after ${previous.version}`)
  return signs
}
