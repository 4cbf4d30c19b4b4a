import { parsePackage } from '../core/package-spec.ts'
import { SluiceError } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import type { Wanted } from './downloads.ts'

/** What people ask about, in words: one of these, or nothing at all for everything. Throws `usage`. */
export function wantedOf({ package: spec, digest, campaign }: { package?: string | undefined; digest?: string | undefined; campaign?: string | undefined }): Wanted {
  const given = [spec, digest, campaign].filter((one) => one !== undefined)
  if (given.length > 1) throw new SluiceError('usage', 'ask about one of them: a package, a digest or a campaign')
  if (digest !== undefined) return { digest: digest as Digest }
  if (campaign !== undefined) return { campaign }
  if (spec === undefined) return 'everything'
  const { ecosystem, name, version } = parsePackage(spec)
  return { ecosystem, name, version }
}
