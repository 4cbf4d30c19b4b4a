import type { ArtifactRef, Manifest, PackageFile } from '../../core/types.ts'

/** What go.mod says (golang.org/ref/mod#go-mod-file). Only the main module's `replace` and `exclude` have effect in Go. */
export interface GoMod {
  module: string | null
  /** The text after `Deprecated:` in the comment of the module line. */
  deprecated: string | null
  go: string | null
  toolchain: string | null
  require: readonly { path: string; version: string; indirect: boolean }[]
  /** `to` is a module path, or a folder where `toVersion` is null. */
  replace: readonly { path: string; version: string | null; to: string; toVersion: string | null }[]
  exclude: readonly { path: string; version: string }[]
  /** `low` and `high` are inclusive and equal for a single version. */
  retract: readonly { low: string; high: string; because: string }[]
  tool: readonly string[]
}

/** Go refuses larger ones (`MaxGoMod`). */
const LARGEST = 16 * 1024 * 1024

/** A module need not have a go.mod: then nothing is declared, and that is no problem. */
export function readManifest(_ref: ArtifactRef, files: ReadonlyMap<string, PackageFile>): Manifest {
  const file = files.get('go.mod')
  const none: Manifest = {
    name: null, version: null, authors: [], dependencies: {}, scripts: {}, entryPoints: [], raw: null, file: null, problem: null,
  }
  if (!file) return none
  if (file.truncated || file.size > LARGEST) return { ...none, file: 'go.mod', problem: 'go.mod is too large to read' }
  const read = readGoMod(new TextDecoder().decode(file.bytes))
  return {
    ...none,
    file: 'go.mod',
    name: read.mod.module,
    // Object.fromEntries defines own properties, also for a module called __proto__.
    dependencies: Object.fromEntries(read.mod.require.map(({ path, version }) => [path, version])),
    raw: read.mod,
    problem: read.problem,
  }
}

interface Line {
  words: string[]
  /** Comments on the lines before and on the line itself, without slashes. */
  comment: string
}

type Drafted = { -readonly [K in keyof GoMod]: GoMod[K] extends readonly (infer T)[] ? T[] : GoMod[K] }

/** Unknown directives are skipped, as Go does for dependencies; the first malformed line is the problem. */
export function readGoMod(text: string): { mod: GoMod; problem: string | null } {
  const mod: Drafted = {
    module: null, deprecated: null, go: null, toolchain: null, require: [], replace: [], exclude: [], retract: [], tool: [],
  }
  let problem: string | null = null
  let block: { verb: string; comment: string } | null = null
  let comments: string[] = []
  let number = 0
  for (const raw of text.split('\n')) {
    number++
    const line = splitLine(raw)
    if (line === null) {
      problem ??= `go.mod line ${number}: a string does not end`
      continue
    }
    if (line.words.length === 0) {
      if (line.comment === '') comments = []
      else comments.push(line.comment)
      continue
    }
    const comment: string = [...comments, line.comment].join('\n').trim()
    comments = []
    const [first, second] = line.words
    if (block && first === ')') block = null
    else if (!block && second === '(' && line.words.length === 2) block = { verb: first as string, comment }
    else {
      const [verb, words] = block ? [block.verb, line.words] : [first as string, line.words.slice(1)]
      const because: string = comment || (block?.comment ?? '')
      if (!apply(mod, verb, { words, comment: because })) problem ??= `go.mod line ${number}: malformed ${verb}`
    }
  }
  if (mod.module === null) problem ??= 'go.mod has no module line'
  return { mod, problem }
}

function apply(mod: Drafted, verb: string, { words, comment }: Line): boolean {
  const [a, b] = words
  switch (verb) {
    case 'module':
      if (a === undefined || words.length !== 1 || mod.module !== null) return false
      mod.module = a
      mod.deprecated = /(?:^|\n)Deprecated:\s*(.*)/.exec(comment)?.[1] ?? null
      return true
    case 'go':
    case 'toolchain':
      if (a === undefined || words.length !== 1) return false
      mod[verb] = a
      return true
    case 'tool':
      if (a === undefined || words.length !== 1) return false
      mod.tool.push(a)
      return true
    case 'require':
      if (a === undefined || b === undefined || words.length !== 2) return false
      mod.require.push({ path: a, version: b, indirect: /(?:^|\n)indirect(?:;|\s|$)/.test(comment) })
      return true
    case 'exclude':
      if (a === undefined || b === undefined || words.length !== 2) return false
      mod.exclude.push({ path: a, version: b })
      return true
    case 'replace':
      return replace(mod, words)
    case 'retract':
      return retract(mod, words, comment)
    default:
      return true
  }
}

/** `path [version] => path-or-folder [version]` */
function replace(mod: Drafted, words: readonly string[]): boolean {
  const arrow = words.indexOf('=>')
  const [path, version = null] = words.slice(0, Math.max(arrow, 0))
  const [to, toVersion = null] = words.slice(arrow + 1)
  if (path === undefined || to === undefined || arrow > 2 || words.length - arrow > 3) return false
  mod.replace.push({ path, version, to, toVersion })
  return true
}

/** `v1.0.0` or `[v1.0.0, v1.9.9]` */
function retract(mod: Drafted, words: readonly string[], because: string): boolean {
  const text = words.join('')
  const interval = text.startsWith('[') && text.endsWith(']')
  const [low, high = low, ...more] = (interval ? text.slice(1, -1) : text).split(',')
  if (!low || !high || more.length > 0 || (!interval && /[[\],]/.test(text))) return false
  mod.retract.push({ low, high, because })
  return true
}

/** Words, strings in double or back quotes, the brackets of a block; null where a string does not end. */
function splitLine(line: string): Line | null {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    const char = line[at] as string
    if (char === ' ' || char === '\t' || char === '\r') at++
    else if (line.startsWith('//', at)) return { words, comment: line.slice(at + 2).trim() }
    else if (char === '(' || char === ')' || char === ',') {
      words.push(char)
      at++
    } else if (char === '"' || char === '`') {
      const end = endOfString(line, at)
      if (end < 0) return null
      words.push(unquote(line.slice(at, end + 1)))
      at = end + 1
    } else {
      const start = at
      while (at < line.length && !' \t\r(),"`'.includes(line[at] as string) && !line.startsWith('//', at)) at++
      words.push(line.slice(start, at))
    }
  }
  return { words, comment: '' }
}

function endOfString(line: string, start: number): number {
  const quote = line[start]
  if (quote === '`') return line.indexOf('`', start + 1)
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === '"') return at
  }
  return -1
}

/** Go's string escapes reduce to JSON's for everything a path or version can hold; others stay as they are. */
function unquote(quoted: string): string {
  if (quoted.startsWith('"')) {
    try {
      return String(JSON.parse(quoted))
    } catch {
      return quoted.slice(1, -1)
    }
  }
  return quoted.slice(1, -1)
}
