import { endOf, name, span, startOf, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { readPercent, unescaped } from './strings.ts'
import { at, isExpression, kid } from './syntax.ts'
import type { Leaf, Lower } from './syntax.ts'

const call = (callee: string, args: readonly Node[], here: At): Node => ({ is: 'call', callee: name(callee, here), args, named: [], made: false, at: here })

/** Texts and values of an f-string. */
export function formatted(leaf: Leaf, code: string, lower: Lower): Node[] {
  const open = /^([a-zA-Z]*)("""|'''|"|')/.exec(code.slice(leaf.from, leaf.from + 6))
  const raw = /r/i.test(open?.[1] ?? '')
  const quote = open?.[2]?.length ?? 1
  const parts: Node[] = []
  const say = (from: number, to: number): void => {
    const said = code.slice(from, Math.max(from, to))
    const plain = (raw ? said : unescaped(said)).replace(/\{\{|\}\}/g, (pair) => pair[0] ?? '')
    if (plain !== '' || parts.length === 0) parts.push(text(plain, span(from, Math.max(from, to))))
  }
  let from = leaf.from + (open?.[0].length ?? 1)
  for (const hole of leaf.kids) {
    if (hole.type !== 'FormatReplacement') continue
    const value = lower(hole.kids.find((one) => isExpression(one)))
    say(from, hole.from)
    if (kid(hole, 'FormatSelfDoc')) parts.push(text(`${code.slice(startOf(value.at), endOf(value.at))}=`, at(hole)))
    parts.push(spelled(hole, value, code, lower))
    from = hole.to
  }
  const closed = code.slice(leaf.to - quote, leaf.to) === open?.[2] && leaf.to - quote >= from
  say(from, closed ? leaf.to - quote : leaf.to)
  return parts
}

function spelled(hole: Leaf, value: Node, code: string, lower: Lower): Node {
  const here = at(hole)
  const spec = kid(hole, 'FormatSpec')
  const conversion = kid(hole, 'FormatConversion')
  const quoted = kid(hole, 'FormatSelfDoc') && !spec ? true : conversion !== undefined && code[conversion.from + 1] !== 's'
  const said = quoted ? call('repr', [value], here) : value
  if (!spec) return said
  const parts: Node[] = []
  let from = spec.from + 1
  for (const inner of spec.kids) {
    if (inner.type !== 'FormatReplacement') continue
    parts.push(text(code.slice(from, inner.from), span(from, inner.from)), lower(inner.kids.find((one) => isExpression(one))))
    from = inner.to
  }
  const end = text(code.slice(from, spec.to), span(from, spec.to))
  return call('format', [said, parts.length > 0 ? { is: 'join', parts: [...parts, end], at: at(spec) } : end], here)
}

/** `'%s-%02x' % (a, b)`: texts and values, those that are not spelled as they are by way of `format`, `chr` and `repr`. */
export function percent(format: string, right: Node, several: boolean, here: At): Node {
  const pieces = readPercent(format)
  const holes = pieces.length >> 1
  const values = several && right.is === 'list' ? right.parts : null
  const parts = pieces.map((piece, index): Node => {
    if (typeof piece === 'string') return text(piece, here)
    const order = index >> 1
    const key: Node | null = piece.key !== null ? text(piece.key, here) : holes > 1 ? { is: 'number', value: order, at: here } : null
    const value: Node = values && piece.key === null ? values[order] ?? text('', here) : key ? { is: 'member', of: right, key, at: here } : right
    if (piece.type === 'c') return call('chr', [value], here)
    if (piece.type === 'r' || piece.type === 'a') return call('repr', [value], here)
    const plain = piece.spec === '' && /[sdiu]/.test(piece.type)
    return plain ? value : call('format', [value, text(piece.spec.replace('-', '<') + (/[sdiu]/.test(piece.type) ? '' : piece.type), here)], here)
  })
  return { is: 'join', parts: parts.filter((part, index) => index === 0 || part.is !== 'text' || part.value !== ''), at: here }
}
