import type { Behaviour } from '../../../src/core/types.ts'

/** What makes the code run: a hook's script, `require` of the package, or one of its commands. */
export type Start = 'hook' | 'import' | 'bin'

/** Something that malicious packages do, as an inert program: reserved names, documentation addresses, payloads that do nothing. */
export interface Malice {
  id: string
  /** What a finding may call it; the first word fits best. */
  is: readonly [Behaviour, ...Behaviour[]]
  /** JavaScript with `«»` around the statements of which a finding has to show at least one. */
  code: string
  /** Other files of the package, as they are. */
  beside?: Readonly<Record<string, string>>
  /** A hook and an import, unless something else is meant. */
  starts?: readonly Start[]
}

/** The same where no JavaScript is: lines of manifests and of files that tools obey. */
export interface Bare {
  id: string
  is: readonly [Behaviour, ...Behaviour[]]
  /** Files of the package; `«»` stands around what has to be found, in one of them. */
  files: Readonly<Record<string, string>>
  /** What the registry's index says of the version, where that matters. */
  registry?: { scripts?: Readonly<Record<string, string>>; dependencies?: Readonly<Record<string, string>>; version?: string; name?: string }
}
