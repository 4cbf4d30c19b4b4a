import type { HttpAnswer } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'

/** The way to a page's folder: the one thing answered without upstream. */
export function answer({ service, name, text = '' }: Extract<Ask, { kind: 'local' }>): HttpAnswer {
  if (service !== 'slash') return json(404, { message: 'Not Found' })
  // Relative, so that it holds behind any proxy.
  return { ...json(301, {}), headers: { location: `${name}/${text && `?${text}`}`, 'cache-control': 'no-store' } }
}

const json = (status: number, value: unknown): HttpAnswer =>
  ({ status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) })
