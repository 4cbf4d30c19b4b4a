import type { Indicator } from './indicator.ts'

/** An indicator and the stretch of text that belongs to it: nothing else is looked for in there. */
export interface Found extends Indicator {
  from: number
  to: number
}

/** So many candidates of a kind are looked at in one text; the rest of it is a flood. */
export const PATIENCE = 10_000

/** Whether places, asked for in ascending order, lie in one of some stretches. */
export function within(stretches: readonly { from: number; to: number }[]): (at: number) => boolean {
  if (stretches.length === 0) return nowhere
  const sorted = [...stretches].sort((a, b) => a.from - b.from)
  let next = 0
  return (at) => {
    while (next < sorted.length && (sorted[next] as Found).to <= at) next++
    return next < sorted.length && (sorted[next] as Found).from <= at
  }
}

const nowhere = (): boolean => false

const HOST_CHARACTER = /[\w\u00a1-\u1fff\u2c00-\u2fef\u3040-\ud7ff\uf900-\ufdff.-]/
const ASCII = Array.from({ length: 128 }, (_, code) => HOST_CHARACTER.test(String.fromCharCode(code)))

export function isHostCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < 128 ? ASCII[code] as boolean : HOST_CHARACTER.test(text[at] ?? '')
}

export const LONGEST_HOST = 255
