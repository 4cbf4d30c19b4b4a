import { oneLine } from '../../core/text.ts'
import type { Mailer } from '../../ports/mail.ts'
import type { Receiver } from './receiver.ts'

/** Mails every notice as text, and what programs want to know as a JSON attachment. */
export function mailReceiver(mailer: Mailer, to: readonly string[]): Receiver {
  return {
    name: 'mail', topic: 'notices:mail',
    async send({ id, told }) {
      await mailer.send({
        to, id, subject: `[Sluice] ${oneLine(told.title, 200)}`, text: `${told.text}\n\n${told.at}\n`,
        // RFC 3834: no absence notices in answer.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Sluice-Notice': oneLine(id, 100) },
        ...(told.details === undefined ? {} : { attachments: [{ name: 'notice.json', contentType: 'application/json', content: JSON.stringify(told, null, 2) }] }),
      })
    },
  }
}
