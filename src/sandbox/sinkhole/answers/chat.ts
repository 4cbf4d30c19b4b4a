import { json, text, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

/** Messengers and webhooks, as their APIs answer a message that got through. */
export function chat(asked: Asked, cast: Cast): Answer | null {
  const { host, path } = asked
  if (/(?:^|\.)discord(?:app)?\.com$/.test(host)) return discord(asked, cast)
  if (host === 'hooks.slack.com') return text('chat/slack-webhook', 'ok', 'text/html')
  if (/(?:^|\.)slack\.com$/.test(host) && path.startsWith('/api/')) return json('chat/slack', { ok: true, url: `https://${cast.person.organisation}.slack.example/`, team: cast.person.organisation, user: cast.person.user, team_id: 'T0A1B2C3D', user_id: 'U0E4F5G6H', channel: 'C0I7J8K9L', ts: '1790000000.000100' })
  if (host === 'api.telegram.org') return telegram(asked)
  if (/\.webhook\.office\.com$|^outlook\.office\.com$/.test(host)) return text('chat/teams-webhook', '1')
  return null
}

function discord({ method, path, query }: Asked, { person, secrets }: Cast): Answer {
  const [, id, token] = /\/webhooks\/(\d{1,25})\/([\w-]{1,100})/.exec(path) ?? []
  if (id !== undefined) {
    if (method === 'GET') return json('chat/discord-webhook', {
      id, token, type: 1, name: 'hook', channel_id: '1180000000000000001', guild_id: '1180000000000000000', application_id: null, avatar: null,
    })
    if (method === 'DELETE' || query.get('wait') !== 'true') return { script: 'chat/discord-webhook', status: 204, body: '' }
    return json('chat/discord-webhook', {
      id: '1290000000000000001', type: 0, content: '', channel_id: '1180000000000000001', webhook_id: id, attachments: [], embeds: [],
      timestamp: '2026-09-01T08:00:00.000000+00:00',
    })
  }
  if (path.endsWith('/users/@me')) return json('chat/discord-user', {
    id: Buffer.from(secrets['discord-token'].split('.')[0] ?? '', 'base64').toString('latin1'), username: person.login, email: person.email,
    verified: true, mfa_enabled: false, premium_type: 2, phone: null, locale: 'en-US',
  })
  return json('chat/discord', /\/(?:guilds|channels|relationships|payment-sources|connections|messages)$/.test(path) && method === 'GET' ? [] : { id: '1290000000000000001', type: 0, content: '' })
}

function telegram({ path }: Asked): Answer {
  const [, bot = '0', method = ''] = /^\/(?:file\/)?bot(\d{1,20}):[\w-]{1,100}\/(\w{1,60})/.exec(path) ?? []
  const ok = (result: unknown): Answer => json('chat/telegram', { ok: true, result })
  if (method === 'getUpdates') return ok([])
  if (method === 'getMe') return ok({ id: Number(bot), is_bot: true, first_name: 'bot', username: 'notice_bot' })
  if (/^(?:set|delete|answer|pin)/.test(method)) return ok(true)
  return ok({ message_id: 17, date: 1_790_000_000, from: { id: Number(bot), is_bot: true, first_name: 'bot' }, chat: { id: 100_200_300, type: 'private' }, ...(/^send(?:Document|Photo|MediaGroup)/.test(method) ? { document: { file_id: 'BQACAgIAAxkDAAM', file_unique_id: 'AgADbQ', file_size: 1 } } : { text: '' }) })
}
