import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { ListedIndicator } from './indicator.ts'
import { readContent } from './read/content.ts'
import type { Format } from './read/content.ts'
import type { Item, ListedAdvisory, Problem } from './record.ts'
import type { Tlp } from './tlp.ts'

export interface List {
  format: Format
  /** One an advisory and package; withdrawn ones, too. */
  packages: ListedAdvisory[]
  indicators: ListedIndicator[]
  /** What was left out, and where; the first thousand. */
  problems: Problem[]
  problemsTotal: number
}

const LARGEST = 256 * 1024 * 1024
const LISTED = 1_000

/**
 * A published list as it is: OSV, STIX 2.1, MISP, CSV, package URLs or indicators one a line, told apart by content. `name` is
 * what its entries call their source and where problems say they are. Throws `feed-invalid` for what is no list at all.
 */
export function readList(bytes: Uint8Array, name: string, { ecosystem, tlp = 'clear' }: { ecosystem?: EcosystemId; tlp?: Tlp } = {}): List {
  if (bytes.byteLength > LARGEST) throw new SluiceError('feed-invalid', `${name} has ${bytes.byteLength} bytes; at most ${LARGEST} are read`)
  const { format, items } = readContent(bytes, name, { source: name, tlp, ecosystem })
  const list: List = { format, packages: [], indicators: [], problems: [], problemsTotal: 0 }
  for (const item of sane(items, name)) {
    if ('problem' in item) {
      list.problemsTotal++
      if (list.problems.length < LISTED) list.problems.push(item)
    } else {
      list.packages.push(...item.advisories)
      list.indicators.push(...item.indicators)
    }
  }
  return list
}

/** How many lines may be nothing before a file that has had nothing else is no list. */
const PATIENCE = 10_000

/**
 * Passes items on. Where all of them are problems, and not merely of other ecosystems, the file is another kind of file:
 * throws `feed-invalid`.
 */
export function* sane(items: Iterable<Item>, name: string): Generator<Item> {
  let good = false
  const bad: Problem[] = []
  let first: Problem | null = null
  for (const item of items) {
    if (!good && 'problem' in item && bad.length < PATIENCE) {
      bad.push(item)
      if (!/^(?:another|only git)/.test(item.problem)) first ??= item
      else good ||= first === null && bad.length === PATIENCE
      continue
    }
    if (!('problem' in item)) good = true
    if (!good) break
    yield* bad.splice(0)
    yield item
  }
  if (!good && first) throw new SluiceError('feed-invalid', `${name} is no list of packages or indicators: ${first.where}: ${first.problem}`, { hint: 'OSV, STIX 2.1, MISP, CSV with a line of column names, or package URLs one a line' })
  yield* bad
}
