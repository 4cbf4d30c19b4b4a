const NESTED = 4
const LONGEST = 8_000
const BRACKET = /<!@?\(|\(|\)/g

/** A command in a gyp file, at its offsets in the text. */
export interface GypCommand {
  command: string
  from: number
  to: number
}

/**
 * Commands in a gyp file: `<!(…)` and `<!@(…)` run while it is configured, `action` lists run while it builds.
 * One pass; expansions inside expansions are commands of their own, to a small depth.
 */
export function gypCommands(text: string): GypCommand[] {
  const found: GypCommand[] = []
  const open: { from: number; start: number }[] = []
  let expansions = 0
  const close = (end: number): void => {
    const bracket = open.pop()
    if (!bracket || bracket.from === bracket.start - 1) return
    if (expansions-- > NESTED) return
    found.push({ command: unescaped(text.slice(bracket.start, Math.min(end, bracket.start + LONGEST))), from: bracket.from, to: end + 1 })
  }
  for (const { 0: token, index } of text.matchAll(BRACKET)) {
    if (token === ')') close(index)
    else {
      if (token !== '(') expansions++
      open.push({ from: index, start: index + token.length })
    }
  }
  while (open.length > 0) close(text.length)
  for (const list of text.matchAll(ACTION)) {
    const words = unescaped((list[1] ?? '').replaceAll(',', ' '))
    found.push({ command: words, from: list.index, to: list.index + list[0].length })
  }
  return found
}

const ACTION = /['"]action['"]\s{0,20}:\s{0,20}\[([^\]]{0,4000})\]/g

/** A gyp file is a Python literal: quotes inside are escaped. Variables are not known. */
const unescaped = (text: string): string => text.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll(/<[@|]?\([\w./-]{1,200}\)/g, '…')
