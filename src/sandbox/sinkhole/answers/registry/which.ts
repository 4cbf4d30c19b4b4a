import type { RegistryOptions } from '../../options.ts'
import type { Asked } from '../answer.ts'

export interface AtRegistry {
  ecosystem: RegistryOptions['ecosystem']
  /** Where it begins, as this client sees it, without a slash at its end. */
  base: string
  /** What is asked of it, with its leading slash, decoded. */
  path: string
}

const originOf = (url: string): string => /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''

/** Which registry a request is for: by the address clients are set to, by hosts that are a registry's own, else by who asks and how. */
export function registryFor(asked: Asked, registries: readonly RegistryOptions[]): AtRegistry | null {
  const origin = originOf(asked.url)
  for (const { ecosystem, url } of registries) {
    const { hostname, pathname } = new URL(url)
    const prefix = pathname.replace(/\/+$/, '')
    if (bare(hostname) === asked.host && (asked.path === prefix || asked.path.startsWith(`${prefix}/`))) return {
      ecosystem, base: origin + prefix, path: asked.path.slice(prefix.length) || '/',
    }
  }
  for (const { ecosystem, url, hosts } of registries) {
    // What PyPI has beside its index: uploads, documents, trusted publishing.
    const beside = ecosystem === 'pypi' && bare(new URL(url).hostname) === asked.host && /^\/(?:legacy|pypi|_|upload)\b/.test(asked.path)
    if (beside || hosts.includes(asked.host)) return { ecosystem, base: origin, path: asked.path }
  }
  const uploaded = uploadIn(asked)
  if (uploaded) return { ecosystem: uploaded, base: origin, path: asked.path }
  const client = asked.headers['user-agent'] ?? ''
  if (/\bnpm\/\d|^(?:pnpm|yarn|Bun)\//i.test(client) && !/\.(?:tgz|tar\.gz)$/.test(asked.path)) return { ecosystem: 'npm', base: origin, path: asked.path }
  if (/^(?:pip|uv|poetry|pdm|twine|setuptools)\//i.test(client) && /\/simple(?:\/|$)|\/legacy\/?$|\/upload/.test(asked.path)) {
    const simple = asked.path.indexOf('/simple')
    return {
      ecosystem: 'pypi', base: simple < 0 ? origin : `${origin}${asked.path.slice(0, simple)}/simple`,
      path: simple < 0 ? asked.path : asked.path.slice(simple + 7) || '/',
    }
  }
  return client.startsWith('Go-http-client/') && /\/@(?:v\/|latest$)/.test(asked.path) ? { ecosystem: 'go', base: origin, path: asked.path } : null
}

/** What is uploaded says which registry it is meant for, wherever it is sent: core metadata in a form, or a document with its archive in it. */
function uploadIn({ method, body }: Asked): RegistryOptions['ecosystem'] | null {
  if (method === 'POST' && body.includes('name=":action"') && body.includes('file_upload')) return 'pypi'
  return method === 'PUT' && body.includes('"_attachments"') && body.includes('"dist-tags"') ? 'npm' : null
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
