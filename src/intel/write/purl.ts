import type { EcosystemId } from '../../core/types.ts'
import { everyVersion } from '../bulletin.ts'
import type { Bulletin } from '../bulletin.ts'

const TYPES: Readonly<Record<EcosystemId, string>> = { npm: 'npm', pypi: 'pypi', go: 'golang' }

/** A package URL (purl-spec 1.0): each part of the name percent-encoded, `@` of a scope, too. */
export function writePurl(ecosystem: EcosystemId, name: string, version: string | null = null): string {
  const path = name.split('/').map(encoded).join('/')
  return `pkg:${TYPES[ecosystem]}/${path}${version === null ? '' : `@${encoded(version)}`}`
}

/** Lone surrogates cannot be encoded; nobody's package has one. */
const encoded = (part: string): string => encodeURIComponent(part.toWellFormed()).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%3A', ':')

/** Package URLs one a line; a package without a version is one in every version. Ranges cannot be said so: they are left out. */
export function purlList(bulletins: readonly Bulletin[]): string {
  const lines = bulletins.filter(({ withdrawn }) => withdrawn === null).flatMap(({ packages }) => packages.flatMap((one) =>
    (everyVersion(one) ? [writePurl(one.ecosystem, one.name)] : one.versions.map((version) => writePurl(one.ecosystem, one.name, version)))))
  return [...new Set(lines)].map((line) => `${line}\n`).join('')
}
