import type { WatchAnswer } from '../api/watch-schemas.ts'
import { plain } from './print.ts'
import type { Printer } from './print.ts'

export type Checked = WatchAnswer<'names'>[number]

/** One name: what it is, or what it imitates and how. */
export function show(one: Checked, { paint, lines, width }: Printer): void {
  const name = paint.bold(plain(`${one.ecosystem}:${one.name}`))
  const level = one.level === 'alarm' ? paint.red('imitates') : one.level === 'note' ? paint.yellow('worth a look') : paint.green('nothing against it')
  const own = one.protected === null ? '' : `; itself ${one.protected === 'private' ? 'a private name' : one.protected === 'used' ? 'in use here' : 'popular'}`
  lines(`${name}  ${level}${own}${one.meant !== null && one.level !== 'none' ? `; did you mean ${paint.bold(plain(one.meant))}?` : ''}`)
  for (const says of one.because) lines(`  ${plain(says, width - 4)}`)
  const [first] = one.imitates
  if (first && one.level !== 'none') {
    const { blocks, damerau, jaro } = first.likeness
    const rank = first.rank === null ? '' : `, rank ${first.rank}`
    lines(paint.dim(`  like ${plain(first.name)} (${first.why}${rank}): ${first.kinds.map(({ kind }) => kind).join(', ')}; likeness ${two(blocks)} matching blocks, ${two(damerau)} Damerau-Levenshtein, ${two(jaro)} Jaro`))
  }
  if (one.problem !== null) lines(paint.yellow(`  the registry could not be asked: ${plain(one.problem)}`))
}

const two = (share: number): string => share.toFixed(2)
