import { defang } from '../analysis/indicators/index.ts'
import type { Answer } from '../api/schemas.ts'
import { chains } from './chains.ts'
import { plain, tail, wrap } from './print.ts'
import type { Paint } from './print.ts'

type Evidence = Answer<'scan'>['findings'][number]['evidence'][number]

/** Room a sentence must have beside its place; with less it stands on the next line. */
const NARROW = 44

/**
 * The evidence of a finding from top to bottom: each step with its place, what it says, and the code that says so. Chains are
 * tied together from their first step to their sink.
 */
export function steps(evidence: readonly Evidence[], paint: Paint, width: number): string[] {
  const longest = (lengths: readonly number[], limit: number): number => Math.min(limit, Math.max(...lengths))
  const sizes = {
    paint, width, roles: longest(evidence.map(({ role }) => role?.length ?? 0), 10), places: longest(evidence.map((one) => placeOf(one).length), 32),
  }
  let before: Evidence | undefined
  return chains(evidence).flatMap((chain) => chain.flatMap((one, index) => {
    const last = index === chain.length - 1
    const repeats = before?.file === one.file && before.excerpt === one.excerpt && (before.decodedFrom !== undefined || one.decodedFrom === undefined)
    before = one
    const joint = chain.length === 1 ? '·' : index === 0 ? '┌' : last ? '└' : '├'
    return step(repeats ? { ...one, excerpt: '' } : one, { joint: paint.dim(joint), rail: last ? ' ' : paint.dim('│') }, sizes)
  }))
}

interface Sizes { paint: Paint; width: number; roles: number; places: number }

function step(one: Evidence, { joint, rail }: { joint: string; rail: string }, { paint, width, roles, places }: Sizes): string[] {
  const role = roles > 0 ? `${(one.role ?? '').padEnd(roles)}  ` : ''
  const place = tail(placeOf(one), width - 6 - role.length).padEnd(places)
  const room = width - 6 - role.length - place.length - 2
  const beside = room >= NARROW
  const [first = '', ...rest] = beside ? wrap(saidBy(one), room) : ['', ...wrap(saidBy(one), width - 10)]
  const hang = ' '.repeat(beside ? role.length + place.length + 2 : 4)
  return [
    `    ${joint} ${one.role === 'sink' ? paint.red(role) : role}${paint.dim(place)}  ${first}`.trimEnd(),
    ...rest.map((line) => `    ${rail} ${hang}${line}`),
    ...frame(one, `    ${rail} ${' '.repeat(role.length)}`, { paint, width: width - 6 - role.length }),
  ]
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
    `${indent}${paint.dim(plain(`└ decoded from ${tail(placeOf(decodedFrom), width - 40)}, ${decodedFrom.says}`, width))}`,
    `${indent}  ${paint.dim(`${from} │`.trimStart())} ${code(decodedFrom.excerpt, width - from.length - 5)}`,
  ]
}

const placeOf = ({ file, lines }: Pick<Evidence, 'file' | 'lines'>): string => plain(lines[0] > 0 ? `${file}:${lines[0]}` : file, 500)
const saidBy = ({ says }: Evidence): string => defanged(plain(says, 300))

/** Links in a sentence or a line of code, as nothing a terminal would open. */
export const defanged = (text: string): string => text.replace(/\b(?:https?|ftp|wss?):\/\/[^\s'"`<>()]+/gi, (url) => defang(url, 'url'))
