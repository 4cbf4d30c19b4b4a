import type { HttpAnswer } from '../../core/types.ts'
import type { Ask, ServiceDesk } from '../ecosystem.ts'
import { bulkAudit, treeAudit } from './audit.ts'
import { parseJson } from './json.ts'
import type { Json } from './json.ts'

/** Answers what needs no upstream: ping, whoami and audits. */
export async function answer(ask: Extract<Ask, { kind: 'local' }>, body: Uint8Array, desk: ServiceDesk): Promise<HttpAnswer> {
  const { service } = ask
  if (service === 'ping') return json(200, {})
  if (service === 'whoami') return whoami(desk)
  if (service === 'audit-bulk') return audited(await bulkAudit(parseBody(body), desk))
  if (service === 'audit-quick') return audited(await treeAudit(parseBody(body), desk))
  return json(404, { error: `this gate has no service ${service}` })
}

function whoami(desk: ServiceDesk): HttpAnswer {
  if (desk.caller !== null) return json(200, { username: desk.caller })
  return json(401, { error: 'no token was sent, or this gate does not know it' })
}

const audited = (report: Json | null): HttpAnswer => (
  report ? json(200, report) : json(400, { error: 'this is not an audit request npm clients send, or it names too many packages' })
)

function parseBody(body: Uint8Array): unknown {
  try {
    return parseJson(body)
  } catch {
    return null
  }
}

const json = (status: number, value: unknown): HttpAnswer =>
  ({ status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) })
