import { identityOf, timeOf } from '../../core/identity.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Identity } from '../../core/watch.ts'
import { isObject } from './json.ts'
import type { Json } from './json.ts'

/** Who and what a project says it is: of the project's JSON document, or of its simple page, which names nobody. Throws `index-invalid`. */
export function readIdentity(name: string, body: Uint8Array): Identity {
  const page = parse(body)
  return isObject(page['info']) ? ofProject(name, page, page['info']) : ofPage(name, page)
}

function ofProject(name: string, page: Json, info: Json): Identity {
  const links = isObject(info['project_urls']) ? Object.entries(info['project_urls']).slice(0, 50) : []
  const ownership = isObject(page['ownership']) ? page['ownership'] : {}
  const roles = Array.isArray(ownership['roles']) ? (ownership['roles'] as unknown[]).slice(0, 100) : []
  return identityOf('pypi', name, {
    description: info['summary'],
    accounts: [...roles.map((role) => (isObject(role) ? role['user'] : null)), ownership['organization']],
    emails: [info['author_email'], info['maintainer_email']],
    repositories: [...links].sort(([a], [b]) => likely(b) - likely(a)).map(([, url]) => url).concat([info['home_page'], info['download_url']]),
    homepage: info['home_page'] || links.find(([label]) => /^home/i.test(label))?.[1],
    releases: isObject(page['releases']) ? Object.entries(page['releases']).map(([version, files]) => ({ version, at: earliest(files, 'upload_time_iso_8601') })) : [],
    readme: info['description'],
  })
}

const likely = (label: string): number => Number(/source|repo|code|git/i.test(label))

/** PEP 700: versions, and upload times of files. */
function ofPage(name: string, page: Json): Identity {
  const files = Array.isArray(page['files']) ? page['files'] as unknown[] : []
  const versions = Array.isArray(page['versions']) ? (page['versions'] as unknown[]).filter((one): one is string => typeof one === 'string') : []
  const times = new Map<string, Date>()
  for (const file of files) {
    if (!isObject(file) || typeof file['filename'] !== 'string') continue
    const at = timeOf(file['upload-time'])
    const version = versionIn(file['filename'])
    const known = times.get(version)
    if (at && (!known || at < known)) times.set(version, at)
  }
  return identityOf('pypi', name, { releases: versions.map((version) => ({ version, at: times.get(version.toLowerCase()) ?? null })) })
}

/** The second part of a file's name is its version, after names whose own dashes are underscores (PEP 427, PEP 625). */
const versionIn = (file: string): string => (file.replace(/\.(?:whl|tar\.gz|zip|egg)$/, '').split('-')[1] ?? '').toLowerCase()

function earliest(files: unknown, member: string): Date | null {
  if (!Array.isArray(files)) return null
  return (files as unknown[]).reduce<Date | null>((first, file) => {
    const at = isObject(file) ? timeOf(file[member]) : null
    return at && (!first || at < first) ? at : first
  }, null)
}

function parse(body: Uint8Array): Json {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch (cause) {
    throw new SluiceError('index-invalid', 'the project\'s document is not JSON', { cause })
  }
  if (!isObject(value)) throw new SluiceError('index-invalid', 'the project\'s document is not a JSON object')
  return value
}
