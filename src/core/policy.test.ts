import { describe, expect, it } from 'vitest'
import { covers, coversPath, privateName } from './policy.ts'
import type { Policy, PrivateName } from './policy.ts'

describe('covers', () => {
  it.each([
    ['left-pad', 'left-pad', true], ['left-pad', 'left-pads', false], ['left-pad', 'Left-pad', false], ['', '', true], ['', 'x', false],
    ['*', '', true], ['*', 'anything', true], ['**', 'x', true], ['@acme/*', '@acme/x', true], ['@acme/*', '@acme/', true],
    ['@acme/*', '@acmee/x', false], ['@acme/*', 'x/@acme/x', false], ['acme-*', 'acme-', true], ['acme-*', 'acme', false],
    ['*-acme', 'x-acme', true], ['*-acme', 'x-acme-y', false], ['a*a', 'a', false], ['a*a', 'aa', true], ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false], ['a*bc*c', 'abc', false], ['go.acme.example/*', 'go.acme.example/a/b', true], ['a.c', 'abc', false],
    ['__proto__', '__proto__', true], ['(*', '(x', true],
  ])('%j and %j: %s', (pattern, name, expected) => expect(covers(pattern, name)).toBe(expected))

  it('takes hostile lengths', () => {
    expect(covers(`${'*a'.repeat(200)}*b`, 'a'.repeat(100_000))).toBe(false)
  })
})

describe('coversPath', () => {
  it.each([
    ['go.acme.example', 'go.acme.example', true], ['go.acme.example', 'go.acme.example/mod/v2', true], ['go.acme.example', 'go.acme.examples', false],
    ['go.acme.example/team', 'go.acme.example/teams', false], ['go.acme.example/team', 'go.acme.example', false],
    ['*.corp.example', 'git.corp.example/x', true], ['*.corp.example', 'evil.example/git.corp.example', false], ['*.corp.example', 'corp.example/x', false],
    ['git.example/*/private', 'git.example/a/private/b', true], ['git.example/*/private', 'git.example/a/b/private', false],
  ])('%j and %j: %s', (pattern, name, expected) => expect(coversPath(pattern, name)).toBe(expected))
})

describe('privateName', () => {
  const entry = (ecosystem: PrivateName['ecosystem'], pattern: string, more: Partial<PrivateName> = {}): PrivateName => ({ ecosystem, pattern, registry: null, ...more })
  const policy = { private: [entry('npm', '@acme/*'), entry('pypi', 'acme-*'), entry('go', 'go.acme.example', { paths: true }), entry('npm', '@acme/x', { registry: 'https://x.example/' })] } as unknown as Policy
  it.each([
    ['npm', '@acme/x', '@acme/*'], ['pypi', '@acme/x', undefined], ['pypi', 'acme-x', 'acme-*'], ['go', 'go.acme.example/a', 'go.acme.example'],
    ['npm', 'go.acme.example/a', undefined], ['npm', 'left-pad', undefined],
  ] as const)('%s %s: %s, the first that covers it', (ecosystem, name, pattern) => expect(privateName(policy, ecosystem, name)?.pattern).toBe(pattern))
})
