import { between, edited } from '../program.ts'
import type { Program } from '../program.ts'
import { tokensOf } from '../syntax.ts'
import { inPlace } from './transform.ts'
import type { Transform } from './transform.ts'

const wrapped = (id: string, before: string, after: string): Transform => inPlace('wrappers', id, (code) => between(`${before}\n`, code, `\n${after}\n`))

/** Other ways for the same code to come to be run. */
export const wrappers: readonly Transform[] = [
  wrapped('timeout', 'setTimeout(() => {', '}, 5000)'),
  wrapped('interval-once', 'const timer = setInterval(function () {\nclearInterval(timer)', '}, 30000)'),
  wrapped('promise', 'Promise.resolve(1).then(() => {', '}).catch(() => {})'),
  wrapped('promise-executor', 'new Promise((resolve) => {', '\nresolve()\n}).then(() => {})'),
  wrapped('next-tick', 'process.nextTick(() => {', '})'),
  wrapped('immediate', 'setImmediate(function later() {', '})'),
  wrapped('microtask', 'queueMicrotask(() => {', '})'),
  wrapped('emitter', "const bus = new (require('events').EventEmitter)()\nbus.on('ready', () => {", "})\nbus.emit('ready')"),
  wrapped('on-exit', "process.on('exit', () => {", '})'),
  wrapped('iife', '(function () {', '})()'),
  wrapped('async-iife', ';(async () => {', '})()'),
  wrapped('bang-iife', '!function () {', '}()'),
  wrapped('called-iife', '(function () {', '}).call(this)'),
  wrapped('named', 'function init() {', '}\ninit()'),
  wrapped('method', 'class Runner {\n  run() {', '  }\n}\nnew Runner().run()'),
  wrapped('constructor', 'class Starter {\n  constructor() {', '  }\n}\nnew Starter()'),
  wrapped('static-block', 'class Registry {\n  static {', '  }\n}'),
  wrapped('object-method', 'const actions = {\n  build() {', '  },\n}\nactions.build()'),
  wrapped('table', 'const handlers = { a: [() => {', '}] }\nfor (const list of Object.values(handlers)) for (const handler of list) handler()'),
  wrapped('getter', 'const lazy = {\n  get value() {', '  return 1\n  },\n}\nvoid lazy.value'),
  wrapped('generator', 'function* steps() {', '  yield 1\n}\nfor (const step of steps()) void step'),
  wrapped('for-each', '[1].forEach(() => {', '})'),
  wrapped('try-finally', 'try {', '} catch (problem) {\n  void problem\n} finally {\n  void 0\n}'),
  wrapped('catch-clause', 'try { undefinedName() } catch (problem) {', '}'),
  wrapped('default-argument', 'function go(run = () => {', '}) { run() }\ngo()'),
  wrapped('reflected', 'Reflect.apply(function () {', '}, null, [])'),
  wrapped('webpack-like', '(() => {\nvar modules = { 17: (module, exports, need) => {', '} }, cache = {}\nfunction need(id) { var module = cache[id] = { exports: {} }; modules[id](module, module.exports, need); return module.exports }\nneed(17)\n})()'),
  wrapped('proxy', 'const door = new Proxy({}, { get() {', '} })\nvoid door.open'),
]

/** Only the white space that the language needs. */
function dense(code: Program): Program {
  const tokens = tokensOf(code.text)
  return edited(code, tokens.slice(1).flatMap(([from], index) => {
    const end = tokens[index]?.[1] ?? from
    const gap = code.text.slice(end, from)
    return gap === '' || /`|\$\{/.test(code.text.slice(Math.max(0, end - 2), end)) ? [] : [{ from: end, to: from, text: gap.includes('\n') ? '\n' : WORDS.test(code.text.slice(end - 1, end) + code.text.slice(from, from + 1)) ? ' ' : '' }]
  }))
}

const WORDS = /^[\w$]{2}$|^\+\+|^--/

export const minified: readonly Transform[] = [
  inPlace('minified', 'dense', dense),
  inPlace('minified', 'one-line', (code) => oneLine(code)),
]

/** Ends of statements become semicolons where a line ended one. */
export function oneLine(code: Program): Program {
  const lines = [...code.text.matchAll(/\n+/g)]
  return edited(code, lines.map((found) => {
    const before = code.text.slice(0, found.index).trimEnd().slice(-1)
    const after = code.text.slice(found.index).trimStart().slice(0, 1)
    const ends = !/[{(,[;:?=&|]/.test(before) && !/[.)}\]:?,]/.test(after)
    return { from: found.index, to: found.index + found[0].length, text: ends ? ';' : ' ' }
  }))
}
