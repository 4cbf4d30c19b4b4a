import { readJson } from './json.ts'
import { askedBeside, askedBy } from './package-json.ts'
import { addPlaces, place } from './package-tree.ts'
import type { Place } from './package-tree.ts'
import type { Format, Reading } from './project-file.ts'
import { at, entriesOf, isTrue, rangesOf, textAt } from './tree.ts'
import type { Located } from './tree.ts'

/** Longer than any location in a real lockfile. */
const LONGEST = 4_000

/** Versions 1 to 3 (docs of npm, package-lock.json). Version 2 holds both forms; older npm reads the old one, so both are read. */
export const packageLock: Format = {
  name: 'package-lock',
  files: 'package-lock.json, npm-shrinkwrap.json',
  ecosystem: 'npm',
  matches: (name) => name === 'package-lock.json' || name === 'npm-shrinkwrap.json' || name === '.package-lock.json',
  read(reading) {
    const root = readJson(reading)
    const packages = at(root, 'packages')
    const version = textAt(root, 'lockfileVersion')
    reading.called(`package-lock ${version ?? '(no version)'}`)
    if (version === null || !['1', '2', '3'].includes(version)) reading.problem(at(root, 'lockfileVersion')?.line ?? null, `lockfileVersion ${version ?? 'is missing'}: read as if it were ${packages ? 3 : 1}`)
    if (!packages && !at(root, 'dependencies') && version === null) reading.problem(null, 'there are neither packages nor dependencies', 'broken')
    const places = located(reading, packages)
    addPlaces(reading, places)
    const old = at(root, 'dependencies')
    if (old) addPlaces(reading, nested(reading, old), packages ? sameAs(places) : undefined)
  },
}

/** Whether the old form's entry says what the new form has said: the same version with the same address and digest, where it names them. */
function sameAs(places: readonly Place[]): (old: Place) => boolean {
  const seen = new Set<string>()
  for (const { name, entry } of places) {
    const [version, resolved, integrity] = ['version', 'resolved', 'integrity'].map((what) => textAt(entry, what))
    // The old form has addresses and aliases in the version's place.
    for (const said of [version, resolved, `file:${resolved}`, `npm:${textAt(entry, 'name')}@${version}`]) seen.add(`version ${name} ${said}`)
    seen.add(`resolved ${name} ${resolved}`).add(`integrity ${name} ${integrity}`)
  }
  return ({ name, entry }) => seen.has(`version ${name} ${textAt(entry, 'version')}`)
    && ['resolved', 'integrity'].every((what) => textAt(entry, what) === null || seen.has(`${what} ${name} ${textAt(entry, what)}`))
}

/** `packages`: by location (`node_modules/a/node_modules/b`, `packages/own`, and `` for the project). */
function located(reading: Reading, packages: Located | undefined): Place[] {
  const byLocation = new Map<string, Place>()
  const top = place('', at(packages, ''), null)
  top.own = true
  byLocation.set('', top)
  const make = (location: string): Place => {
    const known = byLocation.get(location)
    if (known) return known
    const cut = location.lastIndexOf('node_modules/')
    const name = cut < 0 ? location : location.slice(cut + 'node_modules/'.length)
    const parent = cut <= 0 ? top : make(location.slice(0, cut - 1))
    const made = place(name, at(packages, location), parent)
    made.own = cut < 0
    if (!made.own) parent.children.set(name, made)
    byLocation.set(location, made)
    return made
  }
  for (const [location, entry] of entriesOf(reading, packages, 'packages')) {
    if (location.length > LONGEST || location.split('node_modules/').length > 60) reading.problem(entry.line, 'a location that is too deep was left out')
    else if (!(entry.value instanceof Map)) reading.problem(entry.line, `packages: "${location}" is no table: it was left out`)
    else make(location)
  }
  const places = [...byLocation.values()].filter(({ entry, own }) => own || entry !== undefined)
  for (const one of places) {
    // Only the project's own parts have their devDependencies installed.
    one.asks = [...askedBy(reading, one.entry)].filter(({ dev }) => one.own || !dev)
    if (isTrue(at(one.entry, 'link'))) one.link = byLocation.get(textAt(one.entry, 'resolved') ?? '') ?? place(textAt(one.entry, 'resolved') ?? '', undefined, null)
  }
  return places
}

/** `dependencies`: tables inside tables, as the packages lie in each other's `node_modules`. */
function nested(reading: Reading, dependencies: Located | undefined): Place[] {
  const top = place('', undefined, null)
  top.own = true
  top.asks = askedBeside(reading) ?? []
  const places = [top]
  const walk = (node: Located | undefined, parent: Place): void => {
    for (const [name, entry] of entriesOf(reading, node, 'dependencies')) {
      if (!(entry.value instanceof Map)) {
        reading.problem(entry.line, `dependencies: "${name}" is no table: it was left out`)
        continue
      }
      const made = place(name, entry, parent)
      const requires = at(entry, 'requires')
      // npm 5 wrote `"requires": true` at the top only; what else is no table there says nothing.
      if (requires?.value instanceof Map) made.asks = [...rangesOf(reading, requires, 'requires')].map(([asked, range]) => ({ name: asked, range, dev: false }))
      parent.children.set(name, made)
      places.push(made)
      walk(at(entry, 'dependencies'), made)
    }
  }
  walk(dependencies, top)
  return places
}
