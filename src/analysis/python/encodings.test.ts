import { describe, expect, it } from 'vitest'
import { isForeign, sourceOf } from '../source.ts'

const file = (text: string, path = 'a.py') => ({ path, bytes: Buffer.from(text, 'latin1'), size: text.length, mode: 0o644, truncated: false, sha256: '' })
const read = (text: string, path?: string): string => sourceOf(file(text, path)).text

describe('encodings that Python source declares (PEP 263)', () => {
  it.each([
    ['utf-7', '# coding: utf-7\n+AGkAbQBwAG8AcgB0- os, +-', '# coding: utf-7\nimport os, +'],
    ['escapes', '# -*- coding: unicode_escape -*-\n# \\nimport os', '# -*- coding: unicode_escape -*-\n# \nimport os'],
    ['raw escapes', '#!/bin/x\n# coding=raw_unicode_escape\n\\u0069mport os \\n', '#!/bin/x\n# coding=raw_unicode_escape\nimport os \\n'],
    ['a backslash that is half a letter', '# coding: Shift_JIS\nx = "\x95\x5c"; a()', '# coding: Shift_JIS\nx = "表"; a()'],
    ['one of two', '# coding: latin_1\n# coding: utf-7\n\xe9', '# coding: latin_1\n# coding: utf-7\né'],
    ['the second line after a blank one', '\n# vim: set fileencoding=cp1251 :\n\xe9', '\n# vim: set fileencoding=cp1251 :\nй'],
    ['a third line, which says nothing', '\n\n# coding: utf-7\n+AGk-', '\n\n# coding: utf-7\n+AGk-'],
    ['code before, after which nothing is said', 'x\n# coding: utf-7\n+AGk-', 'x\n# coding: utf-7\n+AGk-'],
    ['UTF-8', '# coding: utf8\n\xc3\xa9', '# coding: utf8\né'],
    ['what nobody knows', '# coding: none-such\n\xc3\xa9', '# coding: none-such\né'],
  ])('%s', (_name, text, expected) => expect(read(text)).toBe(expected))

  it('tells those that are not read', () => {
    expect(['hz', 'cp037', 'iso2022_kr', 'rot13', 'punycode'].map((name) => isForeign(file(`# coding: ${name}\nx`)))).toEqual([true, true, true, true, true])
    expect(['utf-7', 'latin-1', 'none-such', 'mac-roman'].some((name) => isForeign(file(`# coding: ${name}\nx`)))).toBe(false)
  })

  it('asks only of Python', () => expect(read('# coding: utf-7\n+AGk-', 'a.sh')).toBe('# coding: utf-7\n+AGk-'))
})
