import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Dependency, Draft, Format, PackageIndex, Problem, ProjectFile, Reading, Source } from './project-file.ts'
import { hostOf, withoutCredentials } from './source.ts'

/** More than any project has: a file beyond is refused rather than half read. */
const MOST = 200_000
/** Problems kept word for word; the rest is counted. */
const MOST_PROBLEMS = 500
const MOST_INDEXES = 1_000
const MOST_DIGESTS = 2_000
const LONGEST_NAME = 500

const NOWHERE: Source = { kind: 'unknown', host: null, url: null, fileHosts: [] }

/** Collects what a format finds in one file: names made canonical and checked, texts made one line and bounded. */
export class FileReading implements Reading {
  readonly text: string
  readonly #path: string
  readonly #format: Format
  readonly #beside: (name: string) => string | null
  #called: string
  #unkept = 0
  readonly #dependencies: Dependency[] = []
  readonly #problems: Problem[] = []
  readonly #indexes: PackageIndex[] = []

  constructor(file: { path: string; text: string }, format: Format, beside: (name: string) => string | null) {
    this.text = file.text
    this.#path = file.path
    this.#format = format
    this.#beside = beside
    this.#called = format.name
  }

  beside(name: string): string | null {
    return this.#beside(name)
  }

  called(format: string): void {
    this.#called = format
  }

  /** Throws `usage` when there are too many. */
  add(draft: Draft): void {
    const ecosystem = draft.ecosystem ?? this.#format.ecosystem
    if (!ecosystem) throw new TypeError(`${this.#format.name} must say which ecosystem ${draft.name} is of`)
    const source = draft.source ?? NOWHERE
    const line = draft.line ?? null
    const name = ecosystems[ecosystem].canonicalName(draft.name)
    if (!isName(ecosystem, name, source)) return this.problem(line, `"${draft.name.slice(0, 100)}" is no name that ${ecosystem} takes: it was left out`)
    if (this.#dependencies.length >= MOST) {
      throw new SluiceError('usage', `${this.#path} has more than ${MOST} dependencies`, { hint: 'is this the right file?' })
    }
    const digests = [...new Set(draft.digests)]
    if (digests.length > MOST_DIGESTS) this.problem(line, `${name} has ${digests.length} digests: the first ${MOST_DIGESTS} were kept`)
    const spelled = draft.alias ?? draft.name
    this.#dependencies.push({
      ecosystem, name, line,
      written: spelled === name ? null : oneLine(spelled, LONGEST_NAME),
      version: bounded(draft.version, 300),
      range: bounded(draft.range, 1_000),
      direct: draft.direct ?? null,
      path: draft.path ?? [],
      source: { ...source, host: bounded(source.host, 300), url: bounded(source.url && withoutCredentials(source.url), 2_000) },
      digests: digests.slice(0, MOST_DIGESTS).map((digest) => oneLine(digest, 300)),
      dev: draft.dev ?? null,
    })
  }

  index(kind: PackageIndex['kind'], url: string, line: number | null, scope?: string): void {
    if (this.#indexes.length >= MOST_INDEXES) return this.problem(line, `more than ${MOST_INDEXES} indexes: this one was left out`)
    this.#indexes.push({ kind, ...(scope === undefined ? {} : { scope: oneLine(scope, 214) }), url: oneLine(withoutCredentials(url), 2_000), host: hostOf(url), line })
  }

  problem(line: number | null, says: string, how?: 'broken' | 'elsewhere'): void {
    const problem: Problem = { line, says: oneLine(says, 500), ...(how === undefined ? {} : how === 'broken' ? { broken: true } : { elsewhere: true }) }
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem)
    else if (how === 'broken' && !this.#problems.some((one) => one.broken)) this.#problems[MOST_PROBLEMS - 1] = problem
    else this.#unkept++
  }

  done(): ProjectFile {
    if (this.#unkept > 0) this.#problems.push({ line: null, says: `${this.#unkept} further problems` })
    return {
      path: this.#path, format: this.#called, ecosystem: this.#format.ecosystem,
      dependencies: this.#dependencies, indexes: this.#indexes, problems: this.#problems,
    }
  }
}

/** What comes from a registry has a name that the registry takes; the project's own parts may be called anything. */
function isName(ecosystem: EcosystemId, name: string, { kind }: Source): boolean {
  if (ecosystems[ecosystem].isName(name)) return true
  return (kind === 'path' || kind === 'workspace') && name.length > 0 && name.length <= LONGEST_NAME && oneLine(name, LONGEST_NAME) === name
}

const bounded = (text: string | null | undefined, limit: number): string | null => (text === null || text === undefined ? null : oneLine(text, limit))
