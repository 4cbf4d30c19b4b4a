import { group, name, nothing, text } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import type { Source } from '../source.ts'
import { pointed } from './composites.ts'
import { readTypeSpec } from './declarations.ts'
import { directives, embeds, preamble } from './directives.ts'
import { stringOf } from './literals.ts'
import { Reader } from './reader.ts'
import { Statements } from './statements.ts'
import { tokensOf } from './tokens.ts'
import { readParameters, readSignature } from './types.ts'

/**
 * A Go file as the flow engine's tree. Its `init` functions are called where the file ends, in order; methods are members of
 * the record that their type's name stands for. Broken syntax still gives a tree; what is nested deeper than the stack is a
 * RangeError.
 */
export function lowerGo(source: Source): readonly Node[] {
  const tokens = tokensOf(source.text)
  const reader = new Reader(tokens, source.path, embeds(source.text, tokens.comments))
  const statements = new Statements(reader)
  learn(reader)
  // The order of declarations means nothing in Go: what others may use comes first.
  const imports: Node[] = []
  const declarations: Node[] = []
  const variables: Node[] = []
  const inits: Node[] = []
  while (!reader.done) {
    const before = reader.pos
    if (reader.sees('end')) reader.pos++
    else if (reader.take('package')) reader.word()
    else if (reader.is('import')) imports.push(...imported(reader, source.text))
    else if (reader.is('func')) {
      const made = declared(reader, statements)
      if (made?.is === 'call') inits.push(made)
      else if (made) declarations.push(made)
    } else (reader.is('type') ? declarations : variables).push(statements.one())
    if (reader.pos === before) reader.pos++
  }
  return [...directives(reader, source.text), ...imports, ...declarations, ...variables, ...inits]
}

/** Reads ahead what the file declares: a name may be used above the place that says what it is. */
function learn(reader: Reader): void {
  const { kinds, said, closes } = reader.tokens
  for (let at = 0; at < kinds.length; at++) {
    if (kinds[at] === 'sign' && (said[at] === '{' || said[at] === '(' || said[at] === '[')) at = closes[at] || kinds.length
    else if (kinds[at] === 'keyword' && said[at] === 'func' && kinds[at + 1] === 'word') reader.declared.add(said[at + 1] as string)
    else if (kinds[at] === 'keyword' && said[at] === 'type') {
      reader.pos = at + 1
      if (reader.is('(')) {
        at = reader.close
        reader.inside(() => typeAhead(reader))
      } else {
        typeAhead(reader)
        at = Math.max(at, reader.pos - 1)
      }
    }
  }
  reader.pos = 0
}

function typeAhead(reader: Reader): void {
  const spec = readTypeSpec(reader)
  if (spec !== null) reader.declared.add(spec.own)
}

/** `import "a"`, `import b "a"`, `import . "a"`, `import _ "a"`, alone or in brackets. */
function imported(reader: Reader, source: string): Node[] {
  const found: Node[] = []
  const { from } = reader
  reader.pos++
  const grouped = reader.is('(')
  const spec = (): void => {
    const start = reader.from
    const dot = reader.take('.')
    const own = reader.word()
    if (!reader.sees('text')) return
    const module = stringOf(reader.said, reader.here())
    reader.pos++
    const path = module.is === 'text' ? module.value : ''
    const at = reader.since(start)
    const load: Node = { is: 'import', module: text(path, at), at }
    if (path === 'C') found.push(...preamble(reader, source, grouped ? start : from))
    if (dot) reader.dotted.push(path)
    if (dot || own === '_') found.push(load)
    else for (const local of own === null ? localNames(path) : [own]) {
      reader.imports.set(local, path)
      found.push({ is: 'set', target: name(local, at), value: load, declares: true, at })
    }
  }
  if (grouped) reader.inside(spec)
  else spec()
  return found
}

/**
 * What a package is most likely called: the end of its path without a version, and without `go-` or `-go`. Its own clause
 * has the last word, but stands in another module.
 */
function localNames(path: string): readonly string[] {
  const parts = path.split('/')
  const last = (/^v\d+$/.test(parts.at(-1) ?? '') && parts.length > 1 ? parts.at(-2) : parts.at(-1)) ?? path
  const plain = last.replace(/\.v\d+$/, '').replace(/^go[-.]|[-.]go$/g, '')
  const names = plain.includes('-') ? [plain.replaceAll('-', ''), plain.replaceAll('-', '_'), plain.split('-').at(-1) ?? plain] : [plain]
  return [...new Set(names)]
}

/** A function or method; `init` is its own call. */
function declared(reader: Reader, statements: Statements): Node | null {
  const { from } = reader
  reader.pos++
  const [receiver] = reader.is('(') ? readParameters(reader) : []
  const at = reader.here()
  const own = reader.word()
  if (own === null) return null
  const { params, results } = readSignature(reader)
  if (!reader.is('{')) return null
  reader.results = results
  const lines = statements.block()
  reader.results = []
  const here = reader.since(from)
  // A lone type is read as a name.
  const type = receiver ? receiver.type ? pointed(receiver.type).name : receiver.alone === null ? null : name(receiver.alone, at) : null
  const self: Node[] = receiver?.name && type ? [{ is: 'set', target: name(receiver.name, at), value: type, declares: true, at }] : []
  const func: Node = { is: 'function', name: own, params, body: [...self, ...lines], at: here }
  if (receiver) {
    if (type?.is !== 'name') return group([func], here)
    return { is: 'set', target: { is: 'member', of: type, key: text(own, at), at }, value: func, declares: false, at: here }
  }
  if (own === 'init') return { is: 'call', callee: func, args: [], named: [], made: false, at: here }
  return own === '_' ? nothing(here) : { is: 'set', target: name(own, at), value: func, declares: true, at: here }
}
