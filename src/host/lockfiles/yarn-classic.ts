import { fromHex, fromSri } from './digests.ts'
import { addPackages } from './npm-graph.ts'
import type { FlatPackage } from './npm-graph.ts'
import { askedBeside } from './package-json.ts'
import type { Format, Reading } from './project-file.ts'
import { readNpmSpec, readResolved } from './source.ts'

const LONGEST_LINE = 50_000

interface Entry {
  /** `name@range`, several. */
  patterns: string[]
  line: number
  fields: Map<string, string>
  asks: { name: string; ref: string }[]
}

/** yarn 1's own format (docs of yarn 1, yarn.lock): entries by the patterns they answer, two spaces a level. */
export const yarnClassic: Format = {
  name: 'yarn 1',
  files: 'yarn.lock',
  ecosystem: 'npm',
  matches: (name) => name === 'yarn.lock',
  read(reading) {
    const packages = new Map<string, FlatPackage>()
    const byPattern = new Map<string, string>()
    /** null where several entries have the name. */
    const byName = new Map<string, string | null>()
    for (const entry of entriesOf(reading)) {
      const key = `${entry.line}`
      const [first = ''] = entry.patterns
      const { name, range } = split(first)
      const spec = readNpmSpec(range)
      for (const pattern of entry.patterns) {
        byPattern.set(pattern, key)
        const { name: called } = split(pattern)
        byName.set(called, byName.has(called) && byName.get(called) !== key ? null : key)
      }
      const resolved = entry.fields.get('resolved') ?? null
      const version = entry.fields.get('version') ?? null
      const digests = [...fromSri(entry.fields.get('integrity') ?? null), ...fromHex(/#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1] ?? null, 'sha1')]
      const source = spec.source.kind === 'registry' && resolved !== null ? readResolved(resolved.replace(/#[0-9a-f]{40}$/, '')) : spec.source
      if (version === null) reading.problem(entry.line, `${first.slice(0, 100)} has no version`)
      packages.set(key, {
        draft: { name: spec.name ?? name, alias: name, version, range: spec.range, source, digests, line: entry.line },
        asks: entry.asks,
      })
    }
    const asked = askedBeside(reading)?.map(({ name, range, dev }) => ({ name, ref: range, range, dev })) ?? null
    // `resolutions` of package.json answer other patterns than those asked for: then a name that stands once is meant.
    addPackages(reading, { packages, asked, resolve: (_from, name, ref) => byPattern.get(`${name}@${ref}`) ?? byName.get(name) ?? null })
  },
}

function split(pattern: string): { name: string; range: string } {
  const mark = pattern.indexOf('@', 1)
  return mark < 0 ? { name: pattern, range: '' } : { name: pattern.slice(0, mark), range: pattern.slice(mark + 1) }
}

function* entriesOf(reading: Reading): Generator<Entry> {
  let entry: Entry | null = null
  let inside: string | null = null
  let number = 0
  for (const raw of reading.text.split('\n')) {
    number++
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line.trim() === '' || line.startsWith('#')) continue
    const indent = line.length - line.trimStart().length
    const conflict = /^(?:<{7}|\|{7}|={7}|>{7})/.test(line)
    const words = conflict || line.length > LONGEST_LINE ? null : wordsOf(line.trim())
    if (!words) {
      // What follows a header that cannot be read is not of the entry before it.
      if (indent === 0 && entry) yield entry
      if (indent === 0) entry = null
      reading.problem(number, conflict ? 'a merge conflict is not resolved' : 'a line that cannot be read was left out', 'broken')
      continue
    }
    const [key = '', value] = words.list
    if (indent === 0) {
      if (entry) yield entry
      entry = words.opens ? { patterns: words.list, line: number, fields: new Map(), asks: [] } : null
      inside = null
      if (!words.opens) reading.problem(number, 'a line that begins no entry was left out')
    } else if (!entry) reading.problem(number, 'a line outside of an entry was left out')
    else if (indent === 2) {
      inside = words.opens ? key : null
      if (entry.fields.has(key)) reading.problem(number, `"${key.slice(0, 100)}" stands twice: the later one counts`)
      if (value !== undefined) entry.fields.set(key, value)
    } else if (inside === 'dependencies' || inside === 'optionalDependencies') {
      if (value !== undefined) entry.asks.push({ name: key, ref: value })
    }
  }
  if (entry) yield entry
}

/** Words, bare or in quotes, with spaces or commas between; null where a quote does not end. `opens`: a colon follows. */
function wordsOf(line: string): { list: string[]; opens: boolean } | null {
  const list: string[] = []
  const word = /"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s",:]+)/y
  const between = /[ \t,]*/y
  let at = 0
  while (at < line.length) {
    if (line[at] === ':') return at === line.length - 1 ? { list, opens: true } : null
    word.lastIndex = at
    const found = word.exec(line)
    if (!found) return null
    list.push(found[1]?.replace(/\\(.)/g, '$1') ?? found[2] as string)
    between.lastIndex = at + found[0].length
    at += found[0].length + (between.exec(line)?.[0].length ?? 0)
  }
  return { list, opens: false }
}
