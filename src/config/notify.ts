import { FACILITIES } from './schema.ts'
import type { Document } from './schema.ts'
import { authorityAt, secretAt } from './way-out.ts'
import type { Surroundings } from './way-out.ts'

export interface NotifySettings {
  webhook: { url: string; secret: string | null } | null
  mail: {
    host: string
    port: number
    security: 'starttls' | 'tls' | 'none'
    login: { username: string; password: string } | null
    ca: string | null
    from: string
    to: readonly string[]
  } | null
  syslog: { host: string; port: number; transport: 'udp' | 'tcp' | 'tls'; facility: number; ca: string | null } | null
}

const MAIL_PORTS = { starttls: 587, tls: 465, none: 25 }

/** Who is told, with the secrets that takes. */
export function notifyOf({ webhook, secret, mail, syslog }: Document['notify'], around: Surroundings): NotifySettings {
  return {
    webhook: webhook === undefined ? null : { url: webhook, secret: secret ? secretAt(secret, ['notify', 'secret'], around) : null },
    mail: mail ? {
      host: mail.server, port: mail.port ?? MAIL_PORTS[mail.security], security: mail.security, from: mail.from, to: mail.to,
      login: mail.username !== undefined && mail.password ? { username: mail.username, password: secretAt(mail.password, ['notify', 'mail', 'password'], around) } : null,
      ca: mail.ca_file === undefined ? null : authorityAt(mail.ca_file, ['notify', 'mail', 'ca_file'], around),
    } : null,
    syslog: syslog ? {
      host: syslog.server, port: syslog.port ?? (syslog.transport === 'tls' ? 6514 : 514), transport: syslog.transport, facility: FACILITIES.indexOf(syslog.facility),
      ca: syslog.ca_file === undefined ? null : authorityAt(syslog.ca_file, ['notify', 'syslog', 'ca_file'], around),
    } : null,
  }
}
