import { unescaped } from './strings.ts'

/** What is looked at for a declaration: two lines, however long the first comment is. */
const HEAD = 65_536
const LINE_FEED = 10
/** PEP 263: a comment on the first line, or on the second if only a comment or nothing stands on the first. */
const DECLARED = /^(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))??[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)/
/** Text that declares to be UTF-16 is none: the declaration could be read. */
const UTF8 = /^(?:utf-?(?:16|32).*|u(?:16|32)|utf-?8(?:-.*)?|u8|utf8-ucs[24]|cp65001|ascii|us-ascii|646)$/
const LATIN1 = /^(?:latin-?1|l1|iso-?8859-1|iso-latin-1|8859|cp819)(?:-.*)?$/

/** Python's names of encodings that the WHATWG's decoders know under others. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/^(?:cp|windows-?)(125\d|874)$/, 'windows-$1'], [/^(?:cp932|ms932|mskanji|ms-kanji|s-?jis.*|shift-?jis.*|csshiftjis)$/, 'shift_jis'],
  [/^(?:cp936|936|ms936|gb2312.*|euc-?cn|eucgb2312-cn|chinese|gbk)$/, 'gbk'], [/^(?:cp949|949|ms949|uhc|euc-?kr|korean|ks.*)$/, 'euc-kr'],
  [/^(?:cp950|950|ms950|big5.*)$/, 'big5'], [/^(?:euc-?jp|ujis|eucjp)$/, 'euc-jp'], [/^iso-?2022-?jp.*$/, 'iso-2022-jp'],
  [/^(?:iso-?)?8859-(\d+)$/, 'iso-8859-$1'], [/^latin-?(?:2|3|4)$/, 'iso-8859-2'], [/^latin-?9$/, 'iso-8859-15'],
]

/** The text of Python source that declares another encoding than UTF-8; null: it declares none, undefined: one that nothing here reads. */
export function declaredText(bytes: Uint8Array): string | null | undefined {
  const second = bytes.indexOf(LINE_FEED, bytes.indexOf(LINE_FEED) + 1)
  const head = latin1(bytes.subarray(0, Math.min(second < 0 ? bytes.length : second, HEAD)))
  const encoding = DECLARED.exec(head)?.[1]?.toLowerCase().replace(/[-_]+/g, '-')
  if (encoding === undefined || UTF8.test(encoding)) return null
  if (LATIN1.test(encoding)) return latin1(bytes)
  if (/^(?:utf-?7|u7|unicode-1-1-utf-7)$/.test(encoding)) return utf7(latin1(bytes))
  if (/^raw-?unicode-?escape$/.test(encoding)) return latin1(bytes).replace(RAW, (whole) => unescaped(whole))
  if (/^unicode-?escape$/.test(encoding)) return unescaped(latin1(bytes))
  const label = ALIASES.reduce((found, [name, known]) => (name.test(encoding) ? encoding.replace(name, known) : found), encoding)
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return UNREAD.test(encoding) ? undefined : null
  }
}

/** What Python can read, or could, where ASCII does not stand for itself; of others that are not known here, ASCII does. */
const UNREAD = /^(?:hz.*|iso-?2022-.*|(?:cp|ibm)?-?(?:037|039|273|424|500|875|1026|1140)|ebcdic.*|idna|punycode|johab|cp1361|ms1361|rot-?13|hex.*|base-?64.*|zip|zlib.*|bz2.*|uu.*|quopri.*|quoted-printable|string-?escape)$/

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

const RAW = /\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}/g

/** RFC 2152: UTF-16 as base64 between `+` and what is no letter of it; a minus after that is swallowed, and `+-` is a plus. */
const utf7 = (text: string): string => text.replace(/\+([A-Za-z\d+/]*)-?/g, (whole, coded: string) => {
  if (coded === '') return whole === '+-' ? '+' : whole
  const bytes = Buffer.from(coded, 'base64')
  return bytes.subarray(0, bytes.length & ~1).swap16().toString('utf16le')
})
