import type { Trigger } from '../core/types.ts'
import type { BinaryFacts } from './binary/index.ts'
import type { Mark } from './decode/index.ts'
import type { Indicator } from './indicators/index.ts'
import type { PlaceKind } from './places.ts'
import type { SourceKind, Step as RawStep } from './taint.ts'

/**
 * What analysis found to be true of a package. Detectors speak of facts, never of source patterns.
 * Every fact carries where it stands, so that a finding can show it.
 */
export interface Facts {
  /** What code and commands do, each with the strongest trigger that leads to it: strongest first, then in code order. */
  actions: readonly Action[]
  /** Addresses, wallets, tokens and the like in literals, folded and decoded values. */
  indicators: readonly (Located<Indicator> & { spelled: 'literal' | 'folded' | 'decoded' | 'command' | 'manifest' })[]
  /** Text that was hidden behind an encoding, and could be read. `how` is what was undone, outermost first. */
  hidden: readonly (Located<string> & { how: readonly string[]; code: boolean })[]
  /** Signs of obfuscation and deception in the text of files. */
  marks: readonly Located<Mark>[]
  binaries: readonly BinaryFacts[]
  /** One line each; not empty makes the verdict undetermined. */
  missing: readonly string[]
}

interface Where {
  file: string
  /** 1-based. */
  lines: [number, number]
  excerpt: string
}

export interface Located<T> extends Where {
  value: T
}

/**
 * `fetch` asks the network (`connect` a raw socket, `resolve` the name service); `send` is one of these that carries
 * collected data away; `listen` opens a port. `execute` runs data as code or command (eval, a shell fed by a pipe, the
 * installation of an archive); `spawn` starts a program; `load` imports a module whose name is computed.
 * `decode`, `encode`, `encrypt` change data; `verify` hashes what was fetched. `collect` reads facts of the host, its user or
 * their secrets. `replace` puts a function of its own in the place of one that others call. `write`, `delete` and `list` touch files; `wait` delays; `check` asks what kind of machine this is.
 */
export type ActionKind =
  | 'fetch' | 'connect' | 'resolve' | 'send' | 'listen' | 'execute' | 'spawn' | 'load' | 'decode' | 'encode' | 'encrypt' | 'verify'
  | 'collect' | 'replace' | 'write' | 'delete' | 'list' | 'wait' | 'check'

/** Where data comes from, when it matters. */
export type Origin = 'fetched' | 'decoded' | 'encoded' | SourceKind

/** One thing that happened to data on its way, at its place. */
export interface Step extends Where {
  kind: RawStep['kind']
  call: string
  argument: string | null
  /** As for actions: the text that hid the code of this step. */
  hidden: (Where & { how: string }) | null
}

/** One effect of code, with the trigger that leads to it. */
export interface Action extends Where {
  kind: ActionKind
  /** What is called, resolved (`child_process.exec`, `curl`, `urllib.request.urlopen`). */
  call: string
  /** Literal or folded argument that matters (URL, command line, path), `…` for unknown parts; null when not known. */
  argument: string | null
  trigger: Trigger
  /** What the data is that is executed, sent, written, spawned or verified; for `collect`, what is read. */
  from: readonly Origin[]
  /** source → transforms of that data, in order, ending before this action. Empty where nothing is known of it. */
  path: readonly Step[]
  /** The kind of place on the machine that the argument names (a browser's profile, an autostart entry). */
  touches: PlaceKind | null
  /** Set when this code was itself hidden in the package: the text that carried it, and how. */
  hidden: (Where & { how: string }) | null
}
