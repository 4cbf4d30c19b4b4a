import { Spotter } from '../../spotter.ts'
import type { Mark, MarkKind } from './mark.ts'

interface Sign {
  kind: MarkKind
  /** Words without any of which the pattern is not tried. */
  hint: readonly string[]
  pattern: RegExp
  says: string
}

const CIPHERS: readonly Sign[] = [
  { kind: 'aes', hint: ['createDecipher'], pattern: /\bcreateDecipher(?:iv)?\b/g, says: 'decrypts with a cipher of node:crypto' },
  { kind: 'aes', hint: ['decrypt'], pattern: /\bCryptoJS\s*\.\s*\w{1,12}\s*\.\s*decrypt\b|\bsubtle\s*\.\s*decrypt\b/g, says: 'decrypts with AES' },
  { kind: 'aes', hint: ['AES'], pattern: /\bAES\s*\.\s*new\s*\(|\balgorithms\s*\.\s*AES\b|\bpyaes\s*\.|\bAESGCM\s*\(/g, says: 'uses AES' },
  { kind: 'aes', hint: ['aes.NewCipher'], pattern: /\baes\.NewCipher\s*\(/g, says: 'uses AES' },
  { kind: 'fernet', hint: ['Fernet'], pattern: /\bFernet\s*\(/g, says: 'decrypts or encrypts with Fernet' },
]

const PYTHON: readonly Sign[] = [
  {
    kind: 'marshal', hint: ['marshal'], says: 'loads compiled code with marshal',
    pattern: /\bmarshal\s*\.\s*loads\b\s*(?=[(;,)\]\n\r]|$)|\bmarshal\s*\.\s*load\s*\((?!\s*\w{1,30}\s*\))|\bfrom\s+marshal\s+import\b|__import__\s*\(\s*['"]marshal['"]\s*\)/g,
  },
  { kind: 'pyarmor', hint: ['pyarmor', 'pytransform', '__armor_'], pattern: /\b__pyarmor__\b|\bpyarmor_runtime(?:_\d{1,8})?\b|\bpytransform\b|\b__armor_(?:enter|exit)__\b/g, says: 'was encrypted with PyArmor' },
  {
    kind: 'pyminifier', hint: ['b64decode'], says: 'is compressed code that unpacks and runs itself, as pyminifier writes it',
    pattern: /\bexec\s*\(\s*(?:zlib|lzma|bz2|gzip)\s*\.\s*decompress\s*\(\s*base64\s*\.\s*b64decode\s*\(/g,
  },
  { kind: 'pyminifier', hint: ['pyminifier'], pattern: /^# Created by pyminifier\b/gm, says: 'says that pyminifier wrote it' },
]

const JAVASCRIPT: readonly Sign[] = [
  {
    kind: 'packer', hint: ['eval'], says: 'is packed code that unpacks and runs itself (p,a,c,k,e,d)',
    pattern: /\beval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e\s*,\s*[dr]\s*\)/g,
  },
  { kind: 'jjencode', hint: ['=~[];'], pattern: /=~\[\];\s*[\w$]{1,60}=\{___:\+\+/g, says: 'is written with punctuation only (jjencode)' },
  { kind: 'aaencode', hint: ['\u{ff9f}\u{3c9}\u{ff9f}'], pattern: /\u{ff9f}\u{3c9}\u{ff9f}\u{ff89}\s*=|\(\u{ff9f}\u{414}\u{ff9f}\)\s*\[/gu, says: 'is written with faces only (aaencode)' },
]

export const ciphers = signs(CIPHERS)
export const pythonPackers = signs(PYTHON)
const javascriptSigns = signs(JAVASCRIPT)

export function* javascriptPackers(text: string): Generator<Mark> {
  yield* javascriptSigns(text)
  const array = stringArray(text)
  if (array) yield array
}

function signs(table: readonly Sign[]): (text: string) => Generator<Mark> {
  const words = new Spotter(table.map(({ hint }) => hint))
  return function* (text) {
    const found = words.in(text)
    for (const [index, { kind, pattern, says }] of table.entries()) {
      if (found[index] === 0) continue
      for (const { 0: sign, index: from } of text.matchAll(pattern)) yield { kind, from, to: from + sign.length, says }
    }
  }
}

const HEX_NAME = /\b_0x[0-9a-f]{4,8}\b/g
const MANY_NAMES = 24
/** obfuscator.io turns its array of strings until a sum of numbers in them is right. */
const ROTATION = /(?:while\s*\(\s*!!\s*(?:\[\]|true|1)\s*\)|while\s*\(\s*true\s*\)|for\s*\(\s*;\s*;\s*\))\s*\{?\s*try\s*\{/g
const TURNS = /\[?['"]?\.?push['"]?\]?\s*\(\s*[\w$]{1,40}\s*(?:\[\s*['"]shift['"]\s*\]|\.\s*shift)\s*\(\s*\)/

/** An array of all strings, taken out of order, behind a function that looks them up. */
function stringArray(text: string): Mark | null {
  const may = text.includes('parseInt') && text.includes('shift')
  for (const found of may ? text.matchAll(ROTATION) : []) {
    const body = text.slice(found.index, found.index + 1500)
    if (body.includes('parseInt') && TURNS.test(body)) {
      return { kind: 'string-array', from: found.index, to: found.index + found[0].length, says: 'turns an array of its strings until they are in order (obfuscator.io)' }
    }
  }
  if (!text.includes('_0x')) return null
  let first = -1
  let count = 0
  for (const found of text.matchAll(HEX_NAME)) {
    if (first < 0) first = found.index
    if (++count >= MANY_NAMES) {
      return { kind: 'string-array', from: first, to: found.index + found[0].length, says: 'has the names an obfuscator gives (_0x…)' }
    }
  }
  return null
}
