import { createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Upstream, UpstreamOptions } from '../ports/upstream.ts'
import { createNotifier } from './notifier.ts'
import type { Webhook } from './notifier.ts'

const NOTICE = { kind: 'recalled' as const, title: 'recalled', text: 'left-pad 9.9.9', data: { name: 'left-pad' }, at: new Date('2026-01-02T03:04:05Z') }

async function notify(webhook: Webhook | null, status: number | Error): Promise<{ sent: { url: string; options: UpstreamOptions }[]; lines: string[] }> {
  const sent: { url: string; options: UpstreamOptions }[] = []
  const lines: string[] = []
  const upstream: Upstream = {
    async fetch(url, options = {}) {
      sent.push({ url, options })
      if (status instanceof Error) throw status
      return { status, headers: {}, url, body: Readable.from([]) }
    },
    close: async () => undefined,
  }
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await createNotifier({ log, upstream, webhook }).notify(NOTICE)
  return { sent, lines }
}

describe('notifier', () => {
  it('only logs without a webhook', async () => {
    const { sent, lines } = await notify(null, 200)
    expect(sent).toEqual([])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ notice: 'recalled', name: 'left-pad', msg: 'recalled: left-pad 9.9.9' })
  })

  it('signs time and body', async () => {
    const { sent } = await notify({ url: 'https://hook.example/', secret: 'k' }, 200)
    const { headers = {}, body } = sent[0]?.options ?? {}
    expect(headers['sluice-timestamp']).toBe('1767323045')
    expect(headers['sluice-signature']).toBe(`sha256=${createHmac('sha256', 'k').update(`1767323045.${Buffer.from(body ?? []).toString()}`).digest('hex')}`)
  })

  it.each([500, new Error('down')])('logs a receiver that fails with %s', async (status) => {
    const { lines } = await notify({ url: 'https://hook.example/', secret: null }, status)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('the webhook did not take the notice')
  })
})
