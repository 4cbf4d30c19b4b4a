import type { Repository } from '../../core/repository.ts'
import { squeezed } from './readme.ts'

/** What a package says of itself that may tie it to the repository it names. */
interface Told {
  name: string
  repository: Repository
  /** Where in the repository it says it lives. */
  directory: string | null
  /** People, accounts, homepage: whoever answers for it. */
  people: readonly string[]
  description: string
  readme: string
}

const SHORTEST = 3
/** Parts of names that say what kind of thing it is, not which. */
const KINDS = new Set('js javascript node npm py python pypi go golang ts lib core api app cli sdk tool tools utils util client server web package the and for github repo project team labs org inc'.split(' '))
const STATES = /\b(?:forks?(?:ed)?|wrap(?:s|per|pers|ped)?|bindings?|port(?:s|ed)? of|ported|renamed|formerly|previously|successor|mirror of|build of|rebuild|plugin|plug-in|extension|types? (?:definitions?|for)|typings|stubs|example|monorepo|part of|preset)\b/i

/**
 * What ties a package to the repository it names, in a word; null where nothing does, and somebody else's stars shine on it.
 * Names are compared by their parts: what is in one repository is often called after it.
 */
export function tieOf({ name, repository, directory, people, description, readme }: Told): string | null {
  if (directory !== null) return 'monorepo'
  if (isPageOf(repository)) return 'documentation'
  const own = squeezed(name)
  const [its, owner] = [squeezed(repository.name), squeezed(repository.owner)]
  if (own.includes(its) || its.includes(own) || own.includes(owner) || nearly(own, its)) return 'name'
  if (partsOf(name).some((part) => its.includes(part) || owner.includes(part)) || partsOf(repository.name).some((part) => own.includes(part))) return 'name'
  if (people.some((person) => squeezed(person).includes(owner) || partsOf(person).some((part) => part.length > SHORTEST && owner.includes(part)))) return 'people'
  if (squeezed(readme.slice(0, LONGEST)).includes(own) && own.length > SHORTEST) return 'readme'
  return STATES.test(`${description}\n${readme.slice(0, 2_000)}`) ? 'said' : null
}

const LONGEST = 60_000

const partsOf = (text: string): string[] => text.toLowerCase().split(/[^a-z0-9]+/).filter((part) => part.length >= SHORTEST && !KINDS.has(part))

/** Repositories that are templates or lists rather than somebody's code. */
const isPageOf = ({ name }: Repository): boolean => /^(?:docs?|documentation|wiki|website|\w+\.github\.io|sampleproject)$/.test(name)

/** One letter apart: what was misspelt on purpose is for whoever compares names. */
const nearly = (a: string, b: string): boolean => Math.abs(a.length - b.length) <= 1 && a.length > 4 && a.slice(0, 4) === b.slice(0, 4)

