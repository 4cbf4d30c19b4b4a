import type { Ask, AskLine } from '../ecosystem.ts'
import { isName } from './names.ts'
import { parseService } from './services.ts'
import { manifestVariant, variantOf } from './variants.ts'

const LONGEST_PATH = 4_096

/**
 * The registry protocol (docs of npm/registry, and what clients really send): packages at `/<name>`, their files below it,
 * services below `/-/`. Scoped names come as `/@scope/name` and `/@scope%2fname`.
 */
export function parse(line: AskLine): Ask | null {
  if (line.path.length > LONGEST_PATH) return refuse(414, 'The path is too long for a package.')
  const parts = decode(line.path)
  if (typeof parts === 'string') return refuse(400, parts)
  if (parts.length === 0) return reads(line) ? { kind: 'local', service: 'ping', name: null } : refuse(405, PUBLISHES)
  const dash = parts[0] === '-' ? 0 : doubledPrefix(parts)
  if (dash >= 0) return parseService(line, parts.slice(dash + 1))

  const scoped = parts[0]?.startsWith('@') === true
  const name = scoped ? `${parts[0]}/${parts[1] ?? ''}` : (parts[0] as string)
  if (!isName(name)) return refuse(400, 'This is not a name an npm package can have.')
  if (!reads(line)) return refuse(405, PUBLISHES)
  return parseBelow(name, parts.slice(scoped ? 2 : 1), line)
}

const PUBLISHES = 'This gate does not take packages or changes to them: publish to the registry itself.'

/** npm 10 puts the path of `attestations.url` below the registry's own, so that the gate's prefix comes twice. */
function doubledPrefix(parts: readonly string[]): number {
  const dash = parts.indexOf('-')
  return parts.slice(dash + 1, dash + 4).join('/') === 'npm/v1/attestations' ? dash : -1
}

const reads = (line: AskLine): boolean => line.method === 'GET' || line.method === 'HEAD'

function parseBelow(name: string, rest: readonly string[], line: AskLine): Ask {
  if (rest.length === 0) return { kind: 'index', name, variant: variantOf(line) }
  if (rest.length === 1) return parseManifest(name, rest[0] as string)
  return { kind: 'artifact', name, file: fileBelow(rest.join('/')) }
}

/** No version is longer (npm's own limit), and nobody types a longer tag. */
const LONGEST_VERSION = 256

const parseManifest = (name: string, wanted: string): Ask => (wanted.length > LONGEST_VERSION
  ? refuse(404, 'No version and no dist-tag is as long as this.')
  : { kind: 'index', name, variant: manifestVariant(wanted) })

/** How a path below a package's name is called as a file: `-/a-1.0.0.tgz` is `a-1.0.0.tgz`, other shapes keep their folders. */
export const fileBelow = (path: string): string => (path.startsWith('-/') ? path.slice(2) : path)

/**
 * Path parts, each decoded once; an encoded slash separates a scope from its name and nothing else. A sentence where the
 * path is none: empty, dotted or control-character parts never get further than here.
 */
function decode(path: string): string[] | string {
  const parts: string[] = []
  for (const raw of path.slice(1).replace(/\/$/, '').split('/')) {
    if (raw === '' && path.length <= 1) return []
    let part: string
    try {
      part = decodeURIComponent(raw)
    } catch {
      return 'The path is not valid percent-encoded text.'
    }
    const inner = part.startsWith('@') && /%2f/i.test(raw) ? part.split('/') : [part]
    if (inner.length > 2 || inner.some(isUnsafe)) return 'The path has a part that no package path has.'
    parts.push(...inner)
  }
  return parts
}

const isUnsafe = (part: string): boolean => part === '' || part === '.' || part === '..' || /[/\\\p{Cc}]/u.test(part)

const refuse = (status: number, message: string): Ask => ({ kind: 'refused', status, message })
