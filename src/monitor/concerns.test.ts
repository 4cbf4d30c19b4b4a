import { describe, expect, it } from 'vitest'
import { identityOf } from '../core/identity.ts'
import { concernsOf } from './concerns.ts'
import type { Newcomer } from './concerns.ts'

const AT = new Date('2026-01-01T00:00:00Z')
const somebody = identityOf('pypi', 'x', { publisher: 'mallory', releases: [{ version: '1.0', at: AT }] })
const newcomer = (more: Partial<Newcomer> = {}): Newcomer =>
  ({ ecosystem: 'pypi', name: 'x', identity: somebody, there: true, established: false, mine: null, imitation: null, twins: [], watched: null, unknown: [], problem: null, ...more })
const OURS = { ecosystem: 'npm', name: '@acme/x' } as const
const WATCHED = { actor: 'mallory', because: 'case 7', uploaded: true }
const LIKENESS = { blocks: 0.9, damerau: 0.85, jaro: 0.95 }
const imitation = (level: 'none' | 'note' | 'alarm', why: 'popular' | 'private' = 'popular'): Newcomer['imitation'] => ({
  found: { target: { name: 'requests', why, rank: 1 }, kinds: [{ kind: 'omission', says: '`x` leaves out most' }], likeness: LIKENESS, weight: 0.8, sameHolder: false }, judged: { level, because: ['it has been there for 1 day only'] },
})
const twin = (level: 'none' | 'note' | 'alarm', signals: string[] = []): Newcomer['twins'][number] => ({
  of: identityOf('npm', 'x', {}), twin: { relation: level === 'note' ? 'claimed' : 'stranger', level, weight: 7, signals: signals.map((signal) => ({ signal: signal as never, says: signal })) },
})

describe('what speaks against a package', () => {
  it.each<[string, Partial<Newcomer>, string[]]>([
    ['nothing', {}, []],
    ['a private name of ours at another registry', { mine: OURS }, ['private-name alarm critical holds']],
    ['a private name of ours at its own', { mine: { ecosystem: 'pypi', name: 'x' }, established: true }, ['private-name alarm critical holds']],
    ['a namesake that has long been there', { mine: OURS, established: true }, ['private-name note low']],
    ['a private name that its registry does not show yet', { mine: OURS, identity: null }, ['private-name alarm critical holds']],
    ['a private name that is gone', { mine: OURS, identity: null, there: false }, []],
    ['a stranger under another\'s version', { twins: [twin('alarm', ['version-copied'])] }, ['twin alarm high holds']],
    ['a stranger with another\'s description', { twins: [twin('alarm', ['description-copied'])] }, ['twin alarm medium holds']],
    ['a claim that nothing confirms', { twins: [twin('note')] }, ['twin note medium']],
    ['the same project', { twins: [twin('none')] }, []],
    ['an upload of somebody who is watched', { watched: WATCHED }, ['actor alarm high']],
    ['what somebody who is watched removed', { watched: WATCHED, identity: null, there: false }, []],
    ['a similar name', { imitation: imitation('alarm') }, ['imitation alarm medium']],
    ['a name similar to a private one', { imitation: imitation('alarm', 'private') }, ['imitation alarm high']],
    ['a similar name with a history', { imitation: imitation('none') }, []],
    ['everything at once, the gravest first', { mine: OURS, twins: [twin('alarm', ['version-copied'])], watched: WATCHED, imitation: imitation('note') },
      ['private-name alarm critical holds', 'twin alarm high holds', 'actor alarm high', 'imitation note medium']],
  ])('%s', (_, more, expected) => {
    expect(concernsOf(newcomer(more)).map(({ kind, level, severity, holds }) => `${kind} ${level} ${severity}${holds ? ' holds' : ''}`)).toEqual(expected)
  })

  it('never holds for a similar name alone', () => {
    for (const level of ['note', 'alarm'] as const) for (const why of ['popular', 'private'] as const) expect(concernsOf(newcomer({ imitation: imitation(level, why) })).some(({ holds }) => holds)).toBe(false)
  })

  it('says which name, whose, since when, and how alike', () => {
    expect(concernsOf(newcomer({ mine: OURS }))).toMatchObject([{
      says: 'pypi:x has appeared at the public registry, which is npm:@acme/x here, a private name of this organisation',
      signals: ['private name npm:@acme/x', 'published by mallory', '1 release, the first of 2026-01-01'],
    }])
    expect(concernsOf(newcomer({ imitation: imitation('alarm') }))[0]?.signals).toContain('likeness 90 % by matching blocks, 85 % by Damerau-Levenshtein, 95 % by Jaro')
    expect(concernsOf(newcomer({ watched: { ...WATCHED, uploaded: false } }))[0]?.says).toBe('pypi:x names among its people mallory, who is watched: case 7')
    expect(concernsOf(newcomer({ mine: OURS, identity: null }))[0]?.signals).toContain('the registry does not show it')
  })

  it('makes one matter of what belongs together, and several of what does not', () => {
    const subject = (more: Partial<Newcomer>): string | undefined => concernsOf(newcomer(more))[0]?.subject
    expect(subject({ name: 'a', mine: OURS })).toBe(subject({ name: 'b', mine: OURS }))
    expect(subject({ name: 'a', watched: WATCHED })).toBe(subject({ name: 'b', watched: WATCHED }))
    expect(subject({ name: 'a', imitation: imitation('alarm') })).toBe(subject({ name: 'b', imitation: imitation('alarm') }))
    expect(subject({ name: 'a', twins: [twin('alarm')] })).not.toBe(subject({ name: 'b', twins: [twin('alarm')] }))
  })
})
