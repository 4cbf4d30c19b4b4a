import type { EcosystemId } from '../core/types.ts'
import { pathProblem, unescapeCase } from '../ecosystems/go/modules.ts'
import { canonicalName as npmName, isName as isNpmName } from '../ecosystems/npm/names.ts'
import { canonicalVersion as npmVersion } from '../ecosystems/npm/versions.ts'
import { canonicalName as pypiName, isName as isPypiName } from '../ecosystems/pypi/names.ts'
import { normalVersion } from '../ecosystems/pypi/versions.ts'

interface Spelling {
  canonicalName(raw: string): string
  isName(name: string): boolean
  canonicalVersion(raw: string): string
}

/** As in `ecosystems`, without the rest of them: a thread that reads a feed begins within milliseconds. */
export const spelling: Readonly<Record<EcosystemId, Spelling>> = {
  npm: { canonicalName: npmName, isName: isNpmName, canonicalVersion: npmVersion },
  pypi: { canonicalName: pypiName, isName: isPypiName, canonicalVersion: normalVersion },
  go: {
    canonicalName: (raw) => (raw.includes('!') ? unescapeCase(raw) ?? raw : raw),
    isName: (name) => pathProblem(name) === null,
    canonicalVersion: (raw) => raw.trim().replace(/^(?=\d)/, 'v'),
  },
}
