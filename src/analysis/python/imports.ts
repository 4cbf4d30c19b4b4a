import { name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import { AS, COMMA, DOT, ELLIPSIS, IMPORT, OPEN, STAR, isCloser, isWord } from './tokens.ts'

/** What is imported, and the name that it is given. */
interface Imported {
  dotted: string
  as: string | null
}

/** `import a.b as c`. */
export function importOf(r: Reader): Node {
  const { from } = r
  r.next()
  const all = list(r)
  const here = r.since(from)
  return together(all.flatMap(({ dotted, as }): Node[] => {
    if (as !== null) return [r.set(name(as, here), load(dotted, here), here)]
    const root = dotted.split('.', 1)[0] as string
    return [r.set(name(root, here), load(root, here), here), ...submodules(r, dotted, here)]
  }), here)
}

/** `import a.b.c` also makes `b` a member of `a`, and `c` one of that. */
function submodules(r: Reader, dotted: string, here: At): Node[] {
  const parts = dotted.split('.')
  return parts.slice(1).map((part, index) => {
    const above = parts.slice(0, index + 1).join('.')
    return r.set({ is: 'member', of: load(above, here), key: text(part, here), at: here }, load(`${above}.${part}`, here), here)
  })
}

/** `from .a import (b as c)`, `from a import *`. */
export function fromOf(r: Reader): Node {
  const { from } = r
  r.next()
  const source = path(r)
  r.take(IMPORT)
  const star = r.take(STAR)
  const bracket = !star && r.take(OPEN)
  const all = star ? [] : list(r)
  if (bracket) r.close()
  else while (isCloser(r.kind)) r.next()
  const here = r.since(from)
  if (star) return r.set(name('*', here), load(source, here), here)
  return together(all.flatMap(({ dotted, as }): Node[] => {
    // What is imported from a package may be a module of it.
    const member: Node = { is: 'member', of: load(source, here), key: text(dotted, here), at: here }
    const local = name(as ?? dotted, here)
    if (/^\.+$/.test(source)) return [r.set(local, { is: 'group', parts: [member, load(source + dotted, here)], last: false, at: here }, here)]
    return [r.set(member, load(`${source}.${dotted}`, here), here), r.set(local, member, here)]
  }), here)
}

function list(r: Reader): Imported[] {
  const found: Imported[] = []
  do {
    const dotted = path(r)
    let as: string | null = null
    if (r.take(AS) && isWord(r.kind)) {
      as = r.value
      r.next()
    }
    if (dotted !== '') found.push({ dotted, as })
  } while (r.take(COMMA))
  return found
}

/** Names with dots between and before them. */
function path(r: Reader): string {
  let found = ''
  for (;;) {
    if (r.kind === DOT) found += '.'
    else if (r.kind === ELLIPSIS) found += '...'
    else if (isWord(r.kind) && r.kind !== IMPORT && r.kind !== AS && (found === '' || found.endsWith('.'))) found += r.value
    else return found
    r.next()
  }
}

const load = (module: string, at: At): Node => ({ is: 'import', module: text(module, at), at })

function together(sets: Node[], here: At): Node {
  const [only] = sets
  return only && sets.length === 1 ? only : sequence(sets, here)
}
