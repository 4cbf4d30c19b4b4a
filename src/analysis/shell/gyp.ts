/**
 * Commands in a gyp file: `<!(…)`, `<!@(…)`, `<!pymod_do_main(…)` run while it is configured, and `action` lists run while
 * it builds. Offsets are into the text.
 */
export function gypCommands(text: string): { command: string; from: number; to: number }[] {
  const found: { command: string; from: number; to: number }[] = []
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', at + 2)) {
    const open = text[at + 2] === '(' ? at + 2 : text.startsWith('@(', at + 2) ? at + 3 : -1
    if (open < 0) continue
    let depth = 1
    let end = open + 1
    for (; end < text.length && depth > 0 && end - open < 20_000; end++) {
      if (text[end] === '(') depth++
      else if (text[end] === ')') depth--
    }
    found.push({ command: unescaped(text.slice(open + 1, end - 1)), from: at, to: end })
    at = open
  }
  for (let at = text.search(ACTION); at >= 0;) {
    const open = text.indexOf('[', at)
    const close = open < 0 ? -1 : text.indexOf(']', open)
    if (close < 0) break
    found.push({ command: unescaped(text.slice(open + 1, close).replaceAll(',', ' ')), from: at, to: close + 1 })
    const next = text.slice(close).search(ACTION)
    at = next < 0 ? -1 : close + next
  }
  return found
}

const ACTION = /['"]action['"]\s{0,20}:\s{0,20}\[/

/** A gyp file is a Python literal: quotes inside are escaped. */
const unescaped = (text: string): string => text.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll(/<[@|]?\([\w./-]{1,200}\)/g, '…')
