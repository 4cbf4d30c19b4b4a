import { afterEach, describe, expect, it } from 'vitest'
import { startSmtp as startFakeSmtp } from '../../test/fakes/smtp.ts'
import type { FakeSmtp } from '../../test/fakes/smtp.ts'
import { createMailer } from './mail.ts'
import type { MailServer } from './mail.ts'
import { mailReceiver } from './receivers/mail.ts'

const open: FakeSmtp[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function startSmtp(capabilities: readonly string[] = []): Promise<FakeSmtp> {
  const smtp = await startFakeSmtp(capabilities)
  open.push(smtp)
  return smtp
}

const serverAt = (port: number, more: Partial<MailServer> = {}): MailServer => ({ host: '127.0.0.1', port, security: 'none', login: null, ca: null, from: 'gate@acme.example', ...more })
const MAIL = { to: ['sec@acme.example'], subject: 'Recalled: über', text: 'line one\n.\nline two' }

describe('mail', () => {
  it('goes out with its text, attachments and an id that stays the same', async () => {
    const smtp = await startSmtp()
    const mailer = createMailer(serverAt(smtp.port))
    const mail = { ...MAIL, id: 'recall-1', attachments: [{ name: '../a"b.json', contentType: 'application/json', content: '{"a":1}' }], headers: { 'Auto-Submitted': 'auto-generated' } }
    const [first, second] = [await mailer.send(mail), await mailer.send(mail)]
    expect(first.id).toBe(second.id)
    expect(smtp.said).toEqual(expect.arrayContaining(['MAIL FROM:<gate@acme.example> BODY=8BITMIME'].map(() => expect.stringMatching(/^MAIL FROM:<gate@acme\.example>/) as string)))
    expect(smtp.said).toContain('RCPT TO:<sec@acme.example>')
    expect(smtp.said).toContain('EHLO acme.example')
    const [message = ''] = smtp.taken
    expect(message).toContain(`Message-ID: ${first.id}`)
    expect(message).toMatch(/Subject: =\?UTF-8\?/)
    expect(message).toContain('line one\n..\nline two')
    expect(message).toMatch(/filename=.?\.\._a_b\.json/)
    expect(message).toContain('Auto-Submitted: auto-generated')
  })

  it.each([
    ['a subject of two lines', { subject: 'a\r\nBcc: x@evil.example' }], ['an address with a line break', { to: ['a@b.example\r\nX: y'] }],
    ['a list as an address', { to: ['a@b.example, c@d.example'] }], ['a name and an address', { to: ['A <a@b.example>'] }], ['no address', { to: [] }],
    ['a header of two lines', { headers: { 'X-A': 'b\nBcc: c@d.example' } }], ['a header that is ours', { headers: { bcc: 'c@d.example' } }],
    ['a header name with a colon', { headers: { 'X: Y': 'b' } }], ['an answer to two lines', { inReplyTo: '<a@b>\r\nBcc: c' }], ['a reply address that is none', { replyTo: 'nobody' }],
  ])('refuses %s, and says nothing', async (_, changed) => {
    const smtp = await startSmtp()
    await expect(createMailer(serverAt(smtp.port)).send({ ...MAIL, ...changed })).rejects.toMatchObject({ code: 'usage' })
    expect(smtp.said).toEqual([])
  })

  it('says nothing in the clear where STARTTLS is asked for and not there', async () => {
    const smtp = await startSmtp(['AUTH PLAIN'])
    const mailer = createMailer(serverAt(smtp.port, { security: 'starttls', login: { username: 'gate', password: 'secret' } }))
    await expect(mailer.send(MAIL)).rejects.toMatchObject({ code: 'upstream-unreachable' })
    expect(smtp.said.filter((line) => /^(?:AUTH|MAIL|RCPT)/.test(line))).toEqual([])
    expect(smtp.taken).toEqual([])
  })

  it('logs in', async () => {
    const smtp = await startSmtp(['AUTH PLAIN'])
    await createMailer(serverAt(smtp.port, { login: { username: 'gate', password: 'secret' } })).send(MAIL)
    expect(smtp.said.some((line) => line === `AUTH PLAIN ${Buffer.from('\0gate\0secret').toString('base64')}`)).toBe(true)
  })

  it.each([['RCPT', '550 no such user'], ['DATA', '451 later'], ['MAIL', '421 not now']])('fails where the server refuses %s', async (verb, answer) => {
    const smtp = await startSmtp()
    smtp.answers[verb] = answer
    await expect(createMailer(serverAt(smtp.port)).send(MAIL)).rejects.toMatchObject({ code: 'upstream-unreachable' })
  })

  it('of one address refused and one taken is not taken', async () => {
    const smtp = await startSmtp()
    const mailer = createMailer(serverAt(smtp.port))
    await expect(mailer.send({ ...MAIL, to: [] })).rejects.toMatchObject({ code: 'usage' })
    await mailer.send({ ...MAIL, to: ['a@acme.example', 'b@acme.example'] })
    expect(smtp.said.filter((line) => line.startsWith('RCPT'))).toHaveLength(2)
  })

  it('carries notices, with what programs want as an attachment', async () => {
    const smtp = await startSmtp()
    const receiver = mailReceiver(createMailer(serverAt(smtp.port)), ['sec@acme.example'])
    await receiver.send({ id: 'recall-7', told: { kind: 'recalled', title: 'npm up\r\nBcc: x@evil.example', text: 'who has it', data: { served: 2 }, details: { a: 1 }, at: '2026-01-02T03:04:05.000Z' } })
    const [message = ''] = smtp.taken
    expect(message).toMatch(/^Subject: \[Sluice\] npm up Bcc: x@evil\.example$/m)
    expect(message).not.toMatch(/^Bcc:/m)
    expect(message).toContain('notice.json')
  })
})
