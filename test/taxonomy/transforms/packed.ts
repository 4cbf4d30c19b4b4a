import { deflateSync, gzipSync } from 'node:zlib'
import { carrier, edited } from '../program.ts'
import type { Program, Roll } from '../program.ts'
import { membersOf, stringsOf } from '../syntax.ts'
import { inPlace } from './transform.ts'
import type { Transform } from './transform.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const codes = (text: string, by: (code: number, at: number) => number): string => Array.from(text, (_letter, at) => by(text.charCodeAt(at), at)).join(',')

/** The whole program as a text that is decoded and run: found as what it does, or as hidden code, at the text that carries it. */
const packedAs = (id: string, pack: (text: string, roll: Roll) => string): Transform =>
  inPlace('packed whole', id, (code, roll) => carrier(`${pack(code.text, roll)}\n`), ['hidden-code', 'obfuscation', 'dropper'])

export const packed: readonly Transform[] = [
  packedAs('eval-atob', (text) => `eval(atob('${base64(text)}'))`),
  packedAs('eval-base64', (text) => `const code = '${base64(text)}'\neval(Buffer.from(code, 'base64').toString('utf-8'))`),
  packedAs('eval-twice', (text) => `eval(atob('${base64(`eval(Buffer.from("${base64(text)}", "base64").toString())`)}'))`),
  packedAs('function-atob', (text) => `new Function('require', '__dirname', '__filename', 'module', atob('${base64(text)}'))(require, __dirname, __filename, module)`),
  packedAs('constructor', (text) => `(() => {}).constructor('require', Buffer.from('${base64(text)}', 'base64').toString())(require)`),
  packedAs('vm', (text) => `require('vm').runInThisContext(Buffer.from('${Buffer.from(text).toString('hex')}', 'hex').toString())`),
  packedAs('module-compile', (text) => `const m = new module.constructor()\nm.paths = module.paths\nm._compile(Buffer.from('${base64(text)}', 'base64').toString(), __filename)`),
  packedAs('gzip', (text) => `const zlib = require('zlib')\neval(zlib.gunzipSync(Buffer.from('${gzipSync(text).toString('base64')}', 'base64')).toString())`),
  packedAs('deflate', (text) => `const { inflateSync } = require('zlib')\neval(inflateSync(Buffer.from('${deflateSync(text).toString('hex')}', 'hex')).toString('utf8'))`),
  packedAs('xor', (text) => `var d=[${codes(text, (code, at) => code ^ (17 + at % 5))}],s='';for(var i=0;i<d.length;i++)s+=String.fromCharCode(d[i]^(17+i%5));eval(s)`),
  packedAs('char-codes', (text) => `eval(String.fromCharCode(${codes(text, (code) => code)}))`),
  packedAs('shifted', (text) => `eval([${codes(text, (code) => code + 9)}].map(c => String.fromCharCode(c - 9)).join(''))`),
  packedAs('reversed', (text) => `eval(${JSON.stringify([...text].toReversed().join(''))}.split('').reverse().join(''))`),
  packedAs('escapes', (text) => `eval('${Array.from(text, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}')`),
  packedAs('percent', (text) => `eval(unescape('${Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}'))`),
  packedAs('data-import', (text) => `import('data:text/javascript;base64,${base64(text)}')`),
  packedAs('node-e', (text) => `require('child_process').spawn(process.execPath, ['-e', Buffer.from('${base64(text)}', 'base64').toString()])`),
  packedAs('worker', (text) => `const { Worker } = require('worker_threads')\nnew Worker(Buffer.from('${base64(text)}', 'base64').toString(), { eval: true })`),
  packedAs('invisible', (text) => `eval(Buffer.from([...'${[...Buffer.from(text)].map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)).join('')}'].map((c) => { const p = c.codePointAt(0); return p >= 0xe0100 ? p - 0xe0100 + 16 : p - 0xfe00 })).toString())`),
]

/** A table of strings, rotated until a sum of some of them is right, and a function that looks them up. */
function stringArray(code: Program, roll: Roll, encoded: boolean): Program {
  const table: string[] = []
  const at = (value: string): string => {
    if (!table.includes(value)) table.push(value)
    return `_0x4b1d(0x${(table.indexOf(value) + 0x1a3).toString(16)})`
  }
  const spots = [
    ...stringsOf(code.text).filter(({ value }) => value.length < 2000).map(({ node, value }) => ({ from: node.start, to: node.end, text: at(value) })),
    ...membersOf(code.text).map(({ node, dot, name }) => ({ from: dot, to: node.end, text: `[${at(name)}]` })),
  ]
  const rewritten = edited(code, spots)
  const key = `${1000 + roll(8000)}checksum`
  table.push(key)
  const spelled = table.map((value) => JSON.stringify(encoded ? base64(encodeURIComponent(value)) : value))
  const turns = 1 + roll(Math.max(1, table.length - 1))
  const turned = [...spelled.slice(-turns), ...spelled.slice(0, -turns)]
  const lookup = encoded ? 'decodeURIComponent(atob(list[index - 0x1a3]))' : 'list[index - 0x1a3]'
  const head = `function _0x2f3a() { const list = [${turned.join(', ')}]; _0x2f3a = function () { return list }; return _0x2f3a() }
function _0x4b1d(index) { const list = _0x2f3a(); return ${lookup} }
(function (table, wanted) { const list = table(); while (true) { try { const sum = parseInt(_0x4b1d(0x${(table.length - 1 + 0x1a3).toString(16)})); if (sum === wanted) break; else list.push(list.shift()) } catch (_) { list.push(list.shift()) } } })(_0x2f3a, ${Number.parseInt(key)})
`
  return edited(rewritten, [{ from: 0, to: 0, text: head }])
}

export const arrays: readonly Transform[] = [
  inPlace('string array', 'plain', (code, roll) => stringArray(code, roll, false), ['obfuscation', 'hidden-code']),
  inPlace('string array', 'base64', (code, roll) => stringArray(code, roll, true), ['obfuscation', 'hidden-code']),
]
