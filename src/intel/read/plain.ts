import { oneLine } from '../../core/text.ts'
import { spellIndicator } from '../indicator.ts'
import { idIn, listed, readName } from '../record.ts'
import type { Item } from '../record.ts'
import { specOf, together } from './csv.ts'
import type { ListOptions } from './csv.ts'
import { readVersions } from './versions.ts'

const MOST = 2_000_000

/**
 * One thing a line, `#` begins a comment: package URLs, `npm:name@version`, bare names where the ecosystem is given, or
 * indicators.
 */
export function readPlain(text: string, file: string, options: ListOptions): Iterable<Item> {
  return together(items(text, file, options))
}

function* items(text: string, file: string, options: ListOptions): Generator<Item> {
  let number = 0
  for (const line of linesOf(text)) {
    if (++number > MOST) return yield { where: `${file}:${number}`, problem: `more than ${MOST} lines: the rest is left out` }
    const entry = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (entry === '') continue
    yield itemOf(entry, `${file}:${number}`, options)
  }
}

function itemOf(entry: string, where: string, { source, tlp, ecosystem }: ListOptions): Item {
  const spec = specOf(entry) ?? (ecosystem === undefined || /^pkg:/i.test(entry) ? null : bare(entry, ecosystem))
  if (!spec) {
    if (/^pkg:/i.test(entry)) return { where, problem: `another kind of package, or no package URL: ${oneLine(entry, 80)}` }
    const spelled = spellIndicator(entry)
    if ('problem' in spelled) return { where, problem: spelled.problem }
    return { where, id: where, modified: null, advisories: [], indicators: [{ ...spelled, record: null, says: '', tlp, validUntil: null, withdrawn: null, modified: null }] }
  }
  const name = readName(spec.ecosystem, spec.name)
  if (name === null) return { where, problem: `no ${spec.ecosystem} package can be called ${oneLine(spec.name, 80)}` }
  const scope = readVersions(spec.ecosystem, spec.version ?? '')
  if (!scope) return { where, problem: `unreadable versions: ${oneLine(spec.version ?? '', 80)}` }
  const id = idIn(source, spec.ecosystem, name)
  return { where, id, modified: null, advisories: [listed({ id, ecosystem: spec.ecosystem, name, source, tlp, ...scope })], indicators: [] }
}

function bare(entry: string, ecosystem: NonNullable<ListOptions['ecosystem']>): ReturnType<typeof specOf> {
  return specOf(`${ecosystem}:${entry}`)
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    // A longer line is nobody's package and no indicator.
    yield text.slice(from, Math.min(to, from + 8_192))
    from = to + 1
  }
}
