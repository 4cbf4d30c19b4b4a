import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sentence } from '../core/errors.ts'

/** One file of rules, as it was when the folder was read. `name` is its path in the folder. */
export interface RuleFile {
  name: string
  text: string
}

/** The organisation's own rules at one moment: what a verdict made with them names by `digest`. */
export interface UserRules {
  folder: string
  files: readonly RuleFile[]
  /** Why the folder's rules could not be read, or null. `files` is empty then. */
  problem: string | null
  /** Of names and texts, 16 hex digits: other rules, other digest. */
  digest: string
  /** How long the rules may take for one package, in milliseconds. */
  timeMs: number
}

/** A file of rules that does not compile: `where` is `line:column`, or null where the compiler names none. */
export interface BrokenRules {
  name: string
  where: string | null
  says: string
}

/** Sets of public rules come as one file of 10 MB; every examination is sent all of it. */
const LARGEST = 32 * 1024 * 1024

/**
 * Reads the `.yar` and `.yara` files in a folder and below. Never throws: a folder that cannot be read, is too large or
 * holds no rules has a `problem`, and whoever examines with it finds nothing out, which is undetermined, never clean.
 */
export async function readRules(folder: string, timeMs: number): Promise<UserRules> {
  const { files, problem } = await textsIn(folder).catch((thrown: unknown) => ({ files: [], problem: sentence(thrown) }))
  return { folder, files, problem, digest: digestOf(files, problem), timeMs }
}

async function textsIn(folder: string): Promise<Pick<UserRules, 'files' | 'problem'>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.yara?$/i.test(name)).map((name) => name.replaceAll('\\', '/')).sort()
  if (names.length === 0) return { files: [], problem: 'there is no .yar or .yara file in it' }
  const files: RuleFile[] = []
  let size = 0
  for (const name of names) {
    const bytes = await readFile(join(folder, name))
    size += bytes.byteLength
    if (size > LARGEST) return { files: [], problem: `its rules are larger than ${LARGEST} bytes` }
    files.push({ name, text: bytes.toString('utf8') })
  }
  return { files, problem: null }
}

function digestOf(files: readonly RuleFile[], problem: string | null): string {
  return createHash('sha256').update(JSON.stringify([problem, files.map(({ name, text }) => [name, text])])).digest('hex').slice(0, 16)
}

/** `file:line:column: what is wrong`. */
export const located = ({ name, where, says }: BrokenRules): string => `${name}${where === null ? '' : `:${where}`}: ${says}`

/** What a verdict's `rules` says: the detectors' versions, and the organisation's rules where there are any. */
export function rulesInForce(detectors: string, own: UserRules | null): string {
  return own === null ? detectors : `${detectors} yara@${own.digest}`
}
