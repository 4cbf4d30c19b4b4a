import { describe, expect, it } from 'vitest'
import { fillForm } from './forms.ts'
import type { FormId } from './forms.ts'
import { render, writeLetter } from './letter.ts'
import type { Matter, Party, PartyKind } from './matter.ts'
import { redact } from './redact.ts'
import { matter, PLANTED, registrar, secrets, sender } from './testing.ts'
import { xarfOf } from './xarf.ts'

const now = new Date('2024-03-06T17:20Z')
const written = (party: Party = registrar, of: Matter = matter) => writeLetter(of, party, { sender, now })
const planted = Object.values(PLANTED)
const found = (text: string): string[] => planted.filter((word) => text.toLowerCase().includes(word.toLowerCase()))

describe('a letter', () => {
  it('says what, where, since when, how it is known, what is asked and on what grounds', () => {
    const letter = written()
    expect(letter.subject).toBe('Abuse report: serves malware to a malicious package: files[.]pypihosted[.]example')
    const { text } = render(letter, 'full')
    for (const part of [
      'To the abuse desk of Names Ltd', 'first seen 2024-03-05 06:17 UTC', 'registered 2024-02-27 00:00 UTC through Names Ltd', 'resolves to 192[.]0[.]2[.]7, 2001[:]db8[:][:]7',
      'pypi package colour-ish 0.4.6, published 2024-03-05 01:09 UTC, removed by the', '(setup.py, lines 12 to 13)', 'hxxps://files[.]pypihosted[.]example/packages/x.tar.gz', 'clientHold', '3.18.2',
      'Earlier letters', 'Nora Quist, Quist Lab <nora.quist@lab.example>', 'Our reference: C-2024-0001', 'abuse-desk@acme.example',
    ]) expect(text.replaceAll(/\s+/g, ' ')).toContain(part)
    expect(text).not.toMatch(/https?:\/\//)
    expect(text).not.toContain(PLANTED.rule)
    expect(Math.max(...text.split('\n').filter((line) => !line.startsWith('    ')).map((line) => line.length))).toBeLessThanOrEqual(78)
  })

  it('tells a suspect nothing of who found it, who is hit, what else is known and how', () => {
    const { text, leftOut } = render(written(), 'redacted')
    expect(leftOut).toEqual(['other addresses of the same people, which are not public', 'evidence from our own machines and logs', 'who is affected, and how it was noticed', 'who found it', 'our reference: it would tie letters to one another'])
    const safe = redact(text, secrets)
    expect(found(safe.text)).toEqual([])
    expect(safe.removed.map(({ is }) => is)).toEqual(['the finder', 'a host or mailbox of ours', 'an internal address', 'the finder'])
    expect(safe.text).toContain('files[.]pypihosted[.]example')
    expect(safe.text).toContain('abuse-desk@acme.example')
  })

  it.each<PartyKind>(['registrar', 'domain-registry', 'host', 'cdn', 'code-host', 'service', 'package-registry', 'cert'])('asks a %s for what it can do', (kind) => {
    const { text } = render(written({ ...registrar, kind }), 'redacted')
    expect(text).toMatch(/What we ask:\n- \S/)
    expect(text).toMatch(/Grounds:\n- \S/)
  })

  it('says of a package that it is malicious, not that it publishes some', () => {
    const { subject, parts } = written({ ...registrar, kind: 'package-registry', name: 'the npm registry' }, { ...matter, target: { ...matter.target, type: 'package', value: 'npm:left-pat', role: 'source', urls: [] } })
    expect(subject).toBe('Abuse report: malicious package: npm:left-pat')
    expect(parts[1]?.text.replaceAll(/\s+/g, ' ')).toContain('npm:left-pat, which is on your registry, and is malicious.')
  })

  it('claims no use of a look-alike that was not seen in use', () => {
    const { text } = render(written(registrar, { ...matter, packages: [], deeds: [], target: { ...matter.target, role: 'look-alike' } }), 'full')
    expect(text).toContain('not seen in use')
    expect(text).not.toContain('3.18.2')
  })
})

describe('XARF', () => {
  const reporting = { reportId: 'd2719f40-8b5c-4a56-9d3e-0a86a5b3c111', sender, secrets, now }
  const decoded = (report: ReturnType<typeof xarfOf>) => report.evidence.map(({ payload }) => Buffer.from(payload, 'base64').toString('utf8'))

  it('says the same to programs', () => {
    const report = xarfOf(matter, { ...reporting, rendering: 'full' })
    expect(report).toMatchObject({
      xarf_version: '4.2.0', category: 'content', type: 'malware', source_identifier: 'files.pypihosted.example', domain: 'files.pypihosted.example', url: 'https://files.pypihosted.example/packages/x.tar.gz',
      distribution_method: 'supply_chain', file_hashes: { sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) }, reporter: { contact: sender.contact }, tags: ['attack:supply-chain', 'ecosystem:pypi'],
      dns_records: { a: ['192.0.2.7'], aaaa: ['2001:db8::7'] }, registrar: 'Names Ltd',
    })
    expect(report.evidence.map(({ description }) => description)).toEqual(['what the code of the package does, with file and line', 'what Quist Lab saw', 'deliveries to Example Bank', 'what the page showed'])
  })

  it('tells a suspect no more than the letter, inside its evidence neither', () => {
    const report = xarfOf(matter, { ...reporting, rendering: 'redacted' })
    expect(found(JSON.stringify(report))).toEqual([])
    expect(decoded(report).flatMap(found)).toEqual([])
    expect(report.evidence).toHaveLength(2)
    expect(decoded(report)[0]).toContain('https://files.pypihosted.example/packages/x.tar.gz')
  })

  it.each([
    ['look-alike', { role: 'look-alike' }, 'content/suspicious_registration'], ['command', { role: 'command', type: 'ip', value: '192.0.2.9' }, 'infrastructure/botnet'],
    ['webhook', { role: 'command', type: 'webhook', value: 'https://hooks.example/a/b', urls: [] }, 'content/malware'], ['look-alike of unknown age', { role: 'look-alike', registered: null }, 'content/malware'],
  ] as const)('has a type for a %s', (_, target, expected) => {
    const { category, type } = xarfOf({ ...matter, target: { ...matter.target, ...target } }, { ...reporting, rendering: 'redacted' })
    expect(`${category}/${type}`).toBe(expected)
  })

  it('refuses what is no report', () => {
    expect(() => xarfOf(matter, { ...reporting, rendering: 'full', reportId: 'no uuid' })).toThrow(/report_id|uuid/i)
    expect(() => xarfOf(matter, { ...reporting, rendering: 'full', sender: { ...sender, contact: 'a@b\r\nBcc: c@d.example' } })).toThrow()
  })
})

describe('forms', () => {
  const text = redact(render(written(), 'redacted').text, secrets).text
  it.each<FormId>(['cloudflare', 'urlhaus', 'threatfox', 'netcraft', 'pypi', 'npm', 'generic'])('%s: every field filled, nothing betrayed', (form) => {
    const filled = fillForm(form, { matter, sender, text, rendering: 'redacted' })
    expect(filled.fields.length).toBeGreaterThan(0)
    expect(filled.fields.filter(({ value }) => value === '')).toEqual([])
    expect(found(JSON.stringify(filled))).toEqual([])
  })

  it('keeps to the limits of each', () => {
    const urls = Array.from({ length: 300 }, (_, index) => `https://files.pypihosted.example/${index}`)
    const { json } = fillForm('cloudflare', { matter: { ...matter, target: { ...matter.target, urls: ['https://other.evil.example/x', ...urls].toReversed() } }, sender, text: 'x'.repeat(9_000), rendering: 'redacted' })
    const { urls: sent, justification, owner_notification: owner } = json as Record<string, string>
    expect(sent?.split('\n')).toHaveLength(250)
    expect(sent).not.toContain('other.evil.example')
    expect(justification?.length).toBe(5_000)
    expect(owner).toBe('send-anon')
  })
})
