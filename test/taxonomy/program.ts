/** A stretch of a text, as offsets: its beginning, and what comes after its end. */
export type Stretch = readonly [from: number, to: number]

/** Code that knows where what it does stands, however it is rewritten. */
export interface Program {
  text: string
  /** Where a finding has to point: at least one of its places must touch one of these. */
  marks: readonly Stretch[]
}

export interface Edit {
  from: number
  to: number
  text: string
}

/** Reads code in which `«` and `»` stand around what has to be found. */
export function program(marked: string): Program {
  const marks: Stretch[] = []
  let text = ''
  let from = 0
  for (const part of marked.trim().split(/([«»])/)) {
    if (part === '«') from = text.length
    else if (part === '»') marks.push([from, text.length])
    else text += part
  }
  return { text: `${text}\n`, marks }
}

/** Replaces stretches that do not overlap; marks move along, and grow over what they touch. */
export function edited({ text, marks }: Program, edits: readonly Edit[]): Program {
  const sorted = edits.toSorted((a, b) => a.from - b.from || a.to - b.to)
  let result = ''
  let at = 0
  const moves: { from: number; to: number; shiftBefore: number; shiftAfter: number }[] = []
  for (const edit of sorted) {
    result += text.slice(at, edit.from)
    const shiftBefore = result.length - edit.from
    result += edit.text
    at = edit.to
    moves.push({ from: edit.from, to: edit.to, shiftBefore, shiftAfter: result.length - edit.to })
  }
  const moved = (offset: number, end: boolean): number => {
    let shift = 0
    for (const move of moves) {
      if (move.from > offset || (move.from === offset && end)) break
      if (move.to <= offset) shift = move.shiftAfter
      else return end ? move.to + move.shiftAfter : move.from + move.shiftBefore
    }
    return offset + shift
  }
  return { text: result + text.slice(at), marks: marks.map(([from, to]) => [moved(from, false), moved(to, true)]) }
}

/** The code between two texts. */
export const between = (before: string, code: Program, after: string): Program =>
  edited(code, [{ from: 0, to: 0, text: before }, { from: code.text.length, to: code.text.length, text: after }])

/** A text that carries the whole program in another form: whatever is found stands in its lines. */
export const carrier = (text: string): Program => ({ text, marks: [[0, text.length]] })

/** The first and last line of each mark, 1-based. */
export function linesOf({ text, marks }: Program): [first: number, last: number][] {
  const line = (offset: number): number => text.slice(0, offset).split('\n').length
  return marks.map(([from, to]) => [line(from), line(Math.max(from, to - 1))])
}

/** Numbers below a limit, the same ones for the same seed. */
export type Roll = (below: number) => number

export function rolling(seed: string): Roll {
  let state = 0
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
