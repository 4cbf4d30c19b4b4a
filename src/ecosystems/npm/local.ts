import type { HttpAnswer } from '../../core/types.ts'
import type { Ask, ServiceDesk } from '../ecosystem.ts'
import { bulkAudit, treeAudit } from './audit.ts'
import { isObject, parseJson } from './json.ts'
import type { Json } from './json.ts'

/** Answers what needs no upstream: ping, whoami, audits, and what an index document already says. */
export async function answer(ask: Extract<Ask, { kind: 'local' }>, body: Uint8Array, desk: ServiceDesk): Promise<HttpAnswer> {
  const { service, name } = ask
  if (service === 'ping') return json(200, {})
  if (service === 'whoami') return whoami(desk)
  if (service === 'audit-bulk') return audited(await bulkAudit(parseBody(body), desk))
  if (service === 'audit-quick') return audited(await treeAudit(parseBody(body), desk))
  const variant = service === 'dist-tags' ? 'corgi' : 'full'
  const document = name === null ? null : parseBody((await desk.index(name, variant)) ?? NOTHING)
  if (!isObject(document)) return json(404, { error: `${name ?? service} is not known here or upstream` })
  if (service === 'dist-tags') return json(200, document['dist-tags'] ?? {})
  return manifestOf(document, service.slice('manifest '.length))
}

function whoami(desk: ServiceDesk): HttpAnswer {
  if (desk.caller !== null) return json(200, { username: desk.caller })
  return json(401, { error: 'no token was sent, or this gate does not know it' })
}

const audited = (report: Json | null): HttpAnswer => (
  report ? json(200, report) : json(400, { error: 'this is not an audit request npm clients send, or it names too many packages' })
)

/** `/<name>/<version or tag>`: that one version's manifest, as shown in the package's own document. */
function manifestOf(document: Json, wanted: string): HttpAnswer {
  const tags = isObject(document['dist-tags']) ? document['dist-tags'] : {}
  const versions = isObject(document.versions) ? document.versions : {}
  const version = Object.hasOwn(tags, wanted) ? String(tags[wanted]) : wanted
  if (Object.hasOwn(versions, version)) return json(200, versions[version])
  const restricted = isObject(document.policyRestrictions) ? document.policyRestrictions : {}
  if (isObject(restricted.versions) && Object.hasOwn(restricted.versions, version)) return json(403, { error: restricted.message })
  return json(404, { error: `version not found: ${wanted}` })
}

const NOTHING = new Uint8Array()

function parseBody(body: Uint8Array): unknown {
  try {
    return parseJson(body)
  } catch {
    return null
  }
}

const json = (status: number, value: unknown): HttpAnswer =>
  ({ status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) })
