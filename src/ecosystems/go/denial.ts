import type { Client, Denial, HttpAnswer } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'

/**
 * Go prints the body of an error when it is UTF-8 `text/plain` of graphic characters, at most 8 lines and 648 bytes, up
 * to the first empty line. 404 and 410 let it try the next proxy of a list, so they are for what does not exist.
 */
export function deny(ask: Ask, denial: Denial, _client: Client): HttpAnswer {
  const of = denial.version === null ? denial.name : `${denial.name}@${denial.version}`
  const lines = [
    `Sluice: ${clip(denial.message, 300)}`,
    ...(of !== '' && Buffer.byteLength(of) <= 120 ? [`Module: ${clip(of, 120)}`] : []),
    `Request: ${clip(denial.requestId, 60)}`,
    ...(Buffer.byteLength(denial.link) <= 140 ? [`Details: ${clip(denial.link, 140)}`] : []),
  ]
  return plain(status(ask, denial), lines)
}

function status(ask: Ask, denial: Denial): number {
  if (ask.kind === 'refused') return ask.status
  if (denial.reason === 'unknown-package') return 404
  return denial.reason === 'bad-request' ? 400 : 403
}

export const plain = (status: number, lines: readonly string[]): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${lines.join('\n')}\n`,
})

/** One line of graphic characters of at most so many bytes; one other character and Go shows nothing at all. */
function clip(text: string, bytes: number): string {
  const clean = text.toWellFormed().replace(/\s+/gu, ' ').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim()
  if (Buffer.byteLength(clean) <= bytes) return clean
  let kept = ''
  let size = 0
  for (const character of clean) {
    size += Buffer.byteLength(character)
    if (size > bytes - 3) break
    kept += character
  }
  return `${kept}…`
}
