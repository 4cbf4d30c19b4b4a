import { phrase } from '../../core/text.ts'
import type { Client, Denial, HttpAnswer } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'

/** As `phrase` cuts it. */
const LONGEST_PHRASE = 180

/**
 * "No", as Python installers show it: pip and poetry print the reason phrase, uv also `title` and `detail` of a problem
 * document (RFC 9457) and only when the content type is exactly that. Index pages are refused otherwise than files:
 *
 * - 403 and 404 on a page make uv and poetry speak of credentials or of a missing package; any other 4xx shows the reason,
 *   and 451 says what it is.
 * - pip skips a page with any error status in silence. It warns, and prints the content type, when a page arrives whose type
 *   it does not know; so its reason stands there.
 */
export function deny(ask: Ask, denial: Denial, client: Client): HttpAnswer {
  const page = ask.kind === 'index'
  const status = ask.kind === 'refused' ? ask.status : statusOf(denial.reason, page)
  const what = denial.version === null ? denial.name : `${denial.name}==${denial.version}`
  const subject = what && !denial.message.includes(what) ? `${what}: ` : ''
  const short = withReference(`${subject}${denial.message}`, denial)
  const detail = `${subject}${denial.message} (request ${denial.requestId}, see ${denial.link})`
  const silent = page && client.tool === 'pip' && status !== 404
  return {
    status: silent ? 200 : status,
    ...(silent ? {} : { phrase: short }),
    headers: {
      'content-type': silent ? `application/problem+json; refused="${quotable(detail)}"` : 'application/problem+json',
      'cache-control': 'no-store',
    },
    body: JSON.stringify({ title: 'refused by Sluice', detail, status, type: 'about:blank', error: detail }),
  }
}

/** Never 408, 429 or 5xx: pip, uv and poetry ask again for those. An upstream that is down is 424: what this needs failed. */
function statusOf(reason: Denial['reason'], page: boolean): number {
  switch (reason) {
    case 'unknown-package': return 404
    case 'bad-request': return 400
    case 'forbidden': return 403
    case 'upstream-down': return 424
    default: return page ? 451 : 403
  }
}

/** pip and poetry print nothing but the phrase, so where to ask further stands in it, unless that leaves no room to say why. */
function withReference(text: string, { requestId, link }: Denial): string {
  const full = ` (${requestId}, ${link})`
  const reference = full.length <= 100 ? full : ` (${requestId})`
  const room = LONGEST_PHRASE - reference.length
  const line = phrase(text)
  return phrase(`${line.length <= room ? line : `${line.slice(0, room - 3)}...`}${reference}`)
}

/** Inside a quoted parameter of a header. */
const quotable = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').replace(/["\\]/g, "'").slice(0, 600)
