import { SluiceError } from '../../core/errors.ts'
import type { Listing } from './listing.ts'
import { readHtml } from './read-html.ts'
import { readJson } from './read-json.ts'

/** A project's page in either form; the content type decides, and where it says nothing the first character does. */
export function readIndex({ name, body, contentType, base }: { name: string; body: Uint8Array; contentType: string; base: string }): Listing {
  if (/\bjson\b/i.test(contentType)) return readJson(name, body, base)
  if (/\bhtml\b/i.test(contentType)) return readHtml(name, body, base)
  const first = new TextDecoder().decode(body.subarray(0, 1_000)).trimStart()[0]
  if (first === '{') return readJson(name, body, base)
  if (first === '<') return readHtml(name, body, base)
  throw new SluiceError('index-invalid', `the project page is neither HTML nor JSON but ${contentType.slice(0, 100) || 'of no type'}`)
}
