import { describe, expect, it } from 'vitest'
import { caseOf } from '../cases/fold.ts'
import type { CaseState } from '../cases/fold.ts'
import type { CaseEvent, Fact } from '../cases/fact.ts'
import { markdown } from './markdown.ts'
import { incidentPage } from './page.ts'
import { publicReport } from './public.ts'
import type { Knowledge } from './public.ts'

const AT = new Date('2024-03-06T12:00:00Z')
const line = (fact: Fact, says: string, seq: number): CaseEvent => ({ id: `e${seq}`, case: 'C-2024-0001', seq, at: new Date(AT.getTime() + seq * 60_000), precision: 'minute', toldAt: AT, source: 'x', by: 'ann', says, fact })
const opened: Fact = { kind: 'opened', title: 'look-alike hidden.example', severity: 'high', tlp: 'clear', cause: 'person' }
const observable = (value: string, tlp: 'clear' | 'amber', type: 'domain' | 'url' = 'domain'): Fact => ({ kind: 'observable', type, value, role: null, tlp })
const down = (subject: string | null): Fact => ({ kind: 'milestone', of: 'down', subject })
const stateOf = (...told: [Fact, string][]): CaseState => caseOf([line(opened, 'opened', 0), ...told.map(([fact, says], index) => line(fact, says, index + 1))]) as CaseState
const deed = (excerpt: string) => ({ says: 'fetches from hidden.example', file: 'a.js', lines: [1, 1] as const, excerpt, detector: null })
const published = (state: CaseState, more: Partial<Knowledge> = {}) => {
  const report = publicReport(state, { packages: [], deeds: [], facts: new Map(), downloads: null, secrets: { words: [], domains: [], allowed: [] }, ...more }, { tlp: 'clear', now: new Date('2024-04-01T00:00Z') })
  const text = markdown(report)
  return { text, page: incidentPage(text, report) }
}

describe('a public report', () => {
  it('says nothing of what its readers may not know, in whatever spelling and wherever it stands', () => {
    const { text, page } = published(stateOf(
      [observable('shown.example', 'clear'), 'x'], [observable('hidden.example', 'amber'), 'x'], [observable('https://secret.example/k/t', 'amber', 'url'), 'x'], [observable('https://shown.example/private/path', 'amber', 'url'), 'x'],
      [down('hidden.example'), 'gone'], [down(null), 'Hidden.Example is down'], [down(null), 'hidden[.]example is gone, too'], [down('secret.example'), 'gone'], [down('shown.example'), 'shown.example is gone'],
      [{ kind: 'ticket', ticket: 'T-1', party: 'secret.example', state: 'sent', subject: 'https://secret.example/k/t' }, 'sent'],
    ), { deeds: [deed('get("https://hidden.example/x"); get("https://shown.example/private/path"); get("https://secret.example/")')] })
    for (const out of [text, page]) {
      expect(out).not.toMatch(/hidden(?:\\?\[)?\.|secret(?:\\?\[)?\.|private\/path/i)
      expect(out.replaceAll('\\', '')).toContain('shown[.]example')
    }
    expect(text).toContain('3 more are not public yet')
  })

  it('takes a secret out of a line, and leaves the line', () => {
    expect(published(stateOf([down(null), 'gone, as 10.1.2.3 saw'])).text).toContain('gone, as \\[removed: an internal address\\] saw')
  })

  it('leads nowhere, in code neither', () => {
    expect(published(stateOf([observable('shown.example', 'clear'), 'x'], [observable('https://shown.example/private', 'amber', 'url'), 'x']), { deeds: [deed('get("https://a.shown.example/private", "http://other.example/x", "SHOWN.example")')] }).text)
      .toContain('get("hxxps://a[.]shown[.]example[removed: an indicator that is not public]", "hxxp://other[.]example/x", "SHOWN[.]example")')
  })

  it('says nothing of a name that turned out not to belong here', () => {
    const { text } = published(stateOf([observable('innocent.example', 'clear'), 'x'], [down('innocent.example'), 'gone'], [{ kind: 'observable-dropped', type: 'domain', value: 'innocent.example' }, 'wrong']))
    expect(text).not.toContain('innocent')
  })

  it.each([
    ['a place for a picture in code', 'x\n[picture: timeline]\n# Heading\n[click](https://evil.example)\n<img src=x>'], ['a fence in code', '```\n# Heading\n<b>x</b>\n````\n# Heading'], ['a carriage return', 'x\r```\r# Heading'],
  ])('keeps %s within the code', (_, excerpt) => {
    const { page } = published(stateOf(), { deeds: [deed(excerpt)] })
    expect(page).not.toMatch(/<h1>Heading|href="|<img|<b>x/)
    expect(page.match(/<pre>/g)).toHaveLength(1)
  })

  it('has tables that nothing breaks', () => {
    const { page } = published(stateOf([observable('a|b.example', 'clear'), 'x'], [down(null), 'one | two\n| three | <script>alert(1)</script> [x](javascript:alert(1))']))
    expect(page).not.toMatch(/<script|href=/)
    expect(page).toContain('one | two')
  })
})
