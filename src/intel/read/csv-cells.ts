/** One line of a table: its cells and the number of the line it begins on. */
export interface Row { line: number; cells: string[]; problem?: string }

const LONGEST_CELL = 64 * 1024
const MOST_CELLS = 500

/**
 * RFC 4180, and what people make of it: any of `,`, `;` and tab between cells (whichever the first line has most of), quotes
 * doubled inside quotes, lines that end in LF, CRLF or CR, `#` lines left out. A quote that is never closed ends with its line,
 * and that line is a problem: one bad record does not swallow the rest of a file. Linear.
 */
export function* rowsOf(text: string): Generator<Row> {
  const separator = separatorOf(text)
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  while (at < text.length) {
    const end = endOfLine(text, at)
    if (text[at] === '#') {
      at = end.next
      line++
      continue
    }
    const read = cellsAt(text, at, separator)
    if (read === null) {
      yield { line, cells: [], problem: 'a quote is not closed' }
      at = end.next
      line++
      continue
    }
    const { cells, next, lines, problem } = read
    if (cells.some((cell) => cell !== '')) yield { line, cells, ...(problem === null ? {} : { problem }) }
    at = next
    line += lines
  }
}

interface Cells { cells: string[]; next: number; lines: number; problem: string | null }

/** How far a quoted cell may go over line ends. */
const MOST_LINES = 200

function cellsAt(text: string, from: number, separator: string): Cells | null {
  const cells: string[] = []
  let at = from
  let lines = 1
  let problem: string | null = null
  for (;;) {
    let cell: string
    if (text[at] === '"') {
      const quoted = quotedAt(text, at)
      if (!quoted) return null
      cell = quoted.value
      at = quoted.next
      lines += quoted.lines
      if (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') {
        const rest = unquotedEnd(text, at, separator)
        cell += text.slice(at, rest)
        at = rest
      }
    } else {
      const end = unquotedEnd(text, at, separator)
      cell = text.slice(at, end)
      at = end
    }
    if (cell.length > LONGEST_CELL) problem ??= `a cell of ${cell.length} characters`
    if (cells.length >= MOST_CELLS) problem ??= `more than ${MOST_CELLS} cells`
    else cells.push(problem === null ? cell.trim() : '')
    if (text[at] === separator) {
      at++
      continue
    }
    return { cells, next: endOfLine(text, at).next, lines, problem }
  }
}

function quotedAt(text: string, from: number): { value: string; next: number; lines: number } | null {
  let value = ''
  let at = from + 1
  let lines = 0
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0 || quote - from > LONGEST_CELL * 2) return null
    const part = text.slice(at, quote)
    lines += part.split('\n').length - 1
    if (lines > MOST_LINES) return null
    value += part
    if (text[quote + 1] !== '"') return { value, next: quote + 1, lines }
    value += '"'
    at = quote + 2
  }
}

function unquotedEnd(text: string, from: number, separator: string): number {
  let at = from
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
  return at
}

function endOfLine(text: string, from: number): { next: number } {
  let at = from
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++
  return { next: at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1) }
}

function separatorOf(text: string): string {
  const first = text.slice(0, 4_096).split(/[\r\n]+/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''
  const counts = [',', ';', '\t'].map((sign) => [sign, first.split(sign).length] as const)
  return counts.reduce((most, one) => (one[1] > most[1] ? one : most))[0]
}
