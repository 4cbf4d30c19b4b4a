import type { Evidence } from '../../core/types.ts'
import type { Action } from '../../analysis/facts.ts'

const MOST = 8

/** An action as evidence, with what it says of itself, and with the text that hid it, where one did. */
export function shown(action: Pick<Action, 'file' | 'lines' | 'excerpt' | 'hidden'>, says: string): Evidence {
  const { file, lines, excerpt, hidden } = action
  const decodedFrom: Evidence | null = hidden && { file: hidden.file, lines: hidden.lines, excerpt: hidden.excerpt, says: `hidden by ${hidden.how}`.slice(0, 300) }
  return { file, lines, excerpt, says: says.slice(0, 300), ...(decodedFrom ? { decodedFrom } : {}) }
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
  const { kind, name, file } = action.trigger
  switch (kind) {
    case 'install-hook': return `the ${name} script`
    case 'build': return `building it (${name})`
    case 'startup': return `starting the interpreter (${name})`
    case 'generate': return 'go generate'
    case 'import': return `loading it (${name})`
    case 'editor': return `opening its folder (${name})`
    case 'command': return `its command ${name}`
    case 'test': return `its tests (${name})`
    case 'call': return `code in ${file ?? name}`
    case 'file': return `${file ?? name}`
  }
}
