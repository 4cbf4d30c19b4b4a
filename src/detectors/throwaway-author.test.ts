import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { isDisposable } from '../core/mail.ts'
import { nearProvider } from './kit/providers.ts'
import { throwawayAuthor } from './throwaway-author.ts'

const seen = (author: string, scripts: Record<string, string> = {}): string[] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify({ author, scripts }) }, manifest: { authors: [author] },
}), throwawayAuthor).map((finding) => finding.severity)

it.each([
  ['x@yopmail.com', ['low']], ['x@gmai1.com', ['low']], ['x@hjkbgshbjsekgj.example', ['low']], ['Ann <ann@gmail.com>', []], ['Ann (https://ann.example)', []], ['', []], ['@', []],
])('judges %j', (author, expected) => expect(seen(author)).toEqual(expected))

it('weighs more beside a hook', () => {
  expect(seen('x@yopmail.com', { install: 'node x.js' })).toEqual(['medium'])
  expect(seen('x@hjkbgshbjsekgj.example', { install: 'node x.js' })).toEqual(['low'])
  expect(seen('x@hjkbgshbjsekgj.example', { install: 'curl https://drop.example/' })).toEqual(['medium'])
})

it.each(['yopmail.com', 'inbox.mailinator.com', 'tempmail.example', 'emailisfake.example', 'fakemail.example'])('%s gives addresses to throw away', (domain) => expect(isDisposable(domain)).toBe(true))
it.each(['gmail.com', 'template.example', 'contemporary-mail.example', 'attempt.example', 'fakes.example'])('%s does not', (domain) => expect(isDisposable(domain)).toBe(false))

it.each([
  ['gmai1.com', 'gmail.com'], ['gamil.com', 'gmail.com'], ['gmail.con', 'gmail.com'], ['gmaill.com', 'gmail.com'], ['gmal.com', 'gmail.com'], ['hotmial.com', 'hotmail.com'], ['outlok.com', 'outlook.com'],
  ['gmail.com', null], ['mail.com', null], ['hotmail.fr', null], ['gmx.de', null], ['google.com', null], ['example.com', null],
])('%s is near %s', (domain, expected) => expect(nearProvider(domain)).toBe(expected))
