import { isCode } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { EcosystemId } from '../core/types.ts'

export const ECOSYSTEMS = ['npm', 'pypi', 'go'] as const satisfies readonly EcosystemId[]

/** Reads the `package:` of a rule; the name may hold `*`. A string is what is wrong with it. */
export function readPackage(raw: string): PackageSpec | string {
  try {
    const spec = parsePackage(raw)
    return unclearPattern(spec.name) ?? (spec.version === null ? null : unclearVersion(spec.ecosystem, spec.version)) ?? spec
  } catch (thrown) {
    if (isCode(thrown, 'usage')) return `not a package; write it like ${thrown.hint?.replace('write it like ', '')}, or npm:@acme/*`
    throw thrown
  }
}

/** What is wrong with an exact version, or null. */
export function unclearVersion(ecosystem: EcosystemId, version: string): string | null {
  if (!/^[0-9A-Za-z][0-9A-Za-z.+!_-]*$/.test(version)) return `"${version.slice(0, 100)}" is not one exact version; list each version, or none for all`
  if (ecosystem === 'npm' && /^v\d/.test(version)) return `npm versions do not start with v: ${version.slice(1)}`
  return ecosystem === 'go' && !version.startsWith('v') ? `Go versions start with v: v${version}` : null
}

/** What is wrong with a name pattern, or null. */
export function unclearPattern(name: string): string | null {
  if (/\s/.test(name)) return 'a name has no blanks'
  if (/[?[\]{}\\]/.test(name)) return `"${name.slice(0, 100)}": only * is a wildcard here`
  return (name.match(/\*/g)?.length ?? 0) > 8 ? 'more than 8 wildcards' : null
}

export type Canonical = (ecosystem: EcosystemId, raw: string) => string

// No registry's rules change a run of lower-case letters, so it stands in for the wildcard meanwhile.
const STAND_IN = 'qzstarzq'

/** A name or pattern by its ecosystem's spelling rules. */
export function canonicalPattern(canonical: Canonical, ecosystem: EcosystemId, pattern: string): string {
  return canonical(ecosystem, pattern.replaceAll('*', STAND_IN)).replaceAll(STAND_IN, '*')
}
