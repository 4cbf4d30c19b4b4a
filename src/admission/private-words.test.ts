import { describe, expect, it } from 'vitest'
import type { PrivateName } from '../core/policy.ts'
import { privateWords } from './private-words.ts'

const patterns: PrivateName[] = ['@acme/*', 'corp-*', '@types/acme-*', 'Secret', '@mixed*/x', '*-internal'].map((pattern) => ({ ecosystem: 'npm', pattern, registry: null }))
const words = (text: string): string[] => privateWords(patterns, text).map(({ word }) => word)

describe('private words', () => {
  it.each([
    '@acme/secret', '@ACME/Secret', '@acme/secret tool', 'tool @acme/secret', '"@acme/secret"', "('@acme/secret')", 'a,@acme/secret', '-@acme/secret', '@acme/secret!', '@acme/secret.',
    '@acme', '@Acme', '@acme/', '@acme/*', 'scope:acme', 'scope:@acme', 'SCOPE:Acme lodash', 'scope:"acme"', '-scope:acme', 'maintainer:acme', 'author:acme', 'not:x scope:b,acme',
    'secret@1.0.0', 'keywords:@acme/secret', 'keywords:a,corp-tool', 'keywords:corp-tool+b', 'acme/secret', 'corp-tool', 'CORP-TOOL', 'corp-', 'x\tcorp-tool', 'secret', 'tool-internal', '@x/tool-internal',
    '@types', '@types/', '@types/ac', '@types/acme-x', '@mixed', '@mixedcase/x', 'name@acme @acme/x@1.0.0', 'https://registry.example/@acme/secret',
  ])('%s says something private', (text) => {
    expect(words(text)).not.toEqual([])
  })

  it.each(['lodash', 'acme', 'two words', '@types/node', '@types/node acme', 'scope:types2', 'scope:babel', '@babel/core', 'keywords:build,test', 'corp', 'secrets', '@other/x', '', ' ', '@', ':', 'a:', '-', '@/x', 'internal'])('%s does not', (text) => {
    expect(words(text)).toEqual([])
  })

  it('is linear in hostile text', () => {
    for (const hostile of ['a:'.repeat(5_000), '@acm/'.repeat(3_000), 'x:"'.repeat(4_000), 'a:b'.repeat(4_000)]) expect(words(hostile)).toEqual([])
  })
})
