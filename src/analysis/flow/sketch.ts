import { endOf, startOf } from './tree.ts'
import type { Entry, Node } from './tree.ts'

/** A tree on one line, for people and for tests: `eval(atob('x'))` stays about what it was. */
export function sketch(node: Node): string {
  const all = (nodes: readonly Node[], between = ', '): string => nodes.map(sketch).join(between)
  switch (node.is) {
    case 'text': return JSON.stringify(node.value)
    case 'bytes': return `b${JSON.stringify(node.value)}`
    case 'number': return String(node.value)
    case 'name': return node.name.replaceAll(' ', '_').replace(/_\d+$/, '_')
    case 'member': return node.slice && node.key.is === 'list' ? `${sketch(node.of)}[${all(node.key.parts, ':')}]`
      : node.key.is === 'text' ? `${sketch(node.of)}.${node.key.value}` : `${sketch(node.of)}[${sketch(node.key)}]`
    case 'call': return `${node.made ? 'new ' : ''}${sketch(node.callee)}(${[...node.args.map(sketch), ...node.named.map(entry('='))].join(', ')})`
    case 'join': return `(${all(node.parts, ' + ')})`
    case 'operate': return node.parts.length === 1 ? `(${node.sign} ${all(node.parts)})` : `(${all(node.parts, ` ${node.sign} `)})`
    case 'group': return node.last ? `{${all(node.parts, '; ')}}` : `(${all(node.parts, ' | ')})`
    case 'list': return startOf(node.at) === endOf(node.at) ? '∅' : `[${all(node.parts)}]`
    case 'spread': return `...${sketch(node.of)}`
    case 'record': return `{${node.entries.map(entry(': ')).join(', ')}}`
    case 'function': return `fn ${node.name ?? ''}(${all(node.params)}){${all(node.body, '; ')}}`
    case 'class': return `class ${node.name ?? ''}<${all(node.bases)}>{${[...node.body, ...node.methods].map(sketch).join('; ')}}`
    case 'set': return `${node.declares ? 'let ' : ''}${sketch(node.target)} = ${sketch(node.value)}`
    case 'return': return `return ${sketch(node.value)}`
    case 'import': return `import(${sketch(node.module)})`
    case 'branch': return `${node.expression ? 'pick' : 'if'}(${all([node.test, node.then, node.otherwise], ' ? ')})`
    case 'loop': return node.each ? `each(${sketch(node.each.target)} in ${sketch(node.each.of)}; ${sketch(node.body)})`
      : `loop(${all([node.start, node.test, node.step, node.body], '; ')})`
    case 'gather': return `gather(${sketch(node.value)}${node.loops.map((loop) => ` for ${sketch(loop.target)} in ${sketch(loop.of)}${loop.tests.map((test) => ` if ${sketch(test)}`).join('')}`).join('')})`
    case 'try': return `try(${sketch(node.body)}${node.handlers.map((handler) => ` catch ${handler.target ? sketch(handler.target) : ''} ${sketch(handler.body)}`).join('')} finally ${sketch(node.last)})`
    case 'jump': return `${node.how} ${sketch(node.value)}`
  }
}

const entry = (sign: string) => ({ key, computed, value }: Entry): string =>
  (key !== null ? `${key}${sign}${sketch(value)}` : computed ? `[${sketch(computed)}]${sign}${sketch(value)}` : `...${sketch(value)}`)
