import { array, assert, constantFrom, letrec, nat, oneof, property, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { sketch } from '../flow/sketch.ts'
import { endOf, startOf } from '../flow/tree.ts'
import { nodesOf } from '../flow/walk.ts'
import { lowerPython } from './lower.ts'

/** Code, and what its sketch must be. */
type Pair = readonly [code: string, made: string]

const lower = (text: string) => lowerPython({ path: 'a.py', text, anchor: null })
const word = constantFrom('a', 'b', 'os', 'print', 'match')
const codes = (pairs: readonly Pair[], between: string): string => pairs.map(([code]) => code).join(between)
const mades = (pairs: readonly Pair[]): string => pairs.map(([, made]) => made).join(', ')

const { operand } = letrec<{ operand: Pair; whole: Pair }>((tie) => ({
  operand: oneof(
    { maxDepth: 4 },
    word.map((one): Pair => [one, one]),
    nat(99).map((one): Pair => [`${one}`, `${one}`]),
    constantFrom<Pair[]>(["'x'", '"x"'], ['r"\\n"', '"\\\\n"'], ['"""y\n"""', '"y\\n"'], ['"a" "b"', '"ab"']),
    tuple(tie('operand'), word).map(([[code, made], key]): Pair => [`(${code}).${key}`, `${made}.${key}`]),
    tuple(word, array(tie('whole'), { maxLength: 3 })).map(([callee, args]): Pair => [`${callee}(${codes(args, ', ')})`, `${callee}(${mades(args)})`]),
    array(tie('whole'), { maxLength: 3 }).map((parts): Pair => [`[${codes(parts, ',\n ')}]`, `[${mades(parts)}]`]),
    tie('whole').map(([code, made]): Pair => [`(\n ${code} # x\n)`, made]),
    tuple(word, tie('whole')).map(([param, [code, made]]): Pair => [`(lambda ${param}: ${code})`, `fn (${param}){return ${made}}`]),
    tie('operand').map(([code, made]): Pair => [`f'{ ${code} !r}'`, `("" + repr(${made}))`]),
  ),
  whole: oneof(
    { maxDepth: 3 },
    tie('operand'),
    tuple(tie('operand'), constantFrom('*', '//', '<<', '|', '<', 'not in', 'is not'), tie('operand')).map(([[left, a], sign, [right, b]]): Pair =>
      [`${left} ${sign} ${right}`, `(${a} ${sign} ${b})`]),
    tuple(tie('operand'), tie('operand'), tie('operand')).map(([[yes, a], [test, b], [no, c]]): Pair => [`${yes} if ${test} else ${no}`, `pick(${b} ? ${a} ? ${c})`]),
    tie('operand').map(([code, made]): Pair => [`not ${code}`, `(not ${made})`]),
  ),
}))

it('means what it says, whatever it is made of', () => {
  assert(property(array(operand, { minLength: 1, maxLength: 4 }), (all) => {
    const code = all.map(([one], index) => `if a:\n  v${index} = ${one}`).join('\n')
    expect(lower(code).map(sketch).join('; ')).toBe(all.map(([, made], index) => `if(a ? {v${index} = ${made}} ? ∅)`).join('; '))
  }), { numRuns: 300, seed: 7 })
})

it('is read wherever it is cut off or changed', () => {
  const noise = constantFrom('', '(', ')', '"', "'''", '{', '\n', ':', '\\', 'def ', 'f"{')
  assert(property(operand, nat(), nat(), noise, ([code], place, cut, put) => {
    const program = `def f(x):\n  return ${code}\nclass A(b):\n  c = ${code}\n`
    const from = place % program.length
    for (const text of [program.slice(0, from), program.slice(0, from) + put + program.slice(from + (cut % 5))]) {
      for (const { at } of nodesOf(lower(text))) expect(startOf(at) <= endOf(at) && endOf(at) <= text.length).toBe(true)
    }
  }), { numRuns: 200, seed: 7 })
})
