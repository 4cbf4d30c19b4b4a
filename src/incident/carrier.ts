import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../core/errors.ts'
import type { Mailer } from '../ports/mail.ts'
import type { Sender } from './tickets/matter.ts'
import type { Carrier } from './tickets/tickets.ts'

/** Commands of SMTP before the letter itself: what fails there was certainly not taken (RFC 5321 §4.1.1). */
const BEFORE_DATA: ReadonlySet<string> = new Set(['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO'])

/**
 * Takes letters to people: by mail where that is configured for complaints, else into a folder, from where a person sends them. A letter
 * without a mailbox (a form, other means) always goes into the folder.
 */
export function createCarrier({ mailer, outbox, sender }: { mailer: Mailer | null; outbox: string; sender: Sender | null }): Carrier {
  return async ({ to, subject, text, attachments, id }) => {
    if (to === null || mailer === null || sender === null) {
      const folder = join(outbox, id)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(join(folder, 'letter.txt'), `${to === null ? '' : `To: ${to}\n`}Subject: ${subject}\n\n${text}`, { mode: 0o600 })
      for (const [index, one] of attachments.entries()) await writeFile(join(folder, `${index + 1}-${one.name.replace(/[^\w.-]/g, '_')}`), one.text, { mode: 0o600 })
      return { gone: false, receipt: `written to outbox/${id}` }
    }
    try {
      const { id: message } = await mailer.send({
        to: [to], replyTo: sender.contact, subject, text, id, headers: { 'X-XARF': 'PLAIN', 'Auto-Submitted': 'no' },
        attachments: attachments.map((one) => ({ name: one.name, contentType: one.mediaType, content: one.text })),
      })
      return { gone: true, receipt: `mail ${message} to ${to}` }
    } catch (thrown) {
      const command = thrown instanceof SluiceError && thrown.cause instanceof Error && 'command' in thrown.cause ? String(thrown.cause.command) : null
      // After the letter was on its way nobody knows: an error of no code that stands for a refusal.
      if (thrown instanceof SluiceError && thrown.code === 'upstream-unreachable' && !(command !== null && BEFORE_DATA.has(command))) throw new Error(thrown.message, { cause: thrown })
      throw thrown
    }
  }
}
