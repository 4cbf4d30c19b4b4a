import { name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { readPercent } from './strings.ts'

const call = (callee: string, args: readonly Node[], here: At): Node => ({ is: 'call', callee: name(callee, here), args, named: [], made: false, at: here })

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
