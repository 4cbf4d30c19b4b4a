/**
 * One line of what strace 6.1 writes with `-f -ttt -o FILE`. Everything that traced programs can influence stands inside quotes
 * or angle brackets, where strace escapes line ends, quotes and closing brackets: a line cannot be forged from inside, as long
 * as it is read from the left with that nesting in mind, never by searching for `) = `.
 */

/** A finished call. `args` is the text between the parentheses, still escaped. */
export interface Call {
  /** Of the thread, as strace numbers it. */
  tid: number
  /** Epoch milliseconds of its beginning. */
  at: number
  name: string
  args: string
  /** What stands behind the equals sign: `3</etc/hosts>`, `-1 ENOENT (No such file or directory)`, `?`. */
  result: string
  /** It never came back: killed, or the trace ends. */
  open: boolean
}

/** What a thread comes to: `exited`, `killed`, or `superseded` by another thread of its process that executed a program. */
export interface Ending {
  tid: number
  at: number
  what: 'exited' | 'killed' | 'superseded'
  exit: number | null
  signal: string | null
}

export type Line =
  | { what: 'call'; call: Call }
  | { what: 'begun'; tid: number; at: number; name: string; args: string }
  | { what: 'resumed'; tid: number; at: number; name: string; rest: string }
  /** An exec by a thread that goes on under its leader's number. */
  | { what: 'moved'; tid: number; at: number; name: string; args: string; to: number }
  | { what: 'ending'; ending: Ending }
  | { what: 'signal'; tid: number; at: number; text: string }

const UNFINISHED = ' <unfinished ...>'

/** null: no line of strace's. */
export function readLine(line: string): Line | null {
  let i = 0
  let tid = 0
  let digit = line.charCodeAt(i) - 48
  for (; digit >= 0 && digit <= 9 && i < 10; digit = line.charCodeAt(++i) - 48) tid = tid * 10 + digit
  if (i === 0) return null
  const gap = i
  while (line.charCodeAt(i) === 32) i++
  if (i === gap) return null

  const from = i
  let seconds = 0
  digit = line.charCodeAt(i) - 48
  for (; digit >= 0 && digit <= 9 && i - from < 12; digit = line.charCodeAt(++i) - 48) seconds = seconds * 10 + digit
  if (i === from || line.charCodeAt(i) !== 46) return null
  let fraction = 0
  let unit = 1000
  digit = line.charCodeAt(++i) - 48
  for (; digit >= 0 && digit <= 9; digit = line.charCodeAt(++i) - 48) fraction += digit * (unit /= 10)
  if (line.charCodeAt(i) !== 32) return null
  const at = seconds * 1000 + fraction

  switch (line.charCodeAt(++i)) {
    case 43: return readEnding(line.slice(i), tid, at)
    case 45: return line.startsWith('--- ', i) && line.endsWith(' ---') ? { what: 'signal', tid, at, text: line.slice(i + 4, -4) } : null
    case 60: return readResumed(line, i, tid, at)
    default: return readCall(line, i, tid, at)
  }
}

function readEnding(text: string, tid: number, at: number): Line | null {
  const exited = /^\+\+\+ exited with (\d{1,3}) \+\+\+$/.exec(text)
  if (exited) return { what: 'ending', ending: { tid, at, what: 'exited', exit: Number(exited[1]), signal: null } }
  const killed = /^\+\+\+ killed by (\w{1,16})(?: \(core dumped\))? \+\+\+$/.exec(text)
  if (killed) return { what: 'ending', ending: { tid, at, what: 'killed', exit: null, signal: killed[1] as string } }
  const superseded = /^\+\+\+ superseded by execve in pid \d+.{0,60} \+\+\+$/.test(text)
  return superseded ? { what: 'ending', ending: { tid, at, what: 'superseded', exit: null, signal: null } } : null
}

/** `<... openat resumed>) = 3`: the rest of what was begun. */
function readResumed(line: string, from: number, tid: number, at: number): Line | null {
  if (!line.startsWith('<... ', from)) return null
  const end = line.indexOf(' resumed>', from)
  if (end < 0 || end - from > 40) return null
  return { what: 'resumed', tid, at, name: line.slice(from + 5, end), rest: line.slice(end + 9) }
}

function readCall(line: string, from: number, tid: number, at: number): Line | null {
  const open = line.indexOf('(', from)
  if (open <= from || open - from > 40) return null
  const name = line.slice(from, open)
  if (line.endsWith(UNFINISHED)) return { what: 'begun', tid, at, name, args: line.slice(open + 1, -UNFINISHED.length) }
  const moved = line.endsWith(' ...>') ? /^(.*) <pid changed to (\d{1,10}) \.\.\.>$/.exec(line.slice(open + 1)) : null
  if (moved) return { what: 'moved', tid, at, name, args: moved[1] as string, to: Number(moved[2]) }
  const split = finish(line, open + 1)
  return split && { what: 'call', call: { tid, at, name, args: line.slice(open + 1, split.end), result: split.result, open: split.result === '?' } }
}

/** The call that a beginning and its rest make; null where they do not. */
export function joined(begun: { tid: number; at: number; name: string; args: string }, rest: string): Call | null {
  const ended = rest.replace(/^ <unfinished \.\.\.>/, '')
  const text = begun.args + ended
  const split = finish(text, 0)
  if (!split) return null
  const { tid, at, name } = begun
  return { tid, at, name, args: text.slice(0, split.end), result: split.result, open: split.result === '?' }
}

/** Where the arguments end, and what follows the equals sign. */
function finish(text: string, from: number): { end: number; result: string } | null {
  const end = closing(text, from)
  if (end < 0) return null
  let i = end + 1
  while (text.charCodeAt(i) === 32) i++
  return text.charCodeAt(i) === 61 && text.charCodeAt(i + 1) === 32 ? { end, result: text.slice(i + 2) } : null
}

/** Index of the parenthesis that closes the arguments which begin at `from`; -1: there is none. */
function closing(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34:
        i = afterString(text, i) - 1
        if (i < 0) return -1
        break
      case 60:
        i = afterAngle(text, i) - 1
        if (i < 0) return -1
        break
      case 40: case 91: case 123: depth++; break
      case 93: case 125: depth--; break
      case 41: if (depth-- === 0) return i
    }
  }
  return -1
}

/** Behind the quote that ends the string which begins at `from`; 0: it does not end. */
export function afterString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1
    while (text.charCodeAt(before) === 92) before--
    if ((quote - before) % 2 === 1) return quote + 1
  }
  return 0
}

/**
 * Behind the bracket that closes an annotation of a descriptor (`3</dev/null<char 1:3>>`), or behind a `<` that is none
 * (`1<<CAP_KILL`). 0: it does not end.
 */
export function afterAngle(text: string, from: number): number {
  const first = text.charCodeAt(from + 1)
  if (first === 60) return from + 2
  // Only protocols are in capitals; a path may end in a dash.
  const socket = first >= 65 && first <= 90
  let depth = 0
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 92: i++; break
      case 34:
        i = afterString(text, i) - 1
        if (i < 0) return 0
        break
      // The arrow between the two ends of a connection closes nothing.
      case 45: if (socket && text.charCodeAt(i + 1) === 62) i++; break
      case 60: depth++; break
      case 62: if (--depth === 0) return i + 1
    }
  }
  return 0
}
