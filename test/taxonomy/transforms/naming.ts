import { between, edited } from '../program.ts'
import type { Edit } from '../program.ts'
import { membersOf, nodesOf, renames } from '../syntax.ts'
import type { Tree } from '../syntax.ts'
import { byEdits, inPlace } from './transform.ts'
import type { Transform } from './transform.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

export const renaming: readonly Transform[] = [
  byEdits('renaming', 'short', (text) => renames(text, (_name, index) => `${LETTERS[index % 26]}${index < 26 ? '$' : index}`)),
  byEdits('renaming', 'hex', (text, roll) => renames(text, () => `_0x${(0x100000 + roll(0xeffff)).toString(16)}`)),
  byEdits('renaming', 'innocent', (text) => renames(text, (_name, index) => `${['theme', 'layout', 'colour', 'button', 'margin', 'widget'][index % 6]}${index}`)),
]

export const unicode: readonly Transform[] = [
  byEdits('Unicode', 'homoglyphs', (text) => renames(text, (name, index) => `${name.replace(/[aeopcx]/, (letter) => 'аеорсх'['aeopcx'.indexOf(letter)] ?? letter)}ѕ${index}`)),
  byEdits('Unicode', 'zero-width-joiners', (text) => renames(text, (name, index) => `${name.slice(0, 1)}\u200d${name.slice(1)}\u200c${index}`)),
  byEdits('Unicode', 'escaped-names', escapedNames),
  byEdits('Unicode', 'wide-letters', (text) => renames(text, (_name, index) => `变量${index}`)),
  inPlace('Unicode', 'byte-order-mark', (code) => between('\ufeff', code, '')),
  byEdits('Unicode', 'odd-spaces', (text) => nodesOf(text).filter(({ node, key }) => key === 'arguments' && node.type !== 'SpreadElement').map(({ node }) => ({ from: node.start, to: node.start, text: '\u00a0\u3000\ufeff' }))),
]

/** Names of members and of globals with one letter as an escape, which the language allows. */
function escapedNames(text: string): Edit[] {
  return nodesOf(text).flatMap(({ node, parent }): Edit[] => {
    if (node.type !== 'Identifier' || parent.type === 'Property' || KEYWORDS.has(node.name as string) || node.end - node.start !== (node.name as string).length) return []
    const first = (node.name as string).charCodeAt(0)
    return [{ from: node.start, to: node.start + 1, text: `\\u{${first.toString(16)}}` }]
  })
}

/** An escape makes them names. */
const KEYWORDS = new Set(['undefined', 'async', 'of', 'get', 'set', 'static', 'let'])

const half = (name: string): string => `'${name.slice(0, name.length >> 1)}' + '${name.slice(name.length >> 1)}'`
const objectOf = (text: string, object: Tree): string => text.slice(object.start, object.end)

