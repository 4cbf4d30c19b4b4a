import { SluiceError } from '../core/errors.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { ArtifactRef, Digest } from '../core/types.ts'
import { acquire } from './acquire.ts'
import type { Context } from './context.ts'
import { named } from './names.ts'
import { isAbsent } from './renditions.ts'
import { filesOf } from './scan.ts'
import type { Door } from './serve.ts'

export interface ForRun { ref: ArtifactRef; digest: Digest; bytes: Uint8Array }

const LARGEST = 512 * 1024 * 1024

/**
 * One file of a version, fetched and checked as an admission does it, but neither examined nor served: somebody wants to see what
 * it does. Of a version with many files, the one that is wanted, else the one that `best` says a client here would take. Throws
 * SluiceError: `usage`, `not-found`, `upstream-*`, `digest-mismatch`.
 */
export async function fileForRun(
  context: Context, { renditions, settling }: Pick<Door, 'renditions' | 'settling'>,
  { spec, file, best }: { spec: PackageSpec; file?: string | undefined; best(files: readonly string[]): Promise<string> | string },
): Promise<ForRun> {
  const { ecosystem, name, version } = named(spec)
  if (version === null) throw new SluiceError('usage', `which version of ${name}?`, { hint: `write ${ecosystem}:${name}${ecosystem === 'pypi' ? '==' : '@'}VERSION` })
  const files = await filesOf({ ecosystem, name, version }, renditions)
  if (files.length === 0) throw new SluiceError('not-found', `${name} has no version ${version} upstream`)
  if (file !== undefined && !files.includes(file)) throw new SluiceError('not-found', `${name} ${version} has no file ${file}`, { hint: `it has: ${files.slice(0, 10).join(', ')}` })
  const wanted = file ?? (files.length === 1 ? files[0] as string : await best(files))
  const found = await settling.find(ecosystem, name, wanted)
  if (isAbsent(found)) throw new SluiceError('not-found', `${wanted} is not upstream: ${found.text || found.status}`)
  const { ref, digest } = await acquire(context, found)
  const store = (await context.blobs.has(digest)) ? context.blobs : context.evidence
  return { ref, digest, bytes: await store.bytes(digest, LARGEST) }
}
