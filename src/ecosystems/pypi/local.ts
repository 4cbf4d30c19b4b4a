import type { HttpAnswer } from '../../core/types.ts'
import type { Ask, ServiceDesk } from '../ecosystem.ts'
import { legacyVersion } from './legacy.ts'
import type { LegacyDocument } from './legacy.ts'

/** Answers from what the gate renders itself: one version's JSON document, and the way to a page's folder. */
export async function answer(ask: Extract<Ask, { kind: 'local' }>, desk: ServiceDesk): Promise<HttpAnswer> {
  const { service, name } = ask
  const [what, argument = ''] = service.split(' ', 2)
  // Relative, so that it holds behind any proxy.
  if (what === 'slash') return { ...json(301, {}), headers: { location: `${name}/${argument && `?${argument}`}`, 'cache-control': 'no-store' } }
  const document = name === null ? null : await desk.index(name, 'legacy')
  const version = document && legacyVersion(JSON.parse(new TextDecoder().decode(document)) as LegacyDocument, argument)
  return version ? json(200, version) : json(404, { message: 'Not Found' })
}

const json = (status: number, value: unknown): HttpAnswer =>
  ({ status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) })
