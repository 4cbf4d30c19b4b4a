import { defang } from '../../analysis/indicators/spelling.ts'
import type { Notice } from '../../ports/notifier.ts'
import type { Report } from './domains.ts'
import type { State } from './verdict.ts'

/** What people are told when a watched name went down, or came back; null: nothing that they wait for. */
export function noticeOf({ target, state, reasons, relapse, looked }: Report, before: State): Notice | null {
  if (state === before || state === 'unknown' || (before === 'unknown' && state !== 'down')) return null
  const name = defang(target.replace(/^[a-z]+:/, ''), 'domain')
  const title = relapse ? `${name} is back` : state === 'down' ? `${name} is down` : `${name} is ${state}`
  return { id: `domain:${target}:${state}:${looked.at.getTime()}`, kind: 'alarm', title, text: reasons[0] ?? '', data: { target, state, before, relapse }, at: looked.at }
}
