import type { EcosystemId } from '../core/types.ts'
import { majorSuffix } from '../ecosystems/go/versions.ts'
import { canonicalName as npmName } from '../ecosystems/npm/names.ts'
import { canonicalName as pypiName } from '../ecosystems/pypi/names.ts'
import { ascii } from '../core/lookalikes.ts'

/** A name taken apart by its ecosystem's own rules. */
export interface Parts {
  /** Canonical. */
  name: string
  /** What is compared, piece by piece, in lower case and plain letters: npm's scope and name, the elements of a module's path. */
  elements: readonly string[]
  /** Who holds names like it, where names say so: npm's scope, host and owner (or the host) of a module. */
  holder: string | null
  ecosystem: EcosystemId
}

/** Longer ones are refused by the registries, and nobody's name. */
const LONGEST: Readonly<Record<EcosystemId, number>> = { npm: 214, pypi: 200, go: 1_000 }
/** Around a name, and for what canonical spelling shortens. */
const SPACE = 50
const MOST_ELEMENTS = 8

/** Hosts where the first element of the path is an account of somebody. */
const CODE_HOSTS = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'gitee.com', 'git.sr.ht'])

/** null where the text is too long to be anybody's name, or nothing is left of it. */
export function partsOf(ecosystem: EcosystemId, raw: string): Parts | null {
  if (raw.length > LONGEST[ecosystem] + SPACE) return null
  const name = CANONICAL[ecosystem](raw)
  return name === '' || name.length > LONGEST[ecosystem] ? null : apart(ecosystem, name)
}

/** The same of a name that is canonical already. */
export function apart(ecosystem: EcosystemId, name: string): Parts {
  const plain = ascii(name).toLowerCase()
  if (ecosystem === 'go') return module(name, plain)
  const slash = ecosystem === 'npm' && plain.startsWith('@') ? plain.indexOf('/') : -1
  if (slash < 2) return { ecosystem, name, elements: [plain], holder: null }
  const scope = plain.slice(1, slash)
  return { ecosystem, name, elements: [scope, plain.slice(slash + 1)], holder: scope }
}

const CANONICAL: Readonly<Record<EcosystemId, (raw: string) => string>> = {
  npm: npmName,
  pypi: pypiName,
  go: (raw) => raw.trim().replace(/\/+$/, ''),
}

/** The major version is part of a module's path (golang.org/ref/mod#major-version-suffixes), but not of who it is. */
function module(name: string, plain: string): Parts {
  const suffix = majorSuffix(plain)
  const path = suffix === null ? plain : plain.slice(0, plain.length - suffix.length)
  const elements = path.split('/', MOST_ELEMENTS)
  return { ecosystem: 'go', name, elements, holder: moduleHolder(elements) }
}

/** `gopkg.in` hands on to accounts elsewhere: to the one its path names, or to one that is called after the package. */
function moduleHolder([host = '', owner = '', ...rest]: readonly string[]): string | null {
  if (host !== 'gopkg.in' && !CODE_HOSTS.has(host)) return host
  return rest.length > 0 ? `${host}/${owner}` : null
}

/** Go's index knows `github.com/Azure/x` and `github.com/azure/x`; the host knows one account. */
export const sameHolder = (a: Parts, b: Parts): boolean => a.holder !== null && a.holder === b.holder
