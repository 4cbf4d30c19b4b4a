import { PackageURL } from 'packageurl-js'
import type { EcosystemId } from '../core/types.ts'
import { sentence } from '../core/errors.ts'

export const ECOSYSTEMS = ['npm', 'pypi', 'go'] as const satisfies readonly EcosystemId[]
const PURL_TYPES = new Map<string, EcosystemId>([['npm', 'npm'], ['pypi', 'pypi'], ['golang', 'go']])
const EXAMPLE = 'write npm:left-pad, npm:left-pad@1.3.0, npm:@acme/*, pypi:requests==2.32.0, go:go.acme.example/mod@v1.2.3 or a purl'

export interface PackageRange {
  ecosystem: EcosystemId
  /** As written, not canonical yet; may hold `*`. */
  name: string
  version: string | null
}

/** Reads the `package:` of a rule. A string is what is wrong with it. */
export function readPackage(raw: string): PackageRange | string {
  const parsed = raw.startsWith('pkg:') ? readPurl(raw) : readShort(raw)
  if (typeof parsed === 'string') return parsed
  const { ecosystem, name, version } = parsed
  if (name === '' || name.length > 500 || /\s/.test(name)) return `no package name in "${raw.slice(0, 100)}"; ${EXAMPLE}`
  const unclear = unclearPattern(name)
  if (unclear) return unclear
  return version === null ? parsed : unclearVersion(ecosystem, version) ?? parsed
}

/** What is wrong with an exact version, or null. */
export function unclearVersion(ecosystem: EcosystemId, version: string): string | null {
  if (!/^[0-9A-Za-z][0-9A-Za-z.+!_-]*$/.test(version)) return `"${version.slice(0, 100)}" is not one exact version; list each version, or none for all`
  return ecosystem === 'go' && !version.startsWith('v') ? `Go versions start with v: v${version}` : null
}

/** What is wrong with a name pattern, or null. */
export function unclearPattern(name: string): string | null {
  if (/[?[\]{}\\]/.test(name)) return `"${name.slice(0, 100)}": only * is a wildcard here`
  return (name.match(/\*/g)?.length ?? 0) > 8 ? 'more than 8 wildcards' : null
}

function readShort(raw: string): PackageRange | string {
  const colon = raw.indexOf(':')
  const ecosystem = ECOSYSTEMS.find((id) => id === raw.slice(0, colon))
  if (!ecosystem) return `"${raw.slice(0, 100)}" does not start with npm:, pypi: or go:; ${EXAMPLE}`
  const rest = raw.slice(colon + 1)
  const equals = ecosystem === 'pypi' ? rest.indexOf('==') : -1
  if (equals >= 0) return { ecosystem, name: rest.slice(0, equals), version: rest.slice(equals + 2) }
  const at = rest.lastIndexOf('@')
  return at > 0 ? { ecosystem, name: rest.slice(0, at), version: rest.slice(at + 1) } : { ecosystem, name: rest, version: null }
}

function readPurl(raw: string): PackageRange | string {
  try {
    const purl = PackageURL.fromString(raw)
    const ecosystem = PURL_TYPES.get(purl.type ?? '')
    if (!ecosystem) return `purl type ${purl.type} is none of npm, pypi, golang`
    return { ecosystem, name: [purl.namespace, purl.name].filter(Boolean).join('/'), version: purl.version ?? null }
  } catch (thrown) {
    return `not a purl: ${sentence(thrown)}`
  }
}

export type Canonical = (ecosystem: EcosystemId, raw: string) => string

// No registry's rules change a run of lower-case letters, so it stands in for the wildcard meanwhile.
const STAND_IN = 'qzstarzq'

/** A name or pattern by its ecosystem's spelling rules. */
export function canonicalPattern(canonical: Canonical, ecosystem: EcosystemId, pattern: string): string {
  return canonical(ecosystem, pattern.replaceAll('*', STAND_IN)).replaceAll(STAND_IN, '*')
}
