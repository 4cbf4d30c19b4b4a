import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidates } from './candidates.ts'
import { Imitations } from './imitations.ts'
import type { Imitation } from './imitations.ts'

const FILES = 'files.packagehosted.example'
const PYTHON = 'files.pythonstored.example'
const guard = new Imitations([FILES, PYTHON, 'acmeidx.example', 'münchen-index.example', 'packages.acme.co.uk', '192.0.2.1', 'localhost'])
const of = (host: string): readonly Imitation[] => {
  const standing = guard.standing(host)
  return standing.kind === 'strange' ? standing.imitations : []
}

describe('the ways, each with a sentence', () => it.each([
  ['pakcagehosted.test', 'transposition', true, 'swaps two letters'], ['packagehosed.test', 'omission', true, 'leaves out `t`'], ['packagehoosted.test', 'repetition', true, 'repeats `o`'],
  ['packagehpsted.test', 'replacement', true, 'neighbouring key'], ['packagehosted2.test', 'addition', true, 'number'], ['packagehqosted.test', 'insertion', true, 'adds `q`'],
  ['packagehasted.test', 'vowel-swap', true, 'vowel `a` instead of `o`'], ['packogehasted.test', 'vowel-swap', true, 'other vowels'], ['packagehostad.test', 'vowel-swap', true, 'vowel'],
  ['pasckagehosted.test', 'insertion', true, 'adds `s`'], ['packagehosteds.test', 'plural', true, 'plural'], ['packag3hosted.test', 'homoglyph', true, 'written to look like'],
  ['package-hosted.test', 'hyphenation', true, 'sets a hyphen'], ['package.hosted.test', 'subdomain', true, 'with a dot in it'], ['packagehosted.help', 'tld-swap', true, 'costs next to nothing'],
  ['packagehosted.org', 'tld-swap', false, 'not under `example`'], ['filespackagehosted.org', 'various', true, 'together'], ['packagehostedexample.com', 'various', true, 'together'],
  ['packagehosted-cdn.org', 'dictionary', true, 'hangs `cdn` on'], ['packagehostedfans.org', 'dictionary', false, 'in it'], ['packagehosted.example.evil.test', 'in-front', true, '`evil.test` has `packagehosted.example` in front'],
  ['hostedpackages.org', 'recombination', true, 'another order'], ['pypi-files.test', 'recombination', false, 'words'],
] as const)('%s: %s', (host, kind, sure, says) => {
  const [first] = of(host)
  expect(first?.ways[0]).toMatchObject({ kind, sure })
  expect(first?.ways[0]?.says).toContain(says)
}))

describe('case A\'s two shapes, from the file host alone', () => it.each([
  // The file host `pythonhosting` of another registry, as `python` and a word of its own.
  ['files.pypihosting.test', 'recombination'], ['pythanhosting.test', 'vowel-swap'],
])('%s', (host, kind) => {
  const standing = new Imitations(['files.pythonhosting.example']).standing(host)
  expect(standing).toMatchObject({ kind: 'strange', imitations: [{ of: 'files.pythonhosting.example', sure: true, ways: [{ kind }] }] })
}))

describe('other scripts', () => {
  it.each([
    ['рackagehosted.example', 'packagehosted.example'], ['xn--ackagehosted-ugk.example', 'packagehosted.example'], ['packagehösted.example', 'packagehosted.example'], ['ｐackagehosted.example', 'packagehosted.example'],
  ])('%s reads as %s', (host) => expect(of(host)[0]).toMatchObject({ of: FILES, sure: true, ways: [{ kind: 'homoglyph' }] }))

  it('says which scripts are mixed', () => expect(guard.standing('рackage-x.test')).toMatchObject({ kind: 'strange', says: ['`рackage-x` mixes Latin and Cyrillic letters'] }))
  it('says when a whole word is of another script', () => expect(guard.standing('расе.test')).toMatchObject({ says: ['`расе` is Cyrillic throughout and reads as `pace`'] }))
  it.each(['bücher.example', '例え.example', 'пример.example'])('has nothing against %s', (host) => expect(of(host)).toEqual([]))
  it('knows an owner\'s name in both spellings', () => {
    expect(guard.standing('münchen-index.example')).toEqual({ kind: 'own', of: 'münchen-index.example' })
    expect(guard.standing('cdn.xn--mnchen-index-dlb.example')).toEqual({ kind: 'own', of: 'münchen-index.example' })
    expect(of('münchen-imdex.test')[0]).toMatchObject({ of: 'münchen-index.example', sure: true })
  })
})

it.each([
  ['files.packagehosted.example', FILES], ['PACKAGEHOSTED.example.', FILES], ['a.b.acme.co.uk', 'packages.acme.co.uk'], ['raw.githubusercontent.com', 'github'],
])('%s is its owner\'s', (host, owner) => expect(guard.standing(host)).toEqual({ kind: 'own', of: owner }))

it.each(['192.0.2.7', '[2001:db8::1]', 'localhost', '', 'x'.repeat(400), '3221225985'])('%s is no name', (host) => expect(guard.standing(host)).toEqual({ kind: 'no-name' }))
it.each(['other.co.uk', 'storage.example', 'packages.example.org', 'python.example'])('%s imitates nobody', (host) => expect(of(host).filter(({ sure }) => sure)).toEqual([]))

it('answers twice the same, and the scan\'s question as the person\'s', () => {
  for (const host of ['hostedpackages.org', 'acmeidx.org', 'other.example', 'gihtub.com']) {
    const sure = of(host).find((one) => one.sure)?.of ?? null
    expect([guard.surely(host), guard.surely(host)]).toEqual([sure, sure])
  }
})

describe('candidates', () => {
  const all = [...candidates(PYTHON)]
  it('are each made once, of every kind, and never the host itself', () => {
    expect(new Set(all.map(({ host }) => host)).size).toBe(all.length)
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['addition', 'bitsquatting', 'cyrillic', 'dictionary', 'homoglyph', 'hyphenation', 'insertion', 'omission', 'plural', 'recombination', 'repetition',
      'replacement', 'subdomain', 'tld-swap', 'transposition', 'various', 'vowel-swap']))
    expect(all.map(({ host }) => host)).not.toContain('pythonstored.example')
  })
  it('are recognised, all but a few that two confused letters make', () => {
    const alone = new Imitations([PYTHON])
    const missed = all.filter(({ host }) => { const standing = alone.standing(host); return standing.kind !== 'strange' || standing.imitations.length === 0 })
    expect(missed.filter(({ kind }) => kind !== 'homoglyph')).toEqual([])
    expect(missed.length).toBeLessThan(all.length / 200)
  })
  it('stay few for absurd names', () => {
    expect([...candidates(`${'a'.repeat(63)}.example`)].length).toBeLessThan(20_000)
    expect([...candidates(`${'-'.repeat(200)}.${'.'.repeat(99)}`)].length).toBeLessThan(20_000)
  })
})

it('takes anything for a host, and finds in every slip of a name the name', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (host) => { guard.standing(host); guard.surely(host) }))
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), (at, letter) => {
    const label = `packagehosted`.slice(0, at) + letter + `packagehosted`.slice(at + 1)
    if (label !== 'packagehosted') expect(guard.surely(`${label}.test`)).toBe(FILES)
  }))
})
