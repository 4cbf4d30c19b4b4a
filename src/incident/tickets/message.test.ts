import { describe, expect, it } from 'vitest'
import { compose, digestOf } from './message.ts'
import type { FormId } from './forms.ts'
import type { Matter } from './matter.ts'
import { matter, PLANTED, registrar, secrets, sender } from './testing.ts'

const now = new Date('2024-03-06T17:20Z')
const written = (of: Matter = matter, form: FormId | null = null, more: Partial<typeof secrets> = {}) => compose(of, { party: registrar, sender, secrets: { ...secrets, ...more }, reportId: 'd2719f40-8b5c-4a56-9d3e-0a86a5b3c111', form, now })
const exhibit = (bytes: Uint8Array, mediaType = 'text/plain') => ({ ...matter, exhibits: [{ name: 'x.txt', mediaType, digest: `sha256:${'11'.repeat(32)}`, size: bytes.length, description: 'text', nature: 'document' as const, bytes }] })
const evidence = (of: Matter): string[] => (JSON.parse(written(of).attachments[0]?.text ?? '{}') as { evidence: { payload: string }[] }).evidence.map(({ payload }) => Buffer.from(payload, 'base64').toString('latin1'))
const { finder, mailbox } = PLANTED

describe('a message whom the suspect may read', () => {
  it.each<[string, Uint8Array]>([
    ['UTF-16', Buffer.from(`\ufeffseen by ${finder}`, 'utf16le')], ['no UTF-8', Buffer.from(`seen by ${finder} \xff`, 'latin1')], ['base64', Buffer.from(`Content-Transfer-Encoding: base64\n\n${Buffer.from(`Dear all, ${finder} saw it`).toString('base64')}`)],
    ['escapes of URLs', Buffer.from(`who=%4Eora%20Quist`)], ['escapes of HTML', Buffer.from('seen by &#78;ora Quist')], ['escapes of JSON', Buffer.from('{"by":"\\u004eora Quist"}')], ['lines of a mail', Buffer.from('seen by =4Eora Quist')],
  ])('has no exhibit that hides a name in %s', (_, bytes) => {
    expect(evidence(exhibit(bytes))).toHaveLength(1)
  })

  it('has exhibits that can be read through, without names', () => {
    expect(evidence(exhibit(Buffer.from(`seen by ${finder}, bytes ${Buffer.from('of no meaning at all').toString('base64')}`)))[1]).toContain('seen by [removed: the finder], bytes ')
  })

  it('can be written whatever DNS, RDAP and people said', () => {
    const { text, attachments } = written({
      ...matter, imitates: [`a host, says ${finder}`],
      target: { ...matter.target, role: 'command', type: 'domain', registrar: `Names of ${finder}`, nameServers: ['ns1.acme.example', 'ns1.dns.example'], addresses: ['10.0.0.5', '192.0.2.7'], urls: ['https://u:pw@files.pypihosted.example/x?h=build-7.acme.example', 'https://files.pypihosted.example/y'] },
    })
    expect(text).not.toMatch(/acme\.example(?!\.|$)(?<!abuse-desk@acme\.example)|10\[?\.|Nora/)
    expect(text).toContain('hxxps://files[.]pypihosted[.]example/x')
    expect(text).toContain('192[.]0[.]2[.]7')
    expect(attachments[0]?.text).not.toMatch(/Nora|10\.0\.0\.5|ns1\.acme/)
  })

  it('can be written where somebody is called as letters are', () => {
    const words = ['evidence', 'customer', 'packages', 'supply', 'analysis', 'the finder', 'owner', 'public', 'bytes'].map((word) => ({ word, is: 'somebody affected' }))
    for (const form of [null, 'cloudflare', 'urlhaus', 'generic'] as const) expect(() => written(matter, form, { words: [...secrets.words, ...words] })).not.toThrow()
  })

  it('is refused in a sentence where something is left', () => {
    expect(() => written({ ...matter, packages: [{ ...matter.packages[0] as Matter['packages'][number], name: PLANTED.victim }] })).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining('a victim') }))
  })

  it('goes without a report for programs where there is none for its target', () => {
    expect(written({ ...matter, target: { ...matter.target, type: 'package', value: 'npm:colour-ish', role: 'source', urls: [] } }).attachments).toEqual([])
  })

  it('has the fields of a form under its digest', () => {
    const { attachments, subject, text, digest, filled } = written(matter, 'cloudflare')
    expect(attachments.map(({ name }) => name)).toEqual(['form.txt', 'form.json'])
    for (const { name, value } of filled?.fields ?? []) expect(attachments[0]?.text).toContain(`== ${name}\n${value}`)
    expect(digestOf({ subject, text, attachments: [{ ...attachments[0], text: `${attachments[0]?.text} ` } as never] })).not.toBe(digest)
    expect(JSON.stringify(attachments)).not.toContain(mailbox)
  })
})
