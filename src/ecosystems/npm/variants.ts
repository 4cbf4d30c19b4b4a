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

/**
 * Part of a document: `tags`, its dist-tags and nothing in them but upstream's; `manifest <version or tag>`, that one
 * version as the full document has it.
 */
export const TAGS = 'tags'

/** A version or tag may contain anything, `+reasons` too: it is the whole rest. */
export const manifestVariant = (wanted: string): string => `${MANIFEST}${wanted}`

const MANIFEST = 'manifest '

type Variant =
  | { kind: 'document'; corgi: boolean; reasons: boolean }
  | { kind: 'tags' }
  | { kind: 'manifest'; wanted: string }

export function readVariant(variant: string): Variant {
  if (variant === TAGS) return { kind: 'tags' }
  if (variant.startsWith(MANIFEST)) return { kind: 'manifest', wanted: variant.slice(MANIFEST.length) }
  const [form, extra] = variant.split('+')
  return { kind: 'document', corgi: form === 'corgi', reasons: extra === 'reasons' }
}

/** Manifests are shown as the full document has them; tags are the same in both. */
export function needsComplete(variant: string): boolean {
  const read = readVariant(variant)
  return read.kind === 'manifest' || (read.kind === 'document' && !read.corgi)
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