export const members: readonly Transform[] = [
  byEdits('members and aliases', 'computed', (text) => membersOf(text).map((one) => ({ from: one.dot, to: one.node.end, text: `['${one.name}']` }))),
  byEdits('members and aliases', 'computed-split', (text) => membersOf(text).map((one) => ({ from: one.dot, to: one.node.end, text: `[${half(one.name)}]` }))),
  inPlace('members and aliases', 'aliased-require', (code) => between('const load = require\n', edited(code, calls(code.text, 'require').map(({ callee }) => ({ from: callee.start, to: callee.end, text: 'load' }))), '')),
  byEdits('members and aliases', 'module-require', (text) => calls(text, 'require').map(({ callee }) => ({ from: callee.start, to: callee.end, text: 'module["req" + "uire"]' }))),
  byEdits('members and aliases', 'main-require', (text) => calls(text, 'require').map(({ callee }) => ({ from: callee.start, to: callee.end, text: 'process.mainModule.require' }))),
  byEdits('members and aliases', 'node-prefix', (text) => calls(text, 'require').map(({ args }) => ({ from: args.start + 1, to: args.start + 1, text: BUILTIN.test(String(args.value)) ? 'node:' : '' }))),
  byEdits('members and aliases', 'global-this', (text) => GLOBALS.flatMap((name) => calls(text, name)).map(({ callee }) => ({ from: callee.start, to: callee.end, text: `globalThis[${half(String(callee.name))}]` }))),
  byEdits('members and aliases', 'called', (text) => invoked(text).map(({ node, object }) => ({ from: node.end, to: node.end + 1, text: `.call(${objectOf(text, object)}${comma(text, node)}` }))),
  byEdits('members and aliases', 'bound', (text) => invoked(text).map(({ node, object }) => ({ from: node.end, to: node.end, text: `.bind(${objectOf(text, object)})` }))),
  byEdits('members and aliases', 'reflected', (text) => invoked(text).map((one) => ({ from: one.node.start, to: one.node.end, text: `Reflect.get(${objectOf(text, one.object)}, '${one.name}')` }))),
  byEdits('members and aliases', 'applied', (text) => applied(text)),
  byEdits('members and aliases', 'destructured', (text) => plainRequires(text).map(({ declarator, id, init }) => ({ from: declarator.start, to: declarator.end, text: `{ ...${id} } = ${init}` }))),
  byEdits('members and aliases', 'in-a-record', (text) => plainRequires(text).map(({ declarator, id, init }) => ({ from: declarator.start, to: declarator.end, text: `${id}Box = { inner: [${init}] }, ${id} = ${id}Box.inner[0]` }))),
  byEdits('members and aliases', 'through-function', (text) => plainRequires(text).map(({ declarator, id, init }) => ({ from: declarator.start, to: declarator.end, text: `${id} = ((given) => { const kept = given(); return kept })(() => ${init})` }))),
]

const BUILTIN = /^(?:fs|os|path|https?|dns|net|child_process|vm|zlib|crypto)(?:\/promises)?$/
const GLOBALS = ['fetch', 'eval', 'setTimeout', 'setInterval']

function calls(text: string, name: string): { callee: Tree; args: Tree }[] {
  return nodesOf(text).filter(({ node }) => node.type === 'CallExpression' && (node.callee as Tree).type === 'Identifier' && (node.callee as Tree).name === name)
    .map(({ node }) => ({ callee: node.callee as Tree, args: (node.arguments as Tree[])[0] as Tree }))
}

/** Methods of plain names that are called: `cp.exec(…)`. */
function invoked(text: string): { node: Tree; object: Tree; name: string }[] {
  const callees = new Set(nodesOf(text).filter(({ parent, key }) => key === 'callee' && parent.type === 'CallExpression').map(({ node }) => node))
  const starts = new Set([...callees].map(({ start, end }) => `${start} ${end}`))
  return membersOf(text).filter(({ node, object }) => object.type === 'Identifier' && starts.has(`${node.start} ${node.end}`))
}

const comma = (text: string, callee: Tree): string => (/^\(\s*\)/.test(text.slice(callee.end)) ? '' : ', ')

function applied(text: string): Edit[] {
  return nodesOf(text).flatMap(({ node }): Edit[] => {
    const callee = node.callee as Tree | undefined
    if (node.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || callee.computed === true || (callee.object as Tree).type !== 'Identifier') return []
    return [
      { from: callee.end, to: callee.end + 1, text: `.apply(${objectOf(text, callee.object as Tree)}, [` },
      { from: node.end - 1, to: node.end, text: '])' },
    ]
  })
}

function plainRequires(text: string): { declarator: Tree; id: string; init: string }[] {
  return nodesOf(text).filter(({ node }) => node.type === 'VariableDeclarator' && (node.id as Tree).type === 'Identifier' && text.startsWith('require(', (node.init as Tree | null)?.start ?? node.end))
    .filter(({ node }) => (node.init as Tree).type === 'CallExpression' && ((node.init as Tree).callee as Tree).type === 'Identifier')
    .map(({ node }) => ({ declarator: node, id: (node.id as Tree).name as string, init: objectOf(text, node.init as Tree) }))
}
