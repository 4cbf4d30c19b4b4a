import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Compiler, initSync } from '@virustotal/yara-x'
import type { Rules, Scanner } from '@virustotal/yara-x'
import { sentence } from '../core/errors.ts'
import type { BrokenRules, RuleFile } from './rules.ts'
import { sieveOf } from './sieve.ts'

/** Loading this module loads YARA-X: only the rules' own thread does. */
initSync({ module: readFileSync(fileURLToPath(import.meta.resolve('@virustotal/yara-x')).replace(/\.js$/, '_bg.wasm')) })

/** Past this many matches of one pattern in one scan the rest is not looked for, which no condition on real files tells apart. */
const MOST_MATCHES = 10_000

/** As many matches of one pattern in the sieve mean that it sieves nothing out. */
export const SIEVE_MATCHES = 1_000

export interface Compiled {
  rules: Scanner
  sieve: Scanner | null
  sieveless: string | null
  broken: BrokenRules[]
  files: number
}

/** Compiles what compiles; a broken file takes no other with it. */
export function compile(files: readonly RuleFile[]): Compiled {
  const broken: BrokenRules[] = []
  let good = files
  let rules = built(good, broken)
  if (broken.length > 0) {
    // A compiler that met an error builds nothing.
    const names = new Set(broken.map(({ name }) => name))
    good = files.filter(({ name }) => !names.has(name))
    rules = built(good, broken)
  }
  if (!rules) throw new Error('YARA-X built nothing from files it had accepted')
  const scanner = rules.scanner()
  scanner.setMaxMatchesPerPattern(MOST_MATCHES)
  return { rules: scanner, ...sieve(good), broken, files: good.length }
}

/** Each file has a namespace of its own, so that two may have rules of one name. Null when one did not compile. */
function built(files: readonly RuleFile[], broken: BrokenRules[]): Rules | null {
  const compiler = new Compiler()
  try {
    const before = broken.length
    for (const { name, text } of files) {
      try {
        compiler.newNamespace(name)
        compiler.addSource(text)
      } catch (thrown) {
        broken.push({ name, ...placed(thrown) })
      }
    }
    return broken.length > before ? null : compiler.build()
  } finally {
    compiler.free()
  }
}

function sieve(files: readonly RuleFile[]): Pick<Compiled, 'sieve' | 'sieveless'> {
  const { source, sieveless } = sieveOf(files)
  if (source === null) return { sieve: null, sieveless }
  const rules = built([{ name: 'sieve', text: source }], [])
  if (!rules) return { sieve: null, sieveless: 'what the sieve made of the rules does not compile' }
  const scanner = rules.scanner()
  scanner.setMaxMatchesPerPattern(SIEVE_MATCHES)
  return { sieve: scanner, sieveless: null }
}

/** YARA-X draws its errors: a title, ` --> line:3:13`, the line, and a label under the place. */
function placed(thrown: unknown): Pick<BrokenRules, 'where' | 'says'> {
  const drawing = thrown instanceof Error ? thrown.message : String(thrown)
  const [title = ''] = drawing.split('\n')
  const where = /^ *--> \S*?:(\d+:\d+)$/m.exec(drawing)?.[1] ?? null
  const label = /^ *\| +\^+ (.+)$/m.exec(drawing)?.[1]
  return { where, says: sentence(`${title.replace(/^error(?:\[\w+\])?: /, '')}${label === undefined ? '' : `: ${label}`}`) }
}
