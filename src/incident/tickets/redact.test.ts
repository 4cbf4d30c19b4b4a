import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leaks, marked, redact } from './redact.ts'
import type { Secrets } from './redact.ts'

const secrets: Secrets = {
  words: [
    { word: 'Anna Müller', is: 'the finder' }, { word: 'anna.mueller@lab.example', is: 'the finder' }, { word: 'Example Bank', is: 'a victim' },
    { word: 'other.evil.example', is: 'an indicator that is not public' }, { word: 'ci', is: 'too short to be looked for' },
  ],
  domains: ['acme.example'], allowed: ['abuse-desk@acme.example', 'files.evil.example'],
}
const removed = (text: string) => redact(text, secrets).text

describe('redact', () => {
  it.each([
    ['found by Anna Müller.', 'found by [removed: the finder].'],
    ['found by ANNA\n  MÜLLER (lab)', 'found by [removed: the finder] (lab)'],
    ['found by Anna Mu\u0308ller', 'found by [removed: the finder]'],
    ['write to anna.mueller@lab.example, or anna[.]mueller[at]lab[.]example', 'write to [removed: the finder], or [removed: the finder]'],
    ['a customer of Example Bank', 'a customer of [removed: a victim]'],
    ['other[.]evil[.]example is next', '[removed: an indicator that is not public] is next'],
    ['build-7.acme.example and bob@acme.example saw it', '[removed: a host or mailbox of ours] and [removed: a host or mailbox of ours] saw it'],
    ['answer to abuse-desk@acme.example', 'answer to abuse-desk@acme.example'],
    ['notacme.example and acme.example.org are others', 'notacme.example and acme.example.org are others'],
    ['from files.evil.example and files[.]evil[.]example', 'from files.evil.example and files[.]evil[.]example'],
    ['from 10.1.2.3, 172.16.0.9, 192.168.1.1:8080 and 100.64.3.4', 'from [removed: an internal address], [removed: an internal address], [removed: an internal address]:8080 and [removed: an internal address]'],
    ['from 198.51.100.7, 172.32.0.1 and 110.1.2.3', 'from 198.51.100.7, 172.32.0.1 and 110.1.2.3'],
    ['from fd12:3456::1', 'from [removed: an internal address]'],
    ['on runner-3.build.internal', 'on [removed: an internal host]'],
    ['/home/anna/x and C:\\Users\\Anna M\\x', '/home/[removed: a user]/x and C:\\Users\\[removed: a user] M\\x'],
    [`with ghp_${'a'.repeat(36)}`, 'with [removed: a token]'],
    ['https://bob:hunter2@files.evil.example/x', 'https://[removed: a password]@files.evil.example/x'],
    ['see C-2026-0007', 'see [removed: a case id]'],
    ['found by An\u200bna M\u00adüller', 'found by [removed: the finder]'],
    ['anna_müller, anna+Müller and Anna%20Müller', '[removed: the finder], [removed: the finder] and [removed: the finder]'],
    ['anna.mueller%40lab.example and anna.mueller&#64;lab.example', '[removed: the finder] and [removed: the finder]'],
    ['anna.muel=\r\nler@lab.example', '[removed: the finder]'],
    ['on build-7.acme[.]example, by bob%40acme.example', 'on [removed: a host or mailbox of ours], by [removed: a host or mailbox of ours]'],
    ['[acme.example] and (10[.]1[.]2[.]3)', '[[removed: a host or mailbox of ours]] and ([removed: an internal address])'],
    ['Path.home() / self.local = os.path.home', 'Path.home() / self.local = os.path.home'],
    ['db.internal:5432, host=db.corp', '[removed: an internal host]:5432, host=[removed: an internal host]'],
    ['/home/*/.ssh, /home/$USER/x, /Users/${u}', '/home/*/.ssh, /home/$USER/x, /Users/${u}'],
    ['nothing of the kind: numerical precision, specific', 'nothing of the kind: numerical precision, specific'],
  ])('%j', (text, expected) => {
    expect(removed(text)).toBe(expected)
    expect(leaks(removed(text), secrets)).toEqual([])
  })

  it('shows the person who approves what goes out, and not all of it', () => {
    const { whole, removed: gaps } = redact('found by Anna Müller on 10.1.2.3', secrets)
    expect(marked(whole, gaps)).toBe('found by ⟦the finder: An***⟧ on ⟦an internal address: 10***⟧')
  })

  it('leaves no secret wherever it stands, and nothing else changes', () => {
    const filler = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '.', '-', '\n', 'é', '😀', '"') , maxLength: 40 })
    fc.assert(fc.property(fc.array(fc.oneof(filler, fc.constantFrom(' Anna Müller ', ' anna.mueller@lab.example ', ' 10.0.0.7 ', ' x.acme.example ')), { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      const out = redact(text, secrets)
      expect(leaks(out.text, secrets)).toEqual([])
      expect(out.removed.length).toBe(parts.filter((part) => / (?:Anna Müller|anna\.|10\.0|x\.acme)/.test(part)).length)
    }))
  })

  it('looks for thousands of names in a long text, and for signs that nobody sees without end', () => {
    const many = { ...secrets, words: [...secrets.words, ...Array.from({ length: 4_000 }, (_, index) => ({ word: `build-${index}.zone`, is: 'somebody affected' }))] }
    expect(redact(`${'x = fetch(y) '.repeat(38_000)}on build-77.zone`, many).removed).toHaveLength(1)
    expect(redact(`Anna${'\ufeff'.repeat(300_000)}!`, secrets).removed).toEqual([])
  })

  it('takes long texts in linear time, and refuses endless ones', () => {
    const long = `${'a.'.repeat(200_000)}acme.example ${'Anna '.repeat(50_000)}Anna Müller`
    expect(redact(long, secrets).removed.at(-1)?.is).toBe('the finder')
    expect(() => redact('x'.repeat(1_000_001), secrets)).toThrow(RangeError)
  })
})
