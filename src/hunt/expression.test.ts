import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import { leavesOf, positivesOf, readExpression } from './expression.ts'
import type { Candidate, Expression } from './expression.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const read = (text: string): Expression => readExpression(text, NOW)
const keys = (text: string): string[] => leavesOf(read(text)).flatMap((leaf) => (leaf.is === 'term' ? [...leaf.term.keys] : []))
const shape = (expression: Expression): string => (expression.is === 'and' || expression.is === 'or' ? `(${expression.parts.map(shape).join(` ${expression.is} `)})`
  : expression.is === 'not' ? `not ${shape(expression.of)}` : expression.says)
const file: Candidate = {
  id: 1, ecosystem: 'npm', name: '@evil/left-pad', file: 'left-pad-1.2.3.tgz', version: '1.2.3', level: 2, score: 45, publishedAt: Date.parse('2026-06-01'), judgedAt: Date.parse('2026-06-10'), served: 3,
}
const fits = (text: string): boolean => {
  const leaf = read(text)
  if (leaf.is !== 'test') throw new Error(`${text} is no test`)
  return leaf.test(file)
}

describe('an indicator is read however it is written', () => {
  it.each([
    ['evil.example', ['domain:evil.example', 'mail:evil.example']], ['EVIL[.]example.', ['domain:evil.example', 'mail:evil.example']], ['domain:*.evil.example', ['domain:evil.example', 'mail:evil.example']],
    ['evil[dot]example', ['domain:evil.example', 'mail:evil.example']], ['evil(.)example', ['domain:evil.example', 'mail:evil.example']], ['bücher.example', ['domain:xn--bcher-kva.example', 'mail:xn--bcher-kva.example']],
    ['hxxps://files[.]evil[.]example/X?y=1', ['url:https://files.evil.example/X?y=1']], ['http://evil.example/', ['url:http://evil.example']], ['url:http://evil.example/a#b', ['url:http://evil.example/a']],
    ['203[.]0[.]113[.]7', ['ip:4/32/cb007107']], ['0xcb007107', []], ['203.0.113.0/26', ['ip:4/24/cb0071']], ['2001:db8::/33', ['ip:6/32/20010db8']], ['ip:2001:db8::1', ['ip:6/128/20010db8000000000000000000000001']],
    ['Somebody[at]evil.example', ['email:somebody@evil.example']], ['@evil.example', ['mail:evil.example']], ['email:evil.example', ['mail:evil.example']],
    ['D41D8CD98F00B204E9800998ECF8427E', ['archive:d41d8cd98f00b204e9800998ecf8427e', 'mention:d41d8cd98f00b204e9800998ecf8427e']],
    [`sha256:${'ab'.repeat(32)}`, [`file:${'ab'.repeat(8)}`, `archive:${'ab'.repeat(32)}`, `mention:${'ab'.repeat(32)}`]],
    [`sha512-${Buffer.alloc(64, 1).toString('base64')}`, [`archive:${'01'.repeat(64)}`, `mention:${'01'.repeat(64)}`]],
    ['https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop', [expect.stringMatching(/^url:https:\/\/discord\.com\/api\/webhooks\/123456789012345678\/abcdef\*\*\*op$/)]],
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', ['wallet:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'bot-token:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2']],
    ['wallet:0xAbC', ['wallet:0xAbC', 'bot-token:0xAbC']],
  ])('%s', (text, expected) => {
    if (expected.length === 0) expect(() => read(text)).toThrow(SluiceError)
    else expect(keys(text)).toEqual(expected)
  })
})

describe('an expression', () => {
  it.each([
    ['behaviour:exfiltration and trigger:install or not ecosystem:go', '((behaviour:exfiltration and trigger:install) or not ecosystem:go)'],
    ['not (mark:a or mark:b) AND mark:c', '(not (mark:a or mark:b) and mark:c)'], ['not not mark:a', 'not not mark:a'], ['"mark:a b" or mark:"c (d)"', '(mark:a b or mark:c (d))'],
    ['mark:a and mark:b and mark:c', '(mark:a and mark:b and mark:c)'],
  ])('%s', (text, expected) => expect(shape(read(text))).toBe(expected))

  it('shows why of what is not negated', () => expect(positivesOf(read('mark:a and not mark:b')).map(({ says }) => says)).toEqual(['mark:a']))

  it.each([
    ['score>=45', true], ['score>45', false], ['score=45', true], ['served<3', false], ['level:suspicious', true], ['ecosystem:pypi', false], ['name:@evil/*', true], ['name:*PAD', true], ['name:left-pad', false],
    ['name:@*l*-pad', true], ['name:*pad*pad', false], ['npm:@evil/left-pad', true], ['npm:@evil/left-pad@1.*', true], ['npm:@evil/left-pad@2.0.0', false], ['pypi:left-pad', false], ['version:1.2.3', true],
    ['since:6d', true], ['since:2026-06-11', false], ['before:2026-06-11', true], ['published:15d', true], ['published:10d', false],
  ])('%s fits: %s', (text, expected) => expect(fits(text)).toBe(expected))

  it.each([
    ['', 1, 'what is to be hunted for'], ['mark:a and', 11, 'missing'], ['mark:a mark:b', 8, 'and or or is missing'], ['(mark:a', 1, 'never closed'], ['mark:a)', 7, 'never opened'], ['or mark:a', 1, 'nothing stands before or'],
    ['mark:a and colour:b', 12, 'nothing is found by colour'], ['behaviour:exfil', 1, 'no behaviour'], ['score>=many', 1, 'compared with a number'], ['since:yesterday', 1, 'no time'], ['"mark:a', 1, 'does not end'],
    ['just words', 1, 'no indicator'], ['ip:10.0.0.0/4', 1, 'too wide|cannot be hunted'], ['domain:x', 1, 'not a domain'], [`${'('.repeat(40)}mark:a`, 32, 'nested'], ['actor:somebody', 1, 'an actor is'], ['__proto__:x', 1, 'nothing is found by'], ['constructor', 1, 'no indicator'],
  ])('%s is wrong at %i', (text, at, says) => {
    expect(() => read(text)).toThrow(new RegExp(`^at ${at}: .*(?:${says})`, 's'))
  })

  it('is read, or refused in one way, whatever it holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.array(fc.constantFrom('(', ')', 'and', 'or', 'not', 'mark:a', 'evil.example', '"', 'name:*a*', ' ', 'score>=1', 'since:1d'), { maxLength: 40 }).map((parts) => parts.join(' '))), (text) => {
      try {
        leavesOf(read(text))
      } catch (thrown) {
        if (!(thrown instanceof SluiceError)) throw thrown
      }
    }))
  })
})
