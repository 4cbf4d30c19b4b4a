import { createHash } from 'node:crypto'
import { json, text, type Answer, type Asked } from '../answer.ts'
import type { Cast } from '../cast.ts'
import { wheel } from '../stage.ts'
import type { Folder } from './folder.ts'
import type { AtRegistry } from './which.ts'

interface File {
  file: string
  sha256: string
  requiresPython: string | null
}

const NAME = /^\/([A-Za-z0-9][A-Za-z0-9._-]{0,200})(?:\/([\w.+!-]{1,250}))?\/?$/
/** PEP 503. */
const canonical = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')

/** The simple repository API in both forms (PEP 503, PEP 691), uploads, and trusted publishing's exchange of tokens. */
export function pypi(asked: Asked, { base, path }: AtRegistry, folder: Folder, cast: Cast): Answer {
  const whole = asked.path
  if (/\/_\/oidc\/audience/.test(whole)) return json('pypi/audience', { audience: 'pypi' })
  if (/\/_\/oidc\/.*mint-token/.test(whole)) return json('pypi/oidc', { success: true, token: cast.secrets['pypi-ci-token'], expires: 1_900_000_000 })
  if (asked.method === 'POST' || asked.method === 'PUT') return text('pypi/upload', 'OK\n')
  const about = /\/pypi\/([\w.-]{1,200})\/(?:[\w.+!-]{1,100}\/)?json$/.exec(whole)?.[1]
  if (about !== undefined) return json('pypi/document', {
    info: { name: about, version: '1.0.0', summary: '', author: cast.person.name, author_email: cast.person.email, yanked: false }, releases: {},
    urls: [], vulnerabilities: [],
  })
  const [, raw, file] = NAME.exec(path) ?? []
  if (raw === undefined) return path === '/' ? text('pypi/root', '<!DOCTYPE html><html><body></body></html>', 'text/html') : text('pypi/missing', 'Not Found', 'text/plain', 404)
  const name = canonical(raw)
  const mirrored = folder.json('pypi', name, 'index.json') as File[] | null
  if (file !== undefined) {
    const found = Array.isArray(mirrored) && mirrored.some((entry) => entry.file === file) ? folder.file('pypi', name, file) : null
    if (found) return { script: 'pypi/mirror', status: 200, body: found }
    return mirrored === null && cast.options.placeholders && file === placeholder(name).file ? text('pypi/placeholder', placeholder(name).bytes, 'application/octet-stream') : text('pypi/missing', 'Not Found', 'text/plain', 404)
  }
  const files = Array.isArray(mirrored) ? mirrored : cast.options.placeholders ? [placeholder(name)] : null
  if (files === null) return text('pypi/missing', 'Not Found', 'text/plain', 404)
  return index(name, files, `${base}/${name}`, asked.headers.accept ?? '', Array.isArray(mirrored) ? 'pypi/mirror' : 'pypi/placeholder')
}

function placeholder(name: string): File & { bytes: Buffer } {
  const bytes = wheel(name, '1.0.0')
  return { file: `${name.replaceAll('-', '_')}-1.0.0-py3-none-any.whl`, sha256: createHash('sha256').update(bytes).digest('hex'), requiresPython: null, bytes }
}

function index(name: string, files: readonly File[], base: string, accept: string, script: string): Answer {
  if (accept.includes('application/vnd.pypi.simple.v1+json')) {
    return json(script, {
      meta: { 'api-version': '1.0' }, name,
      files: files.map(({ file, sha256, requiresPython }) => ({
        filename: file, url: `${base}/${encodeURIComponent(file)}`, hashes: { sha256 },
        ...(requiresPython === null ? {} : { 'requires-python': requiresPython }),
      })),
    }, 200, { 'content-type': 'application/vnd.pypi.simple.v1+json' })
  }
  const links = files.map(({ file, sha256, requiresPython }) => `<a href="${escaped(`${base}/${encodeURIComponent(file)}`)}#sha256=${sha256}"${requiresPython === null ? '' : ` data-requires-python="${escaped(requiresPython)}"`}>${escaped(file)}</a><br>`)
  return text(
    script, `<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="1.0"></head><body>\n${links.join('\n')}\n</body></html>\n`,
    'text/html',
  )
}

const escaped = (value: string): string => value.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
