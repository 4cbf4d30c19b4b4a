import type { Ask, AskLine } from '../ecosystem.ts'
import { isName } from './names.ts'
import { readRefusal } from './refusal.ts'
import { TAGS } from './variants.ts'

const JSON_TYPES = ['application/json', 'application/vnd.npm.install-v1+json'] as const

/** What stands below `/-/`. `parts` is the decoded path after it, a scope and its name as two parts. */
export function parseService(line: AskLine, parts: readonly string[]): Ask | null {
  const path = parts.join('/')
  if (path.startsWith('package/')) return parsePackageService(line, parts.slice(1))
  if (line.method === 'POST' && AUDITS.has(path)) return { kind: 'local', service: AUDITS.get(path) as string, name: null }
  const refusal = REFUSALS.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
  if (refusal) return { kind: 'refused', status: 403, message: refusal.message }
  if (line.method !== 'GET' && line.method !== 'HEAD') {
    return { kind: 'refused', status: 405, message: 'This gate only reads from the registry.' }
  }
  if (path === 'ping' || path === 'whoami') return { kind: 'local', service: path, name: null }
  if (path === 'npm/v1/keys') return { kind: 'passthrough', path: '-/npm/v1/keys', name: null, contentTypes: JSON_TYPES }
  if (path === 'v1/search') return parseSearch(line.query)
  if (path === 'refused') return { kind: 'refused', status: 403, message: readRefusal(line.query) }
  if (path.startsWith(ATTESTATIONS)) return parseAttestations(path.slice(ATTESTATIONS.length))
  return null
}

const ATTESTATIONS = 'npm/v1/attestations/'

const AUDITS = new Map([
  ['npm/v1/security/advisories/bulk', 'audit-bulk'],
  ['npm/v1/security/audits/quick', 'audit-quick'],
  ['npm/v1/security/audits', 'audit-quick'],
])

const LOGIN = 'This gate has no logins: take a read token from its console and set it as _authToken.'
const TOKENS = 'Tokens of this gate are made in its console, not with npm.'
const TEAMS = 'This gate knows nothing of teams, organisations and access: ask the registry itself.'

const REFUSALS = [
  { prefix: 'v1/login', message: LOGIN },
  { prefix: 'v1/done', message: LOGIN },
  { prefix: 'user', message: LOGIN },
  { prefix: 'npm/v1/user', message: LOGIN },
  { prefix: 'npm/v1/tokens', message: TOKENS },
  { prefix: 'npm/v1/oidc', message: 'This gate does not take packages: publish to the registry itself.' },
  { prefix: 'stage', message: 'This gate does not take packages: publish to the registry itself.' },
  { prefix: 'npm/v1/hooks', message: TEAMS },
  { prefix: 'team', message: TEAMS },
  { prefix: 'org', message: TEAMS },
]

/** `/-/package/<name>/dist-tags` is read here; everything else below a package is about owning it. */
function parsePackageService(line: AskLine, parts: readonly string[]): Ask {
  const scoped = parts[0]?.startsWith('@') === true
  const name = scoped ? `${parts[0]}/${parts[1] ?? ''}` : (parts[0] ?? '')
  const rest = parts.slice(scoped ? 2 : 1).join('/')
  if (!isName(name)) return { kind: 'refused', status: 400, message: 'This is not a name an npm package can have.' }
  if (rest === 'dist-tags' && (line.method === 'GET' || line.method === 'HEAD')) return { kind: 'index', name, variant: TAGS }
  if (rest.startsWith('dist-tags')) {
    return { kind: 'refused', status: 403, message: 'This gate does not change dist-tags: change them at the registry itself.' }
  }
  return { kind: 'refused', status: 403, message: TEAMS }
}

/** What the registry's search takes (npm/registry, REGISTRY-API.md); anything else a client sends stays here. */
const NUMBERS = ['size', 'from', 'quality', 'popularity', 'maintenance']

function parseSearch(query: string): Ask {
  if (query.length > 1_000) return { kind: 'refused', status: 414, message: 'The search text is too long.' }
  const asked = new URLSearchParams(query)
  const texts = asked.getAll('text')
  const known = new URLSearchParams(texts[0] === undefined ? {} : { text: texts[0] })
  for (const name of NUMBERS) {
    const value = asked.get(name)
    if (value !== null && /^\d{1,6}(?:\.\d{1,6})?$/.test(value)) known.set(name, value)
  }
  return { kind: 'passthrough', path: '-/v1/search', name: null, contentTypes: JSON_TYPES, query: known.toString(), words: texts.join(' ') }
}

/** `<name>@<version>`: provenance and publish attestations, checked by the client. */
function parseAttestations(what: string): Ask {
  const at = what.lastIndexOf('@')
  const name = what.slice(0, Math.max(at, 0))
  const version = what.slice(at + 1)
  if (!isName(name) || !/^[0-9A-Za-z.+-]{1,256}$/.test(version)) {
    return { kind: 'refused', status: 400, message: 'Attestations are asked for as <name>@<version>.' }
  }
  return { kind: 'passthrough', path: attestationsPath(name, version), name, contentTypes: JSON_TYPES }
}

/** Below the registry, and below the gate: npm takes the path of `attestations.url` and nothing else from it. */
export const attestationsPath = (name: string, version: string): string =>
  `-/${ATTESTATIONS}${name.replace('/', '%2f')}@${encodeURIComponent(version)}`
