import type { FoundText } from './strings.ts'

/** What a compiled file says without being run. */
export interface BinaryFacts {
  path: string
  format: 'elf' | 'pe' | 'mach-o' | 'wasm' | 'pyc' | 'pickle' | 'dex' | 'jar' | 'other'
  /** `executable`, `shared library`, `object`, `python extension`, `node addon`, `python code`, `module`, … */
  kind: string
  arch: string | null
  /** Libraries and symbols, or modules, that it takes from outside. At most 2,000. */
  imports: string[]
  /** Text worth a look: addresses, paths to secrets, command lines. At most 500, of at most 500 characters. */
  strings: FoundText[]
  /** `packed`, `go`, `rust`, for a pickle what it calls (`os.system`), `pyinstaller`, `stripped`, `high entropy: NAME`, … */
  marks: string[]
  /** What could not be read, one line each. */
  problems: string[]
}

/** What a reader of native code finds; `readBinary` adds text and marks of toolchains. */
export interface NativeFacts {
  format: 'elf' | 'pe' | 'mach-o'
  kind: string
  arch: string | null
  libraries: string[]
  /** Symbols taken from libraries. */
  imports: string[]
  /** Symbols given to whoever loads it. */
  exports: string[]
  sections: Section[]
  marks: string[]
}

interface Section {
  name: string
  size: number
  /** Bits a byte; null when none of its bytes are at hand. */
  entropy: number | null
}

export const MOST_SYMBOLS = 20_000
export const MOST_SECTIONS = 500
