import { SluiceError } from './errors.ts'
import type { EcosystemId } from './types.ts'

export interface PackageSpec { ecosystem: EcosystemId; name: string; version: string | null }

const PURL_TYPES: Readonly<Record<string, EcosystemId>> = { npm: 'npm', pypi: 'pypi', golang: 'go' }
const HINT = 'npm:left-pad@1.3.0, npm:@scope/name, pypi:requests==2.32.3, go:example.com/mod@v1.2.3, or pkg:npm/left-pad@1.3.0'

/**
 * Reads how people name packages: `npm:name@version`, `pypi:name==version`, `go:module@version`, or a package URL
 * (purl-spec 1.0; qualifiers and subpath are ignored). The name is as written, not canonical. Throws SluiceError `usage`.
 */
export function parsePackage(text: string): PackageSpec {
  const spec = text.startsWith('pkg:') ? fromPurl(text.slice(4)) : fromShort(text)
  if (!spec || spec.name === '' || spec.version === '') throw new SluiceError('usage', `not a package: ${text.slice(0, 200)}`, { hint: `write it like ${HINT}` })
  return spec
}

function fromShort(text: string): PackageSpec | null {
  const colon = text.indexOf(':')
  const ecosystem = text.slice(0, colon)
  if (ecosystem !== 'npm' && ecosystem !== 'pypi' && ecosystem !== 'go') return null
  const rest = text.slice(colon + 1)
  const mark = ecosystem === 'pypi' ? /={2,3}|@/.exec(rest)?.index ?? -1 : rest.indexOf('@', 1)
  if (mark < 0) return { ecosystem, name: rest, version: null }
  return { ecosystem, name: rest.slice(0, mark).trim(), version: rest.slice(mark).replace(/^(?:={2,3}|@)/, '').trim() }
}

function fromPurl(text: string): PackageSpec | null {
  const body = (text.split(/[?#]/)[0] as string).replace(/^\/+/, '')
  const slash = body.indexOf('/')
  const type = body.slice(0, slash).toLowerCase()
  const ecosystem = Object.hasOwn(PURL_TYPES, type) ? PURL_TYPES[type] : undefined
  if (!ecosystem) return null
  const at = body.lastIndexOf('@')
  const versioned = at > slash + 1
  try {
    const name = body.slice(slash + 1, versioned ? at : undefined).split('/').map(decodeURIComponent).join('/')
    return { ecosystem, name, version: versioned ? decodeURIComponent(body.slice(at + 1)) : null }
  } catch {
    return null
  }
}
