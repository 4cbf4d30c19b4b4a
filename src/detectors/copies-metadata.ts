import type { Evidence, Finding, UnpackedPackage } from '../core/types.ts'
import type { Facts } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { unaskedEffects } from './kit/effects.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { lineOf } from './kit/lines.ts'
import { installsIn, placeIn, readmeOf, squeezed } from './kit/readme.ts'

/** What it says of itself was written for another package, or for none. */
export const copiesMetadata: Detector = {
  id: 'copies-metadata',
  version: 1,
  ecosystems: ['npm', 'pypi'],
  why: [
    'Whoever imitates a package copies its README, and forgets that it tells people to install the original.',
    'Whoever publishes a package a minute leaves the template as it came: an example author, an example address.',
  ],
  detect: (pkg, facts) => [...copied(pkg), ...template(pkg, facts)],
}

/**
 * A README that tells people to install another package, and in which this one's name does not occur. In the tuning part of
 * the corpora 39 of 522 malicious packages have one and 4 of 1,719 honest ones, all of them forks that say so in their names.
 */
function copied(pkg: UnpackedPackage): Finding[] {
  const readme = readmeOf(pkg)
  const { name } = pkg.artifact.ref
  const own = squeezed(name)
  if (!readme || own === '' || squeezed(readme.text).includes(own)) return []
  // A scope is a space of names of its own: what is in it may be called as it is elsewhere.
  const [base = name] = name.split('/').slice(-1)
  const [first, ...rest] = installsIn(readme.text).filter((one) => squeezed(one.name) !== squeezed(base))
  if (!first || installsIn(readme.text).some((one) => squeezed(one.name) === squeezed(base))) return []
  const fork = own.includes(squeezed(first.name))
  const places = [first, ...rest].slice(0, 3).map(({ name: other, spelled }): Evidence => (
    { ...placeIn(pkg, readme, spelled), excerpt: spelled.slice(0, 160), says: `tells people to install ${other}; ${name} is not mentioned` }))
  const [place, ...more] = places
  return place ? [{
    detector: copiesMetadata.id, behaviour: 'metadata', severity: fork ? 'low' : 'medium', confidence: 0.7,
    title: `its README is that of ${first.name}`.slice(0, 200), evidence: evidence(place, more),
  }] : []
}

/** Left as templates and tutorials have them: none of 1,719 honest packages of the tuning part, 47 of 522 malicious ones. */
const PEOPLE = /\b(?:example author|your name|author name|john doe)\b|\b(?:you|author|your\.?e?-?mail|user|name|email|test)@(?:example|domain|email|test|mail)\.(?:com|org)\b|@example\.com\b/i
const PLACES = /\/pypa\/sampleproject\b|\/\/(?:www\.)?example\.(?:com|org)\b|\/user\/(?:reponame|repo)\b|\/your-?user(?:name)?\//i

function template(pkg: UnpackedPackage, facts: Facts): Finding[] {
  const { authors, homepage = '', repository = '' } = pkg.manifest
  const left = [...authors.filter((author) => PEOPLE.test(author.slice(0, 300))), ...[homepage, repository].filter((address) => PLACES.test(address.slice(0, 300)))]
  const [first, ...rest] = left.map((text): Evidence => ({ ...lineOf(pkg, text), excerpt: text.slice(0, 160), says: 'left as a template has it' }))
  if (!first) return []
  const effects = unaskedEffects(facts, pkg)
  return [{
    detector: copiesMetadata.id, behaviour: 'metadata', severity: effects.length > 0 ? 'medium' : 'low', confidence: 0.7,
    title: `its metadata are a template's (${first.excerpt.slice(0, 60)})${effects.length > 0 ? ', and it acts when it is installed' : ''}`,
    evidence: evidence(first, [...rest.slice(0, 2), ...effects.slice(0, 3).map((action) => shown(action, `${action.call} in ${when(action)}`))]),
  }]
}
