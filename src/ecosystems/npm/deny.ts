import { phrase } from '../../core/text.ts'
import type { Denial, HttpAnswer } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'

/**
 * "No", as npm clients show it. All get the same answer, because each reads another part of it: npm the phrase, `error`
 * and `npm-notice`; pnpm and yarn 4 the phrase; yarn 1 `error`; `title` and `detail` are RFC 9457's for everyone else.
 */
export function deny(ask: Ask, denial: Denial): HttpAnswer {
  const status = ask.kind === 'refused' ? ask.status : statusOf(denial.reason)
  const what = denial.version === null ? denial.name : `${denial.name}@${denial.version}`
  const subject = what && !denial.message.includes(what) ? `${what}: ` : ''
  const short = phrase(`${subject}${denial.message}`)
  const error = `${subject}${denial.message} (request ${denial.requestId}, see ${denial.link})`
  return {
    status,
    phrase: short,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      // npm prints this whatever it does with the answer; a missing package is often only a try.
      ...(status === 404 ? {} : { 'npm-notice': headerText(`Sluice: ${error}`) }),
    },
    body: JSON.stringify({
      error, type: 'about:blank', title: short, status, detail: error, reason: denial.reason, requestId: denial.requestId,
    }),
  }
}

/**
 * 403 is what clients print a reason for; 401 makes them speak of tokens, 404 of a missing package, and 408, 429 and 5xx
 * make them ask again for minutes. So an upstream that is down is 424: what this depends on failed.
 */
function statusOf(reason: Denial['reason']): number {
  if (reason === 'unknown-package') return 404
  if (reason === 'bad-request') return 400
  return reason === 'upstream-down' ? 424 : 403
}

const headerText = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]+/g, '?').slice(0, 1_000)
