import type { RuleFile } from './rules.ts'
import { readConditions } from './read.ts'
import type { RuleText } from './read.ts'

/**
 * A coarse rule set that runs over many files at once, because every scan costs YARA-X's WebAssembly build some
 * milliseconds however small the file: the same patterns, each rule true where any of them is found. A file without a
 * match of the sieve cannot match the rules themselves; only files with one are scanned for real, each alone, as
 * conditions on sizes, offsets and absent patterns want it.
 *
 * Null where that does not hold: some rule may be true without any of its patterns, looks at a file's beginning or end,
 * or could not be read here. Then every file is scanned alone, and `sieveless` names the rule.
 */
export function sieveOf(files: readonly RuleFile[]): { source: string; sieveless: null } | { source: null; sieveless: string } {
  const sieves: string[] = []
  for (const { name, text } of files) {
    const rules = readConditions(text)
    if (rules === null) return { source: null, sieveless: name }
    for (const rule of rules) {
      if (!needsPattern(rule)) return { source: null, sieveless: `${rule.name} in ${name}` }
      sieves.push(`rule sieve_${sieves.length} { strings: ${rule.strings}\n condition: any of them }`)
    }
  }
  return { source: sieves.join('\n'), sieveless: null }
}

/** Whether the rule is false for every file that holds none of its patterns, wherever in a larger buffer that file lies. */
function needsPattern({ strings, regexes, condition }: RuleText): boolean {
  return strings !== null && !regexes.some(anchored) && impossible(condition)
}

/** Bound to the beginning or the end of what is scanned, or perhaps so. */
const anchored = (regex: string): boolean => /\\[AzZ]/.test(regex) || /[\^$]/.test(regex.replace(/\\./g, '').replaceAll('[^', '['))

/** Whether a condition is false when no pattern is found. No is the answer wherever it is not plain to see. */
function impossible(tokens: readonly string[]): boolean {
  const either = split(tokens, 'or')
  if (either.length > 1) return either.every(impossible)
  const both = split(tokens, 'and')
  if (both.length > 1) return both.some(impossible)
  if (tokens[0] === '(' && closing(tokens, 0) === tokens.length - 1) return impossible(tokens.slice(1, -1))
  return IMPOSSIBLE.test(tokens.join(' '))
}

/** `$a`, `$a at 0`, `any of them`, `2 of ($a*, $b) in (0..9)`, `#a > 2`; not rules, percentages, nor what follows `for`. */
const IMPOSSIBLE = new RegExp([
  String.raw`^(?:\$\w+|(?:any|all|[1-9]\d*) of (?:them|\( \$[\w*]*(?: , \$[\w*]*)* \)))(?: (?:at|in) [\w.()+* -]+)?$`,
  String.raw`^#\w+ (?:> \d+|(?:>=|==) [1-9]\d*)$`,
].join('|'))

/** At the outermost level; quantifiers keep their bodies in parentheses. */
function split(tokens: readonly string[], word: 'and' | 'or'): string[][] {
  const parts: string[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token === '(') depth++
    if (token === ')') depth--
    if (depth === 0 && token === word) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function closing(tokens: readonly string[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at] === '(') depth++
    if (tokens[at] === ')' && --depth === 0) return at
  }
  return -1
}
