import { between, edited } from '../program.ts'
import type { Program, Roll } from '../program.ts'
import { statementsOf, tokensOf } from '../syntax.ts'
import { byEdits, inPlace } from './transform.ts'
import type { Transform } from './transform.ts'

const NOISE = ['/**/', '/* eslint-disable */', '/* nosec */', '/* c8 ignore next */', '/* "harmless" */', '/* // */']

export const comments: readonly Transform[] = [
  byEdits('comments', 'between-tokens', (text, roll) => tokensOf(text).filter(([from]) => !text.slice(0, from).endsWith('`')).map(([from]) => ({ from, to: from, text: NOISE[roll(NOISE.length)] ?? '' }))),
  byEdits('comments', 'above-statements', (text) => statementsOf(text).map(({ start }) => ({ from: start, to: start, text: '// reviewed: this is safe, nothing to see here\n/* nosemgrep: all */\n' }))),
  inPlace('comments', 'licence-above', (code) => between(`/*!\n${' * Permission is hereby granted, free of charge, to any person obtaining a copy\n'.repeat(120)} */\n`, code, '\n/* end */\n')),
  inPlace('comments', 'ignore-markers', (code) => between('// eslint-disable\n// @ts-nocheck\n/* istanbul ignore file */\n// nosec: scanner-ignore: file\n/* guarddog:ignore semgrep:ignore */\n', code, '\n//# sourceMappingURL=index.js.map\n')),
  byEdits('comments', 'html-like', (text) => statementsOf(text).slice(0, 1).map(({ start }) => ({ from: start, to: start, text: '<!-- an old kind of comment\n' }))),
]

/** Functions of an honest library, all in one line. */
function bundle(size: number, roll: Roll): string {
  let text = '"use strict";'
  for (let at = 0; text.length < size; at++) {
    const n = roll(900)
    text += `function u${at}(t,e,r){var n=t&&t.length||0;if(n>${n})return e;for(var o=[],i=0;i<n;i++)o.push({key:"k"+i,value:t[i],next:r?r(t[i]):null});return o.filter(function(t){return t.value!==${n + 1}})}`
  }
  return text
}

const UNREACHABLE = `
if (typeof Symbol === 'undefined' && Math.sqrt(16) !== 4) {
  const table = [1, 2, 3].map((value) => value * 2)
  console.log('never', table.length)
}
`
const HELPER = `
function clamp(value, low, high) {
  if (value < low) return low
  return value > high ? high : value
}
`

const beforeEach = (code: Program, what: readonly string[], roll: Roll): Program =>
  edited(code, statementsOf(code.text).map(({ start }, index) => ({ from: start, to: start, text: `${(what[roll(what.length)] ?? '').replaceAll('clamp', `clamp${index}`)}\n` })))

export const deadCode: readonly Transform[] = [
  inPlace('dead code', 'unreachable-branches', (code, roll) => beforeEach(code, [UNREACHABLE, 'while (0) { break }', 'switch (3) { case 4: console.log("four") }'], roll)),
  inPlace('dead code', 'functions-between', (code, roll) => beforeEach(code, [HELPER, 'class clamp { get size() { return 0 } }', 'const clamp = { name: "box", width: 20, height: 30 }'], roll)),
  inPlace('dead code', 'opaque-predicate', (code) => wrappedIn(code, 'if ((Date.now() | 1) % 2 === 1) {\n', '\n} else {\n  console.log("other")\n}\n')),
  inPlace('dead code', 'early-return', (code) => wrappedIn(code, '(function () {\nif (typeof process === "undefined") return\n', '\n})()\n')),
  { ...inPlace('dead code', 'bundle-before', (code, roll) => between(`${bundle(200_000, roll)}\n`, code, '')), large: true },
  { ...inPlace('dead code', 'bundle-around-one-line', (code, roll) => between(`${bundle(100_000, roll)};`, code, `;${bundle(100_000, roll)}\n`)), large: true },
  inPlace('dead code', 'blank-lines', (code) => between('\n'.repeat(3000), code, '\n'.repeat(3000))),
  inPlace('dead code', 'flattened', flattened),
]

/** Inside other code; what declares stays where it is seen. */
export const wrappedIn = (code: Program, before: string, after: string): Program => between(before, code, after)

/** Top-level statements as cases of a loop, in an order that is kept apart. */
export function flattened(code: Program, roll: Roll): Program {
  const statements = statementsOf(code.text)
  const order = statements.map((_statement, index) => index)
  const labels = order.map((index) => 10 + index * 7 + roll(5))
  const functions = statements.filter(({ type }) => type === 'FunctionDeclaration' || type === 'ClassDeclaration')
  const cased = statements.map((statement, index) => ({ statement, label: labels[index] })).filter(({ statement }) => !functions.includes(statement))
  const edits = cased.flatMap(({ statement, label }) => [
    { from: statement.start, to: statement.type === 'VariableDeclaration' ? statement.start + String(statement.kind).length : statement.start, text: `case ${label}:\n${statement.type === 'VariableDeclaration' ? 'var' : ''}` },
    { from: statement.end, to: statement.end, text: '\ncontinue' },
  ])
  const [first] = cased
  const last = cased.at(-1)
  if (!first || !last) return code
  // Functions between cases would be dead: they move out by being turned into cases that fall through.
  const outer = functions.flatMap((statement) => (statement.start > first.statement.start ? [{ from: statement.start, to: statement.start, text: `case ${900 + statement.start}:\n` }] : []))
  const head = `var steps = '${cased.map(({ label }) => label).join('|')}'.split('|'), step = 0\nwhile (true) {\nswitch (+steps[step++]) {\n`
  return edited(code, [
    ...edits.map((edit, index) => (index === 0 ? { ...edit, text: head + edit.text } : edit)), ...outer,
    { from: code.text.length, to: code.text.length, text: '}\nbreak\n}\n' },
  ])
}
