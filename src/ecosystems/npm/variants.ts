import type { AskLine } from '../ecosystem.ts'

/** The abbreviated packument: what an install needs and no more (npm/registry, package-metadata.md). */
export const CORGI = 'application/vnd.npm.install-v1+json'

/**
 * `corgi` or `full`, by Accept. pnpm gets the reasons for what is hidden as well, since it cannot show them elsewhere:
 * `corgi+reasons`, `full+reasons`.
 */
export function variantOf({ accept, tool }: Pick<AskLine, 'accept' | 'tool'>): string {
  const form = prefersCorgi(accept) ? 'corgi' : 'full'
  return tool === 'pnpm' ? `${form}+reasons` : form
}

export function readVariant(variant: string): { corgi: boolean; reasons: boolean } {
  const [form, extra] = variant.split('+')
  return { corgi: form === 'corgi', reasons: extra === 'reasons' }
}

/** Whether an Accept header ranks the abbreviated document at least as high as the full one. */
function prefersCorgi(accept: string): boolean {
  let corgi = 0
  let full = 0
  for (const range of accept.slice(0, 1_000).toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    if (type === CORGI) corgi = quality
    else if (type === 'application/json') full = quality
  }
  return corgi > 0 && corgi >= full
}

/** Members of a version in the abbreviated document. */
export const CORGI_MEMBERS = [
  'name', 'version', 'deprecated', 'dependencies', 'optionalDependencies', 'devDependencies', 'bundleDependencies',
  'bundledDependencies', 'peerDependencies', 'peerDependenciesMeta', 'acceptDependencies', 'bin', 'directories', 'dist', 'engines',
  'os', 'cpu', 'libc', 'funding', '_hasShrinkwrap', 'hasInstallScript',
] as const
