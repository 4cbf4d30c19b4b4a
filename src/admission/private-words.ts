import { covers } from '../core/policy.ts'
import type { PrivateName } from '../core/policy.ts'

/**
 * The private names that the words of a search give away, whatever their case: a name, the beginning of one (`@acme/se`), or a
 * scope in which some name is private (`@acme`). Words are as a person typed them; `text` is cut into them here.
 */
export function privateWords(patterns: readonly PrivateName[], text: string): { word: string; entry: PrivateName }[] {
  return wordsOf(text).flatMap((word) => {
    const entry = patterns.find(({ pattern }) => betrays(pattern.toLowerCase(), word))
    return entry ? [{ word, entry }] : []
  })
}

function betrays(pattern: string, word: string): boolean {
  if (covers(pattern, word)) return true
  const [scope = '', rest] = pattern.split('/', 2)
  if (rest === undefined || !scope.startsWith('@')) return false
  const [wordScope = '', name = ''] = word.split('/', 2)
  const [beginning = ''] = pattern.split('*')
  return covers(scope, wordScope) && (name.replaceAll('*', '') === '' || beginning.startsWith(word))
}

/** What may stand around a name in a search: blanks, quotes, brackets, lists, exclusions. A name has none of it. */
const BETWEEN = /[\s"'`()[\]{}<>|,;+&=?#:]+/
/** `scope:acme`, `maintainer:acme`: what follows names a scope, with or without its sign. */
const QUALIFIED = /[a-z]:["']?@?([^\s"'`()[\]{}<>|;&]+)/g

function wordsOf(text: string): string[] {
  const lower = text.toLowerCase()
  const scopes = [...lower.matchAll(QUALIFIED)].flatMap(([, values = '']) => values.split(BETWEEN).map((value) => `@${value.replace(/^@/, '')}`))
  // With a version behind it, or within an address.
  const plain = lower.split(BETWEEN).flatMap((word) =>
    [word, word.replace(/^[-!~]+/, ''), word.replace(/[.!]+$/, ''), word.replace(/(?<=.)@[^@/]*$/, ''), /@[^@/]+\/[^@]*/.exec(word)?.[0] ?? ''])
  // `acme/secret`: the sign is easily forgotten.
  const slashed = plain.filter((word) => /^[^@/]+\/./.test(word)).map((word) => `@${word}`)
  return [...new Set([...plain, ...scopes, ...slashed])].filter((word) => word !== '' && word !== '@')
}
