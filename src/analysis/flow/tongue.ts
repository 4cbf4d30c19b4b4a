import type { Trigger } from '../../core/types.ts'
import type { Language } from '../desk.ts'
import type { Source } from '../source.ts'
import type { SourceKind } from '../taint.ts'
import type { Node } from './tree.ts'
import type { Cell, Value } from './value.ts'

/**
 * What calling something outside the package does. `at` is the argument that matters (-1: the receiver, or the last one for
 * `code`), `to` a second one: the path written to, the body that is sent.
 *
 * | does | is |
 * |---|---|
 * | fetch, connect, resolve, listen | asks the network; whatever it carries is sent |
 * | look | looks a name up: this machine's own, or another one |
 * | request | puts a request together without sending it |
 * | save | fetches into a file |
 * | send | writes to what `receiver` is connected to |
 * | shell, program, fork | starts a process: a command line, a program with a list, a script of the package |
 * | code | runs text as code |
 * | load | loads a module by name |
 * | decode, encode, encrypt | changes data; `how` is the codec where the callee says it |
 * | read, write, open, pack, move, delete, list | files; `pack` puts one into the archive that the receiver is, `upload` sends one to what it is connected to |
 * | collect | reads facts of the machine: `what` they are |
 * | field | looks for parts of a page: where those are named that take what a visitor types, reading them reads that |
 * | handle | is told of events: argument `at` + 1 is called with what a visitor types |
 * | replace | puts a function in the place of one that others call (`fetch=`) |
 * | hash | hashes what it is given |
 * | wait, check | delays; asks what machine this is (`how`: ci, platform, locale, debugger, virtual, time) |
 * | member, path, folder, text, pass, characters, codes, number | pure: folded by the engine. `characters` numbers to text, `codes` text to numbers |
 * | kind | the class of what it is given: of functions it is `how` |
 * | spell, parse, unescape | data to text and back: what a record holds is in its text |
 * | merge | puts what the other arguments have into argument `at` |
 * | each | calls argument `at` with each item of the receiver, or of the argument behind it (map, forEach) |
 */
export interface Rule {
  does:
    | 'fetch' | 'connect' | 'resolve' | 'look' | 'listen' | 'request' | 'save' | 'send' | 'shell' | 'program' | 'fork' | 'code' | 'load'
    | 'decode' | 'encode' | 'encrypt' | 'read' | 'write' | 'open' | 'pack' | 'move' | 'delete' | 'list' | 'upload' | 'collect' | 'field' | 'handle' | 'replace' | 'hash' | 'wait' | 'check'
    | 'member' | 'path' | 'folder' | 'text' | 'pass' | 'characters' | 'codes' | 'number' | 'each' | 'spell' | 'parse' | 'unescape' | 'merge' | 'kind'
  at: number
  to?: number
  /** For `decode`, `encode`: the codec, when the callee says it (`base64`). For `member`: what it is a member of. For `check`: what is asked. For `load`: `path`, where it is searched for modules from then on. For `text`: the text it always gives, or `address` where it joins two. For `fetch`: what stands in front of an address that is no URL. For `program`: the program, where the list has its arguments only. */
  how?: string
  /** For `collect` and for `read`s of a fixed place. */
  what?: SourceKind
  /** For `path`, `text` and `list`: what the path is an object of, whose methods have rules of their own. */
  gives?: string
}

/** One file of the package as the engine holds it. */
export interface Unit {
  source: Source
  exports: Cell
}

/** What the engine must be told of a language. */
export interface Tongue {
  id: Language
  /** Throws what the parser throws, RangeError included. `cut` is told where only some of it was nested too deeply. */
  lower(source: Source, cut?: () => void): readonly Node[]
  /** Whether anything is known of this module or global: of others nothing is followed but the data that goes through them. */
  knows(root: string): boolean
  /** What calling `ref` does (`child_process.exec`); null when it is of no interest. */
  rule(ref: string): Rule | null
  /** Names and members that stand for something special (`__dirname`, `process.env`); null: nothing special. */
  special(ref: string, unit: Unit): Value | null
  /** Path of the package's file that an import names, or null: it is somebody else's. */
  locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null
  /** The package's file of data that an import names (`./table.json`). */
  data?(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null
  /** What importing a unit gives, given its top-level variables. */
  exported(unit: Unit, top: Map<string, Cell>): Value
  /** Other files that share a file's top level (a Go package is a folder). */
  together?(path: string, files: ReadonlyMap<string, unknown>): readonly string[]
  /** Top-level functions that a trigger of this kind calls (`main`). */
  entry?(kind: Trigger['kind']): readonly string[]
}
