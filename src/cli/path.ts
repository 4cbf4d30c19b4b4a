import { defang } from '../analysis/indicators/index.ts'
import type { Answer } from '../api/schemas.ts'
import { plain, wrap } from './print.ts'
import type { Paint } from './print.ts'

type Evidence = Answer<'scan'>['findings'][number]['evidence'][number]

/** Room a sentence must have beside its place; with less it stands on the next line. */
const NARROW = 30

/**
 * The evidence of a finding from top to bottom: each step with its place, what it says, and the code that says so. A chain is
 * tied together from its first step to its sink; a finding may have several, and remarks that are part of none.
 */
export function steps(evidence: readonly Evidence[], paint: Paint, width: number): string[] {
  const roles = Math.max(...evidence.map(({ role }) => role?.length ?? 0))
  const places = Math.min(32, Math.max(...evidence.map((one) => placeOf(one).length)))
  return evidence.flatMap((one, index) => {
    const tied = (above: Evidence | undefined, under: Evidence | undefined): boolean => above?.role !== undefined && above.role !== 'sink' && under?.role !== undefined
    const [up, down] = [tied(evidence[index - 1], one), tied(one, evidence[index + 1])]
    const joint = up ? (down ? '├' : '└') : down ? '┌' : '·'
    const rail = down ? '│' : ' '
    const role = roles > 0 ? `${(one.role ?? '').padEnd(roles)}  ` : ''
    const place = placeOf(one).padEnd(places)
    const beside = width - 6 - role.length - place.length - 2
    const [first = '', ...rest] = beside >= NARROW ? wrap(saidBy(one), beside) : ['', ...wrap(saidBy(one), width - 10)]
    const hang = `    ${paint.dim(rail)} ${' '.repeat(beside >= NARROW ? role.length + place.length + 2 : 4)}`
    const before = evidence[index - 1]
    const shown = before?.file === one.file && before.excerpt === one.excerpt
    return [
      `    ${paint.dim(joint)} ${one.role === 'sink' ? paint.red(role) : role}${paint.dim(place)}  ${first}`.trimEnd(),
      ...rest.map((line) => `${hang}${line}`),
      ...(shown ? [] : frame(one, `    ${paint.dim(rail)} ${' '.repeat(role.length)}`, { paint, width: width - 6 - role.length })),
    ]
  })
}

/** The line of code with its number; of code that was hidden, first what was decoded and then where it comes from. */
function frame({ excerpt, lines, decodedFrom }: Evidence, indent: string, { paint, width }: { paint: Paint; width: number }): string[] {
  if (excerpt === '') return []
  const number = String(lines[0] > 0 ? lines[0] : '')
  const code = (text: string, room: number): string => defanged(plain(text, room))
  if (!decodedFrom) return [`${indent}${paint.dim(`${number} │`.trimStart())} ${code(excerpt, width - number.length - 3)}`]
  const from = decodedFrom.lines[0] > 0 ? String(decodedFrom.lines[0]) : ''
  return [
    `${indent}${paint.dim('│')} ${paint.yellow(code(excerpt, width - 2))}`,
    `${indent}${paint.dim(`└ decoded from ${placeOf(decodedFrom)}, ${plain(decodedFrom.says, width - 20)}`)}`,
    `${indent}  ${paint.dim(`${from} │`.trimStart())} ${code(decodedFrom.excerpt, width - from.length - 5)}`,
  ]
}

const placeOf = ({ file, lines }: Pick<Evidence, 'file' | 'lines'>): string => plain(lines[0] > 0 ? `${file}:${lines[0]}` : file, 100)
const saidBy = ({ says }: Evidence): string => defanged(plain(says, 300))

/** Links in a sentence or a line of code, as nothing a terminal would open. */
export const defanged = (text: string): string => text.replace(/\b(?:https?|ftp|wss?):\/\/[^\s'"`<>()]+/gi, (url) => defang(url, 'url'))
