import { parse } from 'meriyah'
import type { Options } from 'meriyah'
import type { Edit, Stretch } from './program.ts'

export interface Tree {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** A node with what it is in: `key` is the member of `parent` that holds it. */
export interface Found {
  node: Tree
  parent: Tree
  key: string
}

const OPTIONS: Options = { next: true, ranges: true, webcompat: true }

export function treeOf(text: string): Tree {
  return read(text, {}) as Tree
}

export function tokensOf(text: string): Stretch[] {
  const tokens: Stretch[] = []
  read(text, { onToken: (_kind: string, from: number, to: number) => void tokens.push([from, to]) })
  return tokens
}

function read(text: string, more: Options): unknown {
  const way = /^\s*(?:import\s[^(]|export\s)/m.test(text) ? 'module' : 'commonjs'
  return parse(text, { ...OPTIONS, ...more, sourceType: way })
}

export function nodesOf(text: string): Found[] {
  const found: Found[] = []
  const walk = (parent: Tree): void => {
    for (const [key, value] of Object.entries(parent)) {
      for (const node of Array.isArray(value) ? value as unknown[] : [value]) {
        if (!isTree(node)) continue
        found.push({ node, parent, key })
        walk(node)
      }
    }
  }
  walk(treeOf(text))
  return found
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && typeof (value as Tree).type === 'string'

export const statementsOf = (text: string): Tree[] => treeOf(text).body as Tree[]

/** String literals that may stand as any expression: no directives, no sources of imports, no keys. */
export function stringsOf(text: string): { node: Tree; value: string }[] {
  return nodesOf(text)
    .filter(({ node, parent, key }) => node.type === 'Literal' && typeof node.value === 'string' && !PLAIN.has(parent.type)
      && !(key === 'key' && parent.computed !== true))
    .map(({ node }) => ({ node, value: node.value as string }))
}

const PLAIN = new Set(['ExpressionStatement', 'ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'])

/** `x.name` with its dot and name, for those that are not optional. */
export function membersOf(text: string): { node: Tree; object: Tree; dot: number; name: string }[] {
  return nodesOf(text)
    .filter(({ node }) => node.type === 'MemberExpression' && node.computed !== true && node.optional !== true && (node.property as Tree).type === 'Identifier')
    .map(({ node }) => {
      const property = node.property as Tree
      return { node, object: node.object as Tree, dot: text.lastIndexOf('.', property.start), name: property.name as string }
    })
}

/** Gives every name that the program declares another one. */
export function renames(text: string, rename: (name: string, index: number) => string): Edit[] {
  const nodes = nodesOf(text)
  const patterns = new Set(nodes.filter(({ parent }) => parent.type === 'ObjectPattern').map(({ node }) => node))
  const declared = [...new Set(nodes.flatMap(({ node, parent, key }) => (
    node.type === 'Identifier' && (patterns.has(parent) ? key === 'value' : declares(parent, key)) ? [node.name as string] : [])))]
  const names = new Map(declared.map((name, index) => [name, rename(name, index)]))
  return nodes.flatMap(({ node, parent, key }): Edit[] => {
    const name = node.type === 'Identifier' ? names.get(node.name as string) : undefined
    if (name === undefined || node.end - node.start !== (node.name as string).length) return []
    if (parent.type === 'MemberExpression' && key === 'property' && parent.computed !== true) return []
    if (parent.type === 'MethodDefinition' && key === 'key') return []
    if (parent.type === 'Property' && parent.shorthand === true) return key === 'value' ? [{ from: node.start, to: node.end, text: `${node.name as string}: ${name}` }] : []
    if (parent.type === 'Property' && key === 'key' && parent.computed !== true) return []
    return [{ from: node.start, to: node.end, text: name }]
  })
}

function declares(parent: Tree, key: string): boolean {
  switch (parent.type) {
    case 'VariableDeclarator': return key === 'id'
    case 'FunctionDeclaration': case 'FunctionExpression': case 'ArrowFunctionExpression': return key === 'params' || key === 'id'
    case 'ClassDeclaration': return key === 'id'
    case 'CatchClause': return key === 'param'
    case 'ArrayPattern': case 'RestElement': return true
    case 'AssignmentPattern': return key === 'left'
    case 'ImportSpecifier': case 'ImportDefaultSpecifier': case 'ImportNamespaceSpecifier': return key === 'local'
    default: return false
  }
}
