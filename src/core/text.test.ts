import { describe, expect, it } from 'vitest'
import { oneLine, phrase } from './text.ts'

describe('phrase', () => {
  it('cannot split a response', () => expect(phrase('no\r\nset-cookie: x=1')).toBe('no set-cookie: x=1'))
  it('stays in latin-1', () => expect(phrase('a – b “c” 漢字 é')).toMatch(/^[\x20-\x7e\xa0-\xff]+$/))
  it('is cut with a mark', () => expect(phrase('x'.repeat(400))).toBe(`${'x'.repeat(177)}...`))
})

describe('oneLine', () => {
  it('takes out controls and direction marks', () => expect(oneLine('a\n\tb\u202ec\u0000d', 100)).toBe('a b c d'))
  it('is cut with a mark', () => expect(oneLine('abcdef', 4)).toBe('abc…'))
})
