import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { createMailer } from '../mail.ts'
import type { MailServer } from '../mail.ts'
import { mailReceiver } from './mail.ts'
import type { Receiver } from './receiver.ts'
import { syslogReceiver } from './syslog.ts'
import type { SyslogServer } from './syslog.ts'
import { webhookReceiver } from './webhook.ts'
import type { Webhook } from './webhook.ts'

export interface ReceiverSettings {
  webhook: Webhook | null
  mail: (MailServer & { to: readonly string[] }) | null
  syslog: SyslogServer | null
}

/** Everybody who is told, as configured. */
export function receiversOf({ webhook, mail, syslog }: ReceiverSettings, parts: { upstream: Upstream; clock: Clock }): Receiver[] {
  return [
    ...(webhook ? [webhookReceiver(webhook, parts)] : []),
    ...(mail ? [mailReceiver(createMailer(mail), mail.to)] : []),
    ...(syslog ? [syslogReceiver(syslog)] : []),
  ]
}
