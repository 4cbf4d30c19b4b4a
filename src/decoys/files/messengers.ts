import { levelDbLog } from '../leveldb.ts'
import type { Scene } from '../scene.ts'

export function messengers({ secrets, dice, put }: Scene): void {
  const origin = (host: string, key: string): Buffer => Buffer.concat([Buffer.from(`_https://${host}\0\u0001`, 'latin1'), Buffer.from(key)])
  put(
    '.config/discord/Local Storage/leveldb/000005.log',
    levelDbLog([
      [origin('discord.com', 'token'), `\u0001"${secrets['discord-token']}"`], [origin('discord.com', 'user_id_cache'), `\u0001"${dice.digits(18)}"`],
    ]),
    0o600,
  )
  put('.config/discord/Local Storage/leveldb/CURRENT', 'MANIFEST-000001\n')
  put(
    '.config/Slack/Local Storage/leveldb/000003.log',
    levelDbLog([[
      origin('app.slack.com', 'localConfig_v2'),
      `\u0001${JSON.stringify({ teams: { [`T${dice.chars('ABCDEFGHJKLMNPQRSTUVWXYZ0123456789', 9)}`]: { name: 'engineering', token: secrets['slack-session'] } } })}`,
    ]]),
    0o600,
  )
  const tdf = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('TDF$'), Buffer.from([0x9a, 0x5b, 0x4c, 0]), bytes])
  put('.local/share/TelegramDesktop/tdata/key_datas', tdf(Buffer.from(secrets['telegram-session'], 'latin1')), 0o600)
  put('.local/share/TelegramDesktop/tdata/D877F783D5D3EF8Cs', tdf(dice.bytes(280)), 0o600)
  put('.local/share/TelegramDesktop/tdata/D877F783D5D3EF8C/maps', tdf(dice.bytes(120)), 0o600)
}
