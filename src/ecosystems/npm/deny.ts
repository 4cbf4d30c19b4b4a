import { phrase } from '../../core/text.ts'
import type { Client, Denial, HttpAnswer } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'
import { refusalUrl } from './refusal.ts'

/**
 * "No", as npm clients show it. Each reads another part of the answer: npm the phrase, `error` and `npm-notice`; pnpm 10 and
 * yarn 4 the phrase alone, so that theirs says where to ask further; yarn 1 `error`; bun the URL; `title` and `detail` are
 * RFC 9457's for everyone else.
 */
export function deny(ask: Ask, denial: Denial, client: Client): HttpAnswer {
  const status = ask.kind === 'refused' ? ask.status : statusOf(denial.reason)
  const what = denial.version === null ? denial.name : `${denial.name}@${denial.version}`
  const subject = what && !denial.message.includes(what) ? `${what}: ` : ''
  const reason = `${subject}${denial.message}`
  const short = client.tool === 'npm' ? phrase(reason) : withReference(reason, denial)
  const error = `${reason} (request ${denial.requestId}, see ${denial.link})`
  const shown = client.tool === 'bun' && ask.kind !== 'refused' && status !== 404 ? denial.base : undefined
  return {
    status: shown === undefined ? status : 302,
    phrase: short,
    headers: {
      ...(shown === undefined ? {} : { location: refusalUrl(shown, error) }),
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

/** As much of request and link as leaves most of the phrase to the reason. */
function withReference(reason: string, { requestId, link }: Denial): string {
  const full = ` (request ${requestId}, see ${link})`
  const reference = full.length <= LONGEST_REFERENCE ? full : ` (request ${requestId})`
  const room = LONGEST_PHRASE - reference.length
  const line = phrase(reason)
  return phrase(`${line.length <= room ? line : `${line.slice(0, room - 3)}...`}${reference}`)
}

/** As `phrase` cuts it. */
const LONGEST_PHRASE = 180
const LONGEST_REFERENCE = 110

const headerText = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]+/g, '?').slice(0, 1_000)
