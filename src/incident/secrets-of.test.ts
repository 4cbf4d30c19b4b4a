import { describe, expect, it } from 'vitest'
import type { Met } from '../core/exposure.ts'
import type { CaseState } from './cases/fold.ts'
import type { Report } from './reports/reports.ts'
import { secretsOf } from './secrets-of.ts'
import { matter } from './tickets/testing.ts'
import { redact } from './tickets/redact.ts'

const state = { id: 'C-2024-0001', assignee: 'Jane Doe-Smith', timeline: [], observables: [{ type: 'url', value: 'https://evil.example/x', role: null, tlp: 'amber', since: new Date(0), source: 'x' }] } as unknown as CaseState
const met = (more: Partial<Met>): Met => ({ contact: 'served', subject: { ecosystem: 'npm', name: 'x', version: null }, token: null, user: null, host: null, address: null, job: null, client: null, service: null, source: null, path: [], count: 1, first: new Date(0), last: new Date(0), ...more })
const report = (observer: string, contact: string | null) => ({ id: 'R-1a2b3c4d', observer, contact, isMachine: false }) as Report
const secrets = (reports: Report[], all: Met[] = []) => secretsOf(state, { value: 'evil.example', urls: ['https://evil.example/b?h=vault-3'] }, { reports, met: all, matter, ownDomains: [] })
const safe = (text: string, reports: Report[], all: Met[] = []): string => redact(text, secrets(reports, all)).text

describe('secrets of a case', () => {
  it.each([
    ['Nora Quist <nora.quist@lab.example>, +49 170 1234567', 'told by Nora Quist, by Quist, by nora.quist@lab.example, at +49 170 1234567, as nora.quist', 'told by ~, by ~, by ~, at ~, as ~'],
    ['nora.quist@lab.example (Quist Lab)', 'mail from nora.quist@lab.example at Quist Lab', 'mail from ~ at ~'],
  ])('know the finder by every part of %j', (contact, text, expected) => {
    expect(safe(text, [report('ab-17', contact)]).replaceAll('[removed: the finder]', '~')).toBe(expected)
  })

  it('know a stranger by the address they wrote from', () => {
    expect(safe('the log says 192.0.2.55 and 2001:db8::55', [report('anonymous at 192.0.2.55', null), report('anonymous at 2001:db8::55', null)])).toBe('the log says [removed: the finder] and [removed: the finder]')
  })

  it('are not what everybody is called: evidence stays whole', () => {
    const code = 'subprocess.run(["python", "-m", "pip", "install"]) # root runs test in build'
    expect(safe(code, [], [met({ token: 'python', user: 'root', job: 'test', service: 'build', source: 'package-lock.json' })])).toBe(code)
    expect(safe('seen by python-ci-7', [], [met({ token: 'python-ci-7' })])).toBe('seen by [removed: somebody affected]')
  })

  it('are in what a URL of the target says of one machine', () => {
    expect(safe('https://evil.example/b?h=vault-3', [], [met({ host: 'vault-3' })])).toBe('https://evil.example/b?h=[removed: somebody affected]')
  })
})
