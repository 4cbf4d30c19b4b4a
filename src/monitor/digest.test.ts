import { describe, expect, it } from 'vitest'
import type { Alarm } from './alarms.ts'
import { digestOf, messageOf } from './digest.ts'

const AT = new Date('2026-01-02T03:04:05Z')
const SPAN = { since: new Date('2026-01-01T00:00:00Z'), until: AT }
const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  id: '4f7c', subject: 's', kind: 'imitation', severity: 'medium', title: 'pypi:reqests imitates requests', size: 1, campaign: null, openedAt: AT, changedAt: AT, closedAt: null,
  packages: [{ ecosystem: 'pypi', name: 'reqests', version: '1.0', says: '', signals: ['leaves out `u`', 'published by mallory'], at: AT.toISOString() }], ...more,
})

describe('a digest', () => {
  it('says that there is nothing', () => {
    expect(digestOf([], SPAN)).toEqual({ subject: 'Sluice: no alarms', text: 'No alarms from 2026-01-01 00:00 to 2026-01-02 03:04 UTC.\n', alarms: 0 })
  })

  it('has the gravest first, with what speaks for each and how to close it', () => {
    const { subject, text } = digestOf([alarm(), alarm({ severity: 'critical', title: 'ours', campaign: 'c1', size: 40 }), alarm({ severity: 'high', title: 'done', closedAt: AT })], SPAN)
    expect(subject).toBe('Sluice: 3 alarms (1 critical, 1 high, 1 medium)')
    expect(text.split('\n').filter((line) => line.startsWith('['))).toEqual(['[critical] ours', '[high] done (closed)', '[medium] pypi:reqests imitates requests'])
    expect(text).toContain('  since 2026-01-02 03:04, 40 packages, campaign c1\n  pypi:reqests@1.0, …\n  - leaves out `u`\n  - published by mallory\n  sluice watch close 4f7c')
  })

  it('keeps to 78 columns and to one line for what strangers wrote', () => {
    const evil = `word \r\n\u001b[2J${'many words '.repeat(60)}\u202e`
    const [first] = alarm().packages
    const packages = first ? Array.from({ length: 8 }, (_, at) => ({ ...first, name: `a-longer-name-${at}`, signals: [evil, evil] })) : []
    const { text } = digestOf([alarm({ title: evil, packages, size: 8 })], SPAN)
    expect(text.split('\n').filter((line) => line.length > 78)).toEqual([])
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/)
    expect(text.split('\n').filter((line) => line.startsWith('['))).toHaveLength(1)
  })

  it('is bounded, and says how many there are besides', () => {
    const { subject, text } = digestOf(Array.from({ length: 500 }, () => alarm()), SPAN)
    expect(subject).toContain('500 alarms')
    expect(text).toContain('And 440 more: sluice watch alarms')
  })
})

describe('a digest as a mail', () => {
  it('is a message that any mailer reads (RFC 5322, RFC 2045)', () => {
    const digest = digestOf([alarm({ title: 'Ünïcode 🦀' })], SPAN)
    const message = messageOf({ ...digest, subject: 'Süß' }, { to: 'security@acme.example', from: 'sluice@acme.example', at: AT })
    const [head = '', body = ''] = message.split('\r\n\r\n')
    expect(head.split('\r\n')).toEqual([
      'From: sluice@acme.example', 'To: security@acme.example', 'Subject: =?utf-8?B?U8O8w58=?=', 'Date: Fri, 02 Jan 2026 03:04:05 +0000', 'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64',
    ])
    expect(body.split('\r\n').every((line) => line.length <= 76)).toBe(true)
    expect(Buffer.from(body, 'base64').toString()).toBe(digest.text)
  })

  it('takes no further header from an address', () => {
    const message = messageOf(digestOf([], SPAN), { to: 'a@acme.example\r\nBcc: b@mail.example', from: null, at: AT })
    expect(message).toMatch(/^To: a@acme\.example Bcc: b@mail\.example\r\nSubject: /)
  })
})
