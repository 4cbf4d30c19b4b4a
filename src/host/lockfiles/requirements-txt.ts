import { ecosystems } from '../../ecosystems/index.ts'
import { fromHex } from './digests.ts'
import type { Draft, Format, PackageIndex, Reading } from './project-file.ts'
import { pythonSource, readRequirement } from './requirement.ts'
import { push, reach } from './graph.ts'

/** A line with those that a backslash joins to it, and the comments of pip-compile below it. */
interface Logical {
  line: number
  text: string
  via: string[]
}

/** pip takes any file; these names are what people and pip-tools use. */
const NAMES = /^(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in|pip)$|^requirements[\w.-]*\.(?:txt|in)$/

/** Options with a value that say where packages come from (docs of pip, requirements file format). */
const INDEXES: Readonly<Record<string, PackageIndex['kind']>> = {
  '-i': 'index', '--index-url': 'index', '--pypi-url': 'index', '--extra-index-url': 'extra-index', '-f': 'find-links', '--find-links': 'find-links',
}
const HARMLESS = new Set(['--no-index', '--pre', '--require-hashes', '--prefer-binary', '--use-feature', '--no-binary', '--only-binary', '--trusted-host'])

/** Files that a file of requirements asks for, as it writes them; addresses are none. */
export const includedFiles = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*(?:-r|--requirement|-c|--constraint)[ \t=]*["']?([^\s"']{1,400})/gm)].slice(0, MOST_INCLUDED).flatMap(([, file = '']) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(file) ? [] : [file]))

const MOST_INCLUDED = 200

export const requirementsTxt: Format = {
  name: 'requirements.txt',
  files: 'requirements*.txt and *.in, constraints.txt',
  ecosystem: 'pypi',
  matches: (name, _text, folder) => NAMES.test(name) || (folder === 'requirements' && /\.(?:txt|in)$/.test(name)),
  read(reading) {
    const found: { draft: Draft; via: string[] }[] = []
    for (const one of logicalLines(reading.text)) {
      if (one.text.startsWith('-')) option(reading, one, found)
      else requirement(reading, one, one.text, found)
    }
    addAll(reading, found)
  },
}

function* logicalLines(text: string): Generator<Logical> {
  let open: { line: number; parts: string[] } | null = null
  let last: Logical | null = null
  let number = 0
  for (const raw of text.split(/\r?\n/)) {
    number++
    const comment = /^\s*#(.*)/.exec(raw)?.[1]
    if (comment !== undefined && !open) {
      const via = /^\s*(?:via\s+)?(\S.*)?$/.exec(comment)?.[1]?.trim()
      if (last && via && (last.via.length > 0 || /^\s*via\b/.test(comment))) last.via.push(via.slice(0, 300))
      else if (last && /^\s*via\s*$/.test(comment)) last.via.push('')
      continue
    }
    const continues: boolean = raw.endsWith('\\') && comment === undefined
    const own = continues ? raw.slice(0, -1) : raw
    open ??= { line: number, parts: [] }
    open.parts.push(own)
    if (continues) continue
    const joined: string = open.parts.join(' ').replace(/(?:^|\s)#.*$/s, '').trim()
    const inline = /\s#\s*via\s+(\S.*)$/.exec(own)?.[1]
    if (joined !== '') {
      if (last) yield last
      last = { line: open.line, text: joined, via: inline ? inline.split(/\s*,\s*/, 50) : [] }
    }
    open = null
  }
  if (last) yield last
  if (open && open.parts.join('').trim() !== '') yield { line: open.line, text: open.parts.join(' ').trim(), via: [] }
}

/** A requirement line: PEP 508 or an address or path, then options of its own. */
function requirement(reading: Reading, { line, via }: Logical, text: string, into: { draft: Draft; via: string[] }[], editable = false): void {
  const cut = text.search(/\s--?[a-zA-Z]/)
  const body = (cut < 0 ? text : text.slice(0, cut)).trim()
  const digests = [...text.slice(body.length).matchAll(/--hash[=\s]\s*(\S{1,300})/g)].flatMap(([, hash]) => fromHex(hash ?? null))
  const read = editable || isAddress(body) ? byAddress(body) : readRequirement(body)
  if (!read) reading.problem(line, isAddress(body) ? `what lies at ${body.slice(0, 200)} has no name here: it was left out` : `this is no requirement that can be read: ${body.slice(0, 200)}`)
  else into.push({ draft: { ...read, digests, line }, via })
}

const isAddress = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/|file:|\.{1,2}(?:[\\/]|$)|\/|~\/|[a-z]:[\\/])/i.test(text) || /^[^\s@;]+\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)(?:[\s;[]|$)/i.test(text)

/** An address names its package by `#egg=`, or by the file's name up to the version; else the last part of its path is the best guess. */
function byAddress(text: string): Pick<Draft, 'name' | 'version' | 'range' | 'source'> | null {
  const named = /^[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*@\s/.test(text) ? readRequirement(text) : null
  if (named) return named
  const [address = ''] = text.split(/\s/, 1)
  const egg = /[#&]egg=([A-Za-z0-9._-]{1,200})/.exec(address)?.[1]
  const file = /([^/\\]{1,300})$/.exec((address.split(/[?#]/, 1)[0] as string).replace(/[\\/]+$/, ''))?.[1] ?? ''
  const wheel = /^([A-Za-z0-9._]+)-([^-]+)(?:-[^-]+){3,4}\.whl$/.exec(file)
  const sdist = /^(.+)-([0-9][^-]*?)\.(?:tar\.gz|tgz|zip|tar\.bz2)$/.exec(file)
  const guessed = egg ?? (wheel ?? sdist)?.[1] ?? file.replace(/@.*$|\[.*$/, '').replace(/\.(?:git|zip|tar\.gz|tgz|tar\.bz2)$/, '')
  const name = /[A-Za-z0-9](?:.*[A-Za-z0-9])?/.exec(guessed)?.[0]
  return name === undefined ? null : { name, version: (wheel ?? sdist)?.[2] ?? null, range: address, source: pythonSource(address) }
}

function option(reading: Reading, one: Logical, into: { draft: Draft; via: string[] }[]): void {
  const [, name = '', value = ''] = /^(--?[a-zA-Z][a-zA-Z-]*)[=\s]*(.*)$/s.exec(one.text) ?? []
  const short = name.startsWith('--') ? name : name.slice(0, 2)
  const rest = (name.startsWith('--') ? value : `${name.slice(2)}${value}`).trim().replace(/^["'](.*)["']$/s, '$1')
  const kind = INDEXES[short]
  if (kind) reading.index(kind, rest.split(/\s/, 1)[0] as string, one.line)
  else if (short === '-e' || short === '--editable') requirement(reading, one, rest, into, true)
  else if (short === '-r' || short === '--requirement' || short === '-c' || short === '--constraint') {
    // Where it was given, too, it is read by itself.
    const asks = short === '-r' || short === '--requirement'
    if (reading.beside(rest) === null) reading.problem(one.line, `${asks ? 'requirements' : 'constraints'} in ${rest.slice(0, 200)} are a file of their own, which was not given`, asks ? 'elsewhere' : undefined)
  } else if (!HARMLESS.has(short)) reading.problem(one.line, `the option ${name.slice(0, 50)} is not known: it was not read`)
}

/** pip-compile's and uv's comments say who asked: `# via flask`, `# via -r requirements.in`. Without them everything is asked for here. */
function addAll(reading: Reading, found: readonly { draft: Draft; via: string[] }[]): void {
  const compiled = found.some(({ via }) => via.length > 0)
  const byName = new Map(found.map((one) => [canonical(one.draft.name), one]))
  const asks = new Map<unknown, (typeof found)[number][]>()
  const roots: typeof found[number][] = []
  for (const one of found) {
    for (const via of one.via.filter(Boolean)) {
      const parent = byName.get(canonical(via.replace(/\[.*$/, '')))
      // Whoever is none of the packages here is a file or the project: `-r requirements.in`, `sample (pyproject.toml)`.
      if (parent) push(asks, parent, one)
      else roots.push(one)
    }
  }
  const reached = reach({ production: roots, development: [] }, {
    next: (one) => asks.get(one) ?? [],
    name: ({ draft }) => canonical(draft.name),
  })
  for (const one of found) {
    const how = reached.get(one)
    reading.add({ ...one.draft, direct: compiled ? how?.direct ?? null : null, path: how?.path ?? [] })
  }
}

const canonical = (name: string): string => ecosystems.pypi.canonicalName(name)
