import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'

/** What a person wrote, in the registry's own spelling. Throws `usage` for a name that no package of the registry can have. */
export function named<Version extends string | null | undefined>(
  { ecosystem, name: raw, version }: { ecosystem: EcosystemId; name: string; version?: Version },
): { ecosystem: EcosystemId; name: string; version: Version } {
  const { canonicalName, canonicalVersion, isName } = ecosystems[ecosystem]
  const name = canonicalName(raw)
  if (!isName(name)) throw new SluiceError('usage', `no ${ecosystem} package can be called ${oneLine(raw, 100)}`, { hint: 'write the name as the registry does' })
  return { ecosystem, name, version: (typeof version === 'string' ? canonicalVersion(version) : version) as Version }
}
