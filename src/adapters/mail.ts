import { createHash, randomUUID } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Mail, Mailer } from '../ports/mail.ts'

export interface MailServer {
  host: string
  port: number
  /** `starttls`: nothing is said in the clear but STARTTLS itself; `tls`: from the first byte (RFC 8314); `none`: in the clear. */
  security: 'starttls' | 'tls' | 'none'
  login: { username: string; password: string } | null
  /** PEM, besides the system's; null: those alone. */
  ca: string | null
  /** A plain address. */
  from: string
}

const TIMEOUT = 20_000
const LARGEST_ATTACHMENTS = 20 * 1024 * 1024

/** Mail through one server (RFC 5321), a connection a message. Nothing is read from files or URLs that a message might name. */
export function createMailer(server: MailServer, { timeout = TIMEOUT } = {}): Mailer {
  const domain = address(server.from).split('@')[1] ?? 'localhost'
  const transport = createTransport({
    // What EHLO says stands in the headers of every mail that went through: the name of this machine is nobody's business.
    name: domain,
    host: server.host, port: server.port, secure: server.security === 'tls', requireTLS: server.security === 'starttls', ignoreTLS: server.security === 'none',
    ...(server.login ? { auth: { user: server.login.username, pass: server.login.password } } : {}),
    ...(server.ca === null ? {} : { tls: { ca: server.ca } }),
    connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout, disableFileAccess: true, disableUrlAccess: true,
  })
  return {
    async send(mail) {
      const message = messageOf(mail, address(server.from), domain)
      try {
        const { rejected } = await transport.sendMail(message)
        if (rejected.length > 0) throw new Error(`it refused ${rejected.length} of the addresses`)
      } catch (cause) {
        throw new SluiceError('upstream-unreachable', `the mail server ${server.host} did not take it: ${oneLine(sentence(cause), 300)}`, { cause })
      }
      return { id: message.messageId }
    },
    close: () => transport.close(),
  }
}

function messageOf(mail: Mail, from: string, domain: string) {
  const { to, cc = [], replyTo, subject, text, attachments = [], headers = {}, id, inReplyTo } = mail
  if (to.length === 0) throw new SluiceError('usage', 'a mail without an address')
  const size = attachments.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
  if (size > LARGEST_ATTACHMENTS) throw new SluiceError('usage', `attachments of ${size} bytes are more than a mail holds`)
  return {
    from, to: to.map(address), cc: cc.map(address), ...(replyTo === undefined ? {} : { replyTo: address(replyTo) }),
    subject: line('subject', subject), text,
    attachments: attachments.map(({ name, contentType, content }) => ({ filename: fileName(name), contentType: mediaType(contentType), content: Buffer.from(content) })),
    headers: Object.entries(headers).map(([key, value]) => ({ key: headerName(key), value: line(key, value) })),
    messageId: `<${id === undefined ? randomUUID() : createHash('sha256').update(id).digest('hex').slice(0, 40)}@${domain}>`,
    ...(inReplyTo === undefined ? {} : { inReplyTo: line('in-reply-to', inReplyTo) }),
  }
}

const OURS = new Set(['from', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id', 'reply-to', 'sender', 'return-path', 'mime-version', 'content-type', 'content-transfer-encoding', 'in-reply-to', 'received'])

/** The dot-atom form of RFC 5322 §3.4.1 alone: no quotes, comments, names or lists, in which a second address could hide. */
const ADDRESS = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

function address(value: string): string {
  if (value.length > 254 || !ADDRESS.test(value)) throw new SluiceError('usage', `not a mail address: ${oneLine(value, 100)}`)
  return value
}

function line(what: string, value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]/.test(value)) throw new SluiceError('usage', `the ${oneLine(what, 40)} of a mail is one line`)
  return value.length > 900 ? `${value.slice(0, 899)}…` : value
}

function headerName(value: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(value) || OURS.has(value.toLowerCase())) throw new SluiceError('usage', `not a header that may be set: ${oneLine(value, 60)}`)
  return value
}

const fileName = (value: string): string => value.replace(/[^\w.@+ -]/g, '_').slice(0, 150) || 'attachment'
const mediaType = (value: string): string => (/^[\w.+-]{1,60}\/[\w.+-]{1,100}(?:; charset=[\w-]{1,30})?$/.test(value) ? value : 'application/octet-stream')
