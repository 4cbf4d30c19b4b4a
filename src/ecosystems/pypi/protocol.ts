import type { Ask, AskLine } from '../ecosystem.ts'
import { companionOf } from './companions.ts'
import { isFileName } from './filenames.ts'
import { canonicalName, isName } from './names.ts'
import { LEGACY, legacyVariant, variantOf } from './variants.ts'
import { normalVersion, parseVersion } from './versions.ts'

const LONGEST_PATH = 2_048

const PUBLISHES = 'This gate does not take packages or changes to them: upload to the index itself.'
const WHOLE_INDEX = 'This gate does not list every project: ask for one by its name, /simple/<name>/.'

/**
 * The simple repository API (PEP 503, 691), files with their companions (PEP 658, 740), and the JSON API of projects, which
 * is rendered from the same decisions. Uploads (legacy API, XML-RPC) are understood and refused.
 */
export function parse(line: AskLine): Ask | null {
  if (line.path.length > LONGEST_PATH) return refuse(414, 'The path is too long for a package.')
  const parts = decode(line.path)
  if (typeof parts === 'string') return refuse(400, parts)
  if (line.method !== 'GET' && line.method !== 'HEAD') return refuse(405, PUBLISHES)
  const [room, ...rest] = parts
  if (room === 'simple') return parseSimple(line, rest)
  if (room === 'files') return parseFile(rest)
  if (room === 'integrity') return parseProvenance(rest)
  if (rest.at(-1) === 'json') return parseJson(room === 'pypi' && rest.length > 1 ? rest.slice(0, -1) : parts.slice(0, -1))
  return null
}

function parseSimple(line: AskLine, [name, ...rest]: readonly string[]): Ask | null {
  if (name === undefined) return refuse(404, WHOLE_INDEX)
  if (!isName(name)) return refuse(400, NO_NAME)
  if (rest.length > 0) return null
  const canonical = canonicalName(name)
  // Links are relative to the folder: without its slash they would lead elsewhere.
  if (!line.path.endsWith('/')) return { kind: 'local', service: 'slash', text: line.query, name: canonical }
  return { kind: 'index', name: canonical, variant: variantOf(line.accept, line.query) }
}

function parseFile([name, file, ...rest]: readonly string[]): Ask | null {
  if (name === undefined || file === undefined || rest.length > 0) return null
  if (!isName(name)) return refuse(400, NO_NAME)
  return isFileName(file) ? fileAsk(canonicalName(name), file) : refuse(400, NO_FILE)
}

function fileAsk(name: string, file: string): Ask {
  const companion = companionOf(file)
  return companion ? { kind: 'companion', name, file, of: companion.of } : { kind: 'artifact', name, file }
}

/** `/integrity/<name>/<version>/<file>/provenance`: the same document as the file's companion. */
function parseProvenance([name, , file, what, ...rest]: readonly string[]): Ask | null {
  if (name === undefined || file === undefined || what !== 'provenance' || rest.length > 0) return null
  if (!isName(name)) return refuse(400, NO_NAME)
  return isFileName(file) ? { kind: 'companion', name: canonicalName(name), file: `${file}.provenance`, of: file } : refuse(400, NO_FILE)
}

/** `/pypi/<name>/json` and `/pypi/<name>/<version>/json`, also without the first part, which may be the gate's own prefix. */
function parseJson([name, version, ...rest]: readonly string[]): Ask | null {
  if (name === undefined || rest.length > 0) return null
  if (!isName(name)) return refuse(400, NO_NAME)
  if (version === undefined) return { kind: 'index', name: canonicalName(name), variant: LEGACY }
  if (!parseVersion(version)) return refuse(404, 'This is not a version in the sense of PEP 440.')
  return { kind: 'index', name: canonicalName(name), variant: legacyVariant(normalVersion(version)) }
}

const NO_NAME = 'This is not a name a Python project can have (PEP 508).'
const NO_FILE = 'This is not a name a file of an index can have.'

/** Path parts, each decoded once, or a sentence: empty, dotted, slashed or control-character parts get no further. */
function decode(path: string): string[] | string {
  const parts: string[] = []
  const trimmed = path.slice(1).replace(/\/$/, '')
  if (trimmed === '') return parts
  for (const raw of trimmed.split('/')) {
    try {
      parts.push(decodeURIComponent(raw))
    } catch {
      return 'The path is not valid percent-encoded text.'
    }
  }
  return parts.some(isUnsafe) ? 'The path has a part that no package path has.' : parts
}

const isUnsafe = (part: string): boolean => part === '' || part === '.' || part === '..' || /[/\\\p{Cc}]/u.test(part)

const refuse = (status: number, message: string): Ask => ({ kind: 'refused', status, message })
