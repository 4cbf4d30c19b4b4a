import { json, text, type Answer, type Asked } from './answer.ts'
import { EVALUATED } from './stage.ts'

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/**
 * Fields that remote controls are known to read. Who asks what to run is told `id`, and who evaluates what it is sent evaluates what
 * leaves a mark: both go on, and show that they do.
 */
const ORDERS = { command: 'id', cmd: 'id', code: EVALUATED, script: EVALUATED, cookie: EVALUATED, task: 'id' }

/** Whatever nobody else knows: what the path's extension or the Accept header ask for, in its smallest true form. */
export function generic({ method, path, headers }: Asked): Answer {
  const accept = headers.accept ?? ''
  const extension = /\.([a-z0-9]{1,8})$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  if (method !== 'GET' && method !== 'HEAD') return json('generic/accepted', { ok: true, success: true, status: 'success', id: '8f14e45f', ...ORDERS })
  if (extension === 'json' || /\bjson\b/.test(accept)) return json('generic/json', { ok: true, status: 'success', data: {}, version: '1.0.0', ...ORDERS })
  if (['png', 'ico', 'gif', 'jpg', 'jpeg', 'webp'].includes(extension) || accept.startsWith('image/')) return text('generic/image', PIXEL, 'image/png')
  if (extension === 'xml') return text('generic/xml', '<?xml version="1.0" encoding="UTF-8"?>\n<response><status>ok</status></response>\n', 'application/xml')
  if (/\btext\/html\b/.test(accept) || extension === 'html') return text('generic/html', '<!doctype html><html><head><title>Welcome</title></head><body><p>OK</p></body></html>\n', 'text/html; charset=utf-8')
  // Quoted, it is JSON, JavaScript and Python: what is sent on to `eval` goes on.
  return text('generic/text', extension === 'txt' ? 'ok\n' : '"ok"\n')
}
