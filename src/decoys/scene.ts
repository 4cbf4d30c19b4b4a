import type { Dice } from './dice.ts'
import type { Person } from './person.ts'
import type { RegistryHosts, Secrets, TokenId } from './tokens.ts'

/** A file to be written, with which secrets are in it. */
export interface Decoy {
  /** Absolute, as it is called where it is planted. */
  path: string
  bytes: Uint8Array
  mode: number
  tokens: readonly TokenId[]
}

/** What everybody who writes decoys works with. */
export interface Scene {
  person: Person
  secrets: Secrets
  hosts: RegistryHosts
  dice: Dice
  /** Relative paths are the home folder's. Secrets that stand in the content are noted by themselves. */
  put(path: string, content: string | Buffer, mode?: number): void
}
