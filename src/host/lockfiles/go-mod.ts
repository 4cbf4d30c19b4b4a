import { readGoMod } from '../../ecosystems/go/manifest.ts'
import type { GoMod } from '../../ecosystems/go/manifest.ts'
import type { Format, Reading } from './project-file.ts'
import { fromPath, REGISTRY } from './source.ts'

/** The reader names one malformed line; with that line out of the way it names the next. */
const MOST_MALFORMED = 10
/** Characters read again for that, all in all. */
const MOST_AGAIN = 8_000_000

/** golang.org/ref/mod#go-mod-file. What is replaced by another module is that other module, under the name it stands in for. */
export const goMod: Format = {
  name: 'go.mod',
  files: 'go.mod',
  ecosystem: 'go',
  matches: (name) => name === 'go.mod',
  read(reading) {
    const mod = readAll(reading)
    const lineOf = lineFinder(reading.text)
    const replaced = new Map<string, GoMod['replace'][number]>()
    for (const one of mod.replace) replaced.set(one.version === null ? one.path : `${one.path} ${one.version}`, one)
    const used = new Set<GoMod['replace'][number]>()
    for (const { path, version, indirect } of mod.require) {
      const other = replaced.get(`${path} ${version}`) ?? replaced.get(path)
      if (other) used.add(other)
      addModule(reading, { path, version, other, direct: !indirect, line: lineOf(path, version) })
    }
    // A replacement counts wherever in the graph the module is asked for, so it may get in without being required here.
    for (const other of mod.replace) {
      if (!used.has(other)) addModule(reading, { path: other.path, version: other.version, other, direct: null, line: lineOf(other.path, other.version ?? '=>') })
    }
  },
}

function addModule(reading: Reading, { path, version, other, direct, line }: {
  path: string; version: string | null; other: GoMod['replace'][number] | undefined; direct: boolean | null; line: number | null
}): void {
  const folder = other && other.toVersion === null
  reading.add({
    name: other && !folder ? other.to : path, alias: path, line, direct,
    version: folder ? null : other ? other.toVersion : version,
    range: version,
    source: folder ? fromPath(other.to) : REGISTRY,
  })
}

function readAll(reading: Reading): GoMod {
  let text = reading.text
  const most = Math.min(MOST_MALFORMED, Math.floor(MOST_AGAIN / (text.length + 1)))
  for (let malformed = 0; ; malformed++) {
    const { mod, problem } = readGoMod(text)
    if (problem === null) return mod
    const line = Number(/^go\.mod line (\d+):/.exec(problem)?.[1] ?? 0)
    reading.problem(line || null, problem.replace(/^go\.mod (?:line \d+: )?/, ''))
    if (line === 0) return mod
    if (malformed >= most) {
      reading.problem(null, 'further lines may be malformed: they were left out', 'broken')
      return mod
    }
    const lines = text.split('\n')
    lines[line - 1] = ''
    text = lines.join('\n')
  }
}

/** The first line where these two words stand beside each other. */
function lineFinder(text: string): (path: string, version: string) => number | null {
  const known = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.slice(0, 2_000).trim().replace(/["`]/g, '').split(/\s+/)
    const start = words[0] === 'require' || words[0] === 'replace' ? 1 : 0
    const key = `${words[start]} ${words[start + 1]}`
    if (!known.has(key)) known.set(key, index + 1)
  }
  return (path, version) => known.get(`${path} ${version}`) ?? null
}
