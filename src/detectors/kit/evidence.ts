import type { Evidence } from '../../core/types.ts'
import type { Action } from '../../analysis/facts.ts'

const MOST = 6

/** An action as evidence, with what it says of itself. */
export function shown(action: Action, says: string): Evidence {
  return { file: action.file, lines: action.lines, excerpt: action.excerpt, says: says.slice(0, 300) }
}

/** The first few, each place once; the type of a finding wants at least one. */
export function evidence(first: Evidence, rest: readonly Evidence[]): [Evidence, ...Evidence[]] {
  const seen = new Set([key(first)])
  const more = rest.filter((one) => !seen.has(key(one)) && seen.add(key(one)))
  return [first, ...more.slice(0, MOST - 1)]
}

const key = (one: Evidence): string => `${one.file}\0${one.lines[0]}\0${one.says}`

/** How a trigger is called in a sentence. */
export function when(action: Action): string {
  const { kind, name } = action.trigger
  if (kind === 'install-hook') return `the ${name} script`
  if (kind === 'build') return `building it (${name})`
  if (kind === 'startup') return `starting the interpreter (${name})`
  if (kind === 'generate') return 'go generate'
  return `loading it (${name})`
}
