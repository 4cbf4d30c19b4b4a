import type { EcosystemId } from '../core/types.ts'

const TYPES: Readonly<Record<EcosystemId, string>> = { npm: 'npm', pypi: 'pypi', go: 'golang' }

/** A package URL (purl-spec 1.0): name and version percent-encoded, path separators of the name kept. */
export function purlOf({ ecosystem, name, version }: { ecosystem: EcosystemId; name: string; version: string | null }): string {
  const encoded = name.split('/').map((part) => encodeURIComponent(part)).join('/')
  return `pkg:${TYPES[ecosystem]}/${encoded}${version === null ? '' : `@${encodeURIComponent(version)}`}`
}
