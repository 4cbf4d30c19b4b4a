import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recognise } from './recognise.ts'

const blob = (length: number): string => {
  let [seed, text] = [7, '']
  while (text.length < length) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    text += 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[(seed >> 16) & 63]
  }
  return text
}
const selectors = (text: string): string => [...text].map((c) => String.fromCodePoint(0xe00f0 + c.charCodeAt(0))).join('')
const escaped = (text: string): string => [...text].map((c) => `\\x${c.charCodeAt(0).toString(16)}`).join('')
const kinds = (text: string, language: string | null = 'javascript'): string[] => [...new Set(recognise(text, language).map(({ kind }) => kind))]

describe('recognise', () => {
  it.each<[string, string, string]>([
    ['marshal', 'python', 'import marshal\nexec(marshal.loads(data))'],
    ['marshal', 'python', 'exec(__import__("marshal").loads(data))'],
    ['marshal', 'python', 'from marshal import loads as l'],
    ['aes', 'python', 'AES.new(key, AES.MODE_CBC, iv).decrypt(data)'],
    ['aes', 'javascript', "const d = crypto.createDecipheriv('aes-256-cbc', k, iv)"],
    ['aes', 'javascript', 'CryptoJS.AES.decrypt(a, b)'],
    ['aes', 'go', 'block, err := aes.NewCipher(key)'],
    ['fernet', 'python', 'exec(Fernet(b"k").decrypt(b"d"))'],
    ['pyarmor', 'python', "from pyarmor_runtime_000000 import __pyarmor__\n__pyarmor__(__name__, __file__, b'PY000000')"],
    ['pyarmor', 'python', 'from pytransform import pyarmor_runtime'],
    ['pyminifier', 'python', "import zlib, base64\nexec(zlib.decompress(base64.b64decode('eJw=')))"],
    ['pyminifier', 'python', 'x = 1\n# Created by pyminifier (https://example.test)'],
    ['jsfuck', 'javascript', '[][(![]+[])[+[]]+(!![]+[])[+[]]]'.repeat(20)],
    ['packer', 'javascript', "eval(function(p,a,c,k,e,d){e=function(c){return c};return p}('0 1',2,2,'a|b'.split('|'),0,{}))"],
    ['packer', 'javascript', 'eval(function (p, a, c, k, e, r) { return p }())'],
    ['string-array', 'javascript', "const _0x1a2b=['a','b'];(function(_0x3c4d,_0x5e6f){".padEnd(60) + '_0x1a2b(_0x3c4d);'.repeat(20)],
    ['string-array', 'javascript', "(function(a,b){const c=d;while(!![]){try{const e=parseInt(c(0x1))/1;if(e===b)break;else a['push'](a['shift']());}catch(f){a['push'](a['shift']());}}}(g,0x1))"],
    ['jjencode', 'javascript', '$=~[];$={___:++$,$$$$:(![]+"")[$]}'],
    ['aaencode', 'javascript', 'ﾟωﾟﾉ= /｀ｍ´）ﾉ ~┻━┻   //*´∇｀*/ ["_"]; o=(ﾟｰﾟ)  =_=3;'],
    ['hidden-unicode', 'javascript', `eval(decode("${selectors('nothing')}"))`],
    ['hidden-unicode', 'python', `x = "${'\u200b\u200c'.repeat(20)}"`],
    ['hidden-unicode', 'javascript', `// ${[...'ignore this'].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('')}`],
    ['hidden-unicode', 'javascript', 'const { timeout,\u3164} = req.query'],
    ['bidi', 'javascript', 'if (level !== "user\u202e \u2066// Check if admin\u2069 \u2066") {'],
    ['bidi', 'python', "'''Subtract funds \u2067''' ;return\n"],
    ['homoglyph-identifiers', 'javascript', 'с\u006fnsole.log(1)'],
    ['homoglyph-identifiers', 'python', 'def sаyHello():\n  pass'],
    ['homoglyph-identifiers', 'python', '\u{1d626}\u{1d639}\u{1d626}\u{1d624}("x")'],
    ['far-right', 'javascript', `const a = 1;${' '.repeat(200)}run()`],
    ['far-right', 'python', `import os;${'\t'.repeat(160)}exec(x)`],
    ['high-entropy-blob', 'javascript', `const p = "${blob(900)}"`],
    ['high-entropy-blob', 'python', `p = '''\n${blob(2000).replace(/.{76}/g, '$&\n')}'''`],
    ['high-entropy-blob', 'javascript', `const p = '${Buffer.from(blob(900).replace(/./g, (c, at: number) => String.fromCharCode((c.charCodeAt(0) * (at + 7)) & 255)), 'latin1').toString('hex')}'`],
    ['high-entropy-blob', 'python', `p = b'${[...Buffer.from(blob(600), 'base64')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`],
    ['many-escapes', 'javascript', `x["${escaped('constructor of nothing at all')}"]`],
    ['many-escapes', 'javascript', ['require', 'child_process', 'toString', 'charCodeAt', 'platform'].map((word) => `a('${escaped(word)}')`).join(';')],
    ['many-escapes', 'python', `exec("${[...'import nothing; nothing.run()'].map((c) => `\\${c.charCodeAt(0).toString(8)}`).join('')}")`],
  ])('%s in %s: %s', (kind, language, text) => {
    const found = recognise(text, language)
    expect(found.map((mark) => mark.kind)).toContain(kind)
    for (const { from, to, says } of found) {
      expect(from >= 0 && from < to && to <= text.length).toBe(true)
      expect(says).not.toBe('')
    }
  })

  it.each<[string, string | null, string]>([
    ['minified code', 'javascript', '!function(e,t){"use strict";for(var n=0,r=t.length;n<r;++n)e[n]=t[n]^255;return e}([],[1,2,3]);'.repeat(50)],
    ['emoji', 'javascript', 'const a = "👩‍👩‍👧‍👦 ❤️ ☺️ 1️⃣ 🏳️‍🌈 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"'],
    ['a byte order mark', 'javascript', '\ufeffmodule.exports = 1'],
    ['Persian', 'javascript', 'const a = "می\u200cخواهم برنامه\u200cنویسی کنم"'],
    ['Arabic with its own controls', 'javascript', 'const a = "\u202bمرحبا بالعالم\u202c"'],
    ['a pattern that looks for controls', 'javascript', 'const r = /[\\x00-\\x1f\\u200b\u202d\u202e\u2066]/'],
    ['a table of letters', 'javascript', 'const t = "йцу=Εail(фыв"'],
    ['Russian', 'javascript', 'const privet = "Привет"; // комментарий на русском (и ещё)'],
    ['a Russian identifier', 'python', 'сумма = цена * 2\nпечать(сумма)'],
    ['Greek in formulas', 'python', 'Δt = λ_max / σ2\nμs(β)'],
    ['Korean with fillers', 'javascript', 'const blank = "ㅤ"'],
    ['Khmer with zero-width spaces', null, 'ភាសា\u200bខ្មែរ\u200bជា\u200bភាសា'],
    ['indentation', 'javascript', `${' '.repeat(300)}return 1\n`],
    ['trailing blanks', 'javascript', `return 1${' '.repeat(300)}\n`],
    ['a string of blanks', 'javascript', `const pad = '${' '.repeat(300)}'`],
    ['a picture', 'javascript', `const a = "data:image/png;base64,${blob(2000)}"`],
    ['a picture without saying so', 'javascript', `const a = "iVBORw0KGgoAAAANSUhEUgAA${blob(2000)}"`],
    ['wasm', 'javascript', `const a = "AGFzbQEAAAABJwdg${blob(2000)}"`],
    ['a certificate', 'python', `-----BEGIN CERTIFICATE-----\n${blob(1500).replace(/.{64}/g, '$&\n')}-----END CERTIFICATE-----`],
    ['a source map', 'javascript', `//# sourceMappingURL=data:application/json;base64,${blob(3000)}`],
    ['mappings', null, `{"mappings":"${'AAAA,SAAS,CAAC,IAAI,CAAC,CAAC;'.repeat(200)}"}`],
    ['an alphabet', 'javascript', '"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="'],
    ['an integrity string', null, `"integrity": "sha512-${blob(86)}=="`],
    ['words of one file', null, 'alpha\nbeta\ngamma\ndelta\nepsilon\n'.repeat(200)],
    ['a banner', 'javascript', `//${'='.repeat(2000)}`],
    ['tables of foreign letters', 'javascript', String.raw`/[\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\u02c1\u02c6-\u02d1\u0370-\u0374]/`.repeat(20)],
    ['control codes', 'javascript', String.raw`"\x1b[0m\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x7f\x80\x81"`.repeat(10)],
    ['a pattern that escapes', 'javascript', String.raw`/\x20\x21|\x2f/`],
    ['decryption that is named only', 'javascript', '// we never decrypt'],
    ['encryption', 'javascript', "crypto.createCipheriv('aes-256-gcm', k, iv)"],
    ['one hexadecimal name', 'javascript', 'const _0x1234 = 1'],
    ['a table of signs', 'javascript', 'const t = "\u2027\u202a\u202c\u202e\u803b\u40bd\u6153\u803b\u40bc\u6155\u6159\u615b\u2034\u2036\u6154"'],
    ['a class of them as they are', 'javascript', 'RegExp(`[\\0-\\b\u200e\\u2028\\u2029\u202d\u202e\u2066\u2067\u2069]`)'],
    ['an escape beside a letter', 'go', '"\\x03\u0440." + x'],
    ['a message about marshal', 'python', 'trace(f"marshal.load error {e}"); names = ["marshal.loads", 1]  # marshal.loads makes code'],
    ['marshalling', 'go', 'json.Marshal(v); json.Unmarshal(b, &v)'],
    ['a loop that tries', 'javascript', 'while (true) { try { n = parseInt(read()); queue.push(n) } catch { break } }'],
  ])('is quiet on %s', (_, language, text) => expect(recognise(text, language)).toEqual([]))

  it('reads large hostile texts in one go', () => {
    const size = 5_000_000
    const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
    const hostile = [
      'a', ' ', '\t', '[', '[](', '\\', '\\x', '\\x41', '\\101', '_0x1234 ', '_0x', 'eval(', 'eval( ', 'while(!![]){try{', 'for(;;', 'marshal ', 'from marshal', '\u202e', '\u202e\n',
      '\u200b', '\ufe00', '\u{e0101}', '\u3164', 'с', 'cс', 'с(', '\ud835', '=~[];', '-----BEGIN ', 'A'.repeat(199) + ' ', `${' '.repeat(149)}x`, 'createDecipher', 'exec(', 'AES .', '\u{ff9f}\u{3c9}\u{ff9f}',
    ]
    for (const unit of hostile) {
      const text = fill(unit)
      // Every step over the text is one of the engine's own; a quadratic one would not end within the test's time.
      expect(recognise(text, /marshal|exec|AES|101|A{9}/.test(unit) ? 'python' : 'javascript').length).toBeLessThan(200)
    }
  }, 120_000)

  it('stays inside the text, whatever comes in', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(' '.repeat(160), '\\x41'.repeat(12), '\u202e', '\u{e0101}'.repeat(5), 'с', 'eval(function(p,a,c,k,e,d)', '_0x1234 '.repeat(30), blob(600)),
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom('javascript', 'python', 'go', 'shell', null), (pieces, language) => {
      const text = pieces.join('')
      for (const { from, to } of recognise(text, language)) expect(from >= 0 && from < to && to <= text.length).toBe(true)
    }), { numRuns: 1000 })
  })

  it('keeps a flood of marks short', () => expect(kinds('eval(function(p,a,c,k,e,d)'.repeat(1000))).toEqual(['packer']))
})
