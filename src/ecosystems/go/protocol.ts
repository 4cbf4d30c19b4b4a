import type { Ask, AskLine } from '../ecosystem.ts'
import { pathProblem, unescapeCase, urlPart, wordProblem } from './modules.ts'
import { fitsPath, isCanonical } from './versions.ts'

/**
 * The GOPROXY protocol (golang.org/ref/mod#goproxy-protocol) and the checksum database behind it (`/sumdb/…`).
 *
 * A version with files is canonical and fits its module path; `.info` of any other word (branch, commit, `v2.0.0` of a
 * module without `/v2`) is a query that upstream answers with such a version.
 */
export function parse(line: AskLine): Ask | null {
  if (line.path === '/' || line.path === '') return null
  if (line.path.length > 4_096) return refuse(414, 'The path is too long for a module.')
  const path = decode(line.path)
  if (path === null) return refuse(400, 'The path is not valid percent-encoded text.')
  if (line.method !== 'GET' && line.method !== 'HEAD') return refuse(405, 'Go modules are read with GET and HEAD only.')
  if (path.startsWith('/sumdb/')) return parseSumdb(path.slice('/sumdb/'.length))
  const at = path.indexOf('/@')
  if (at < 1) return refuse(404, 'Not a path of the GOPROXY protocol: it has no /@v/ and no /@latest.')

  const name = unescapeCase(path.slice(1, at))
  const problem = name === null ? 'has upper-case letters that are not written as ! and lower case' : pathProblem(name)
  if (name === null || problem) return refuse(400, `This module path ${problem}.`)
  const rest = path.slice(at + 1)
  if (rest === '@latest') return { kind: 'query', name, path: `${urlPart(name)}/@latest`, variant: 'latest' }
  if (rest === '@v/list') return { kind: 'index', name, variant: 'list' }
  return rest.startsWith('@v/') ? parseFile(name, rest.slice('@v/'.length)) : refuse(404, NO_FILE)
}

const NO_FILE = 'A module has list, .info, .mod and .zip below /@v/, and /@latest; nothing else.'

function parseFile(name: string, file: string): Ask {
  const found = /^(.*)\.(info|mod|zip)$/s.exec(file)
  if (!found) return refuse(404, NO_FILE)
  const version = unescapeCase(found[1] as string)
  const problem = version === null ? 'has upper-case letters that are not written as ! and lower case' : wordProblem(version)
  if (version === null || problem) return refuse(400, `This version ${problem}.`)

  if (isCanonical(version) && fitsPath(version, name)) {
    if (found[2] === 'zip') return { kind: 'artifact', name, file: `${version}.zip` }
    return { kind: 'companion', name, file: `${version}.${found[2]}`, of: `${version}.zip` }
  }
  if (found[2] === 'info') return { kind: 'query', name, path: `${urlPart(name)}/@v/${urlPart(version)}.info`, variant: null }
  return refuse(404, `Not a canonical version of ${name}, so there are no files: ${version}.`)
}

/** `<database>/supported|latest|lookup/<module>@<version>|tile/<height>/<level>/<number>`; clients check what comes back. */
function parseSumdb(path: string): Ask {
  const slash = path.indexOf('/')
  const log = path.slice(0, slash)
  const rest = path.slice(slash + 1)
  if (slash < 1 || !/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(log) || log.includes('..')) {
    return refuse(400, 'The name of the checksum database is not a host name.')
  }
  if (rest === 'supported' || rest === 'latest' || isTile(rest)) {
    return { kind: 'passthrough', path: `sumdb/${log}/${rest}`, name: null, contentTypes: TEXT_OR_BYTES }
  }
  const at = rest.lastIndexOf('@')
  if (!rest.startsWith('lookup/') || at < 0) {
    return refuse(404, 'A checksum database has supported, latest, lookup/<module>@<version> and tile/…; nothing else.')
  }
  const name = unescapeCase(rest.slice('lookup/'.length, at))
  const version = unescapeCase(rest.slice(at + 1))
  if (name === null || pathProblem(name) || version === null || !isCanonical(version)) {
    return refuse(400, 'A lookup names a module path and a canonical version.')
  }
  return { kind: 'passthrough', path: lookupPath(log, name, version), name, contentTypes: TEXT_OR_BYTES }
}

const TEXT_OR_BYTES = ['text/plain', 'application/octet-stream']

/** Below the proxy that answers for the database. */
export const lookupPath = (log: string, name: string, version: string): string =>
  `sumdb/${log}/lookup/${urlPart(name)}@${urlPart(version)}`

/** golang.org/design/25530-sumdb: numbers of more than three digits are split into `x001/x234/067`. */
const isTile = (path: string): boolean =>
  /^tile\/[0-9]{1,2}\/(?:[0-9]{1,2}|data)\/(?:x[0-9]{3}\/){0,6}[0-9]{3}(?:\.p\/[0-9]{1,4})?$/.test(path)

const refuse = (status: number, message: string): Ask => ({ kind: 'refused', status, message })

/** Each part decoded by itself, so that an encoded slash cannot make a new part. */
function decode(path: string): string | null {
  const parts: string[] = []
  for (const part of path.split('/')) {
    try {
      parts.push(decodeURIComponent(part))
    } catch {
      return null
    }
    if (/[/\\\p{Cc}]/u.test(parts.at(-1) as string)) return null
  }
  return parts.join('/')
}
