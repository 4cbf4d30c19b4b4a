import { describe, expect, it } from 'vitest'
import type { Identity } from '../core/watch.ts'
import { judgeImitation } from './guard.ts'
import { NameIndex } from './index.ts'
import type { Imitation, Protected } from './index.ts'

const now = new Date('2026-06-01T00:00:00Z')
const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000)

const identity = (name: string, more: Partial<Identity> = {}): Identity => ({
  ecosystem: 'npm', name, description: '', accounts: [`${name}-owner`], publisher: null, emails: [], repository: null, homepage: null, createdAt: ago(2), latest: '1.0.0', latestAt: ago(2), releases: 1,
  versions: ['1.0.0'], readme: null, mentions: [], rank: null, ...more,
})
const target = identity('express', { createdAt: ago(4_000), releases: 280, rank: 3, repository: 'github.com/expressjs/express', accounts: ['expressjs-owner'] })

function imitation(name: string, ...names: Protected[]): Imitation {
  const [first] = NameIndex.build('npm', [{ name: 'express', why: 'popular', rank: 3 }, { name: '@babel/core', why: 'popular', rank: 4 }, ...names]).check(name)
  if (!first) throw new Error(`${name} imitates nothing`)
  return first
}

const squat = imitation('exprses')
const own = imitation('acme-billling', { name: 'acme-billing', why: 'private', rank: null })

describe('a likely imitation of a popular name', () => {
  it.each<[string, Partial<Identity>, string, RegExp]>([
    ['fresh', {}, 'alarm', /2 days only/],
    ['of unknown age', { createdAt: null }, 'alarm', /age is not known/],
    ['from the future', { createdAt: ago(-400), releases: 50 }, 'alarm', /age is not known/],
    ['fresh, claiming the same repository', { repository: 'github.com/expressjs/express' }, 'alarm', /which anybody can/],
    ['fresh, with hundreds of releases', { releases: 300 }, 'alarm', /2 days only/],
    ['there for a while', { createdAt: ago(120) }, 'note', /120 days/],
    ['there for long, hardly ever released', { createdAt: ago(500), releases: 2 }, 'note', /500 days/],
    ['there for a while, from the same repository', { createdAt: ago(120), repository: 'github.com/expressjs/express' }, 'none', /same repository/],
    ['established', { createdAt: ago(500), releases: 12 }, 'none', /12 releases in 500 days/],
    ['very old, with few releases', { createdAt: ago(1_200), releases: 3 }, 'none', /3 releases in 3 years/],
    ['older than it', { createdAt: ago(4_001) }, 'none', /older than `express`/],
    ['of the same account', { accounts: ['x', 'expressjs-owner'] }, 'none', /same owner as `express`: expressjs-owner/],
    ['used more', { rank: 2 }, 'none', /used more than `express`/],
    ['popular itself', { rank: 400 }, 'none', /among the popular names \(rank 400\)/],
  ])('%s', (_what, facts, level, because) => {
    const judged = judgeImitation(squat, { name: identity('exprses', facts), target, now })
    expect(judged.level).toBe(level)
    expect(judged.because.join('; ')).toMatch(because)
  })

  it('is alarming when nothing is known of it, and says how it imitates', () => {
    const judged = judgeImitation(squat, { name: null, target: null, now })
    expect(judged.level).toBe('alarm')
    expect(judged.because).toEqual([...squat.kinds.map(({ says }) => says), 'nothing is known of its history'])
  })

  it('is none when it is protected itself, but a name that is only used here is not cleared by that', () => {
    const known = (why: Protected['why']): string => judgeImitation(squat, { name: null, target: null, now, protectedAs: { name: 'exprses', why, rank: null } }).level
    expect([known('popular'), known('private'), known('used')]).toEqual(['none', 'none', 'alarm'])
  })

  it('in its own scope is nobody else\'s', () => {
    expect(judgeImitation(imitation('@babel/cor'), { name: null, target: null, now })).toMatchObject({ level: 'none', because: [expect.stringMatching(/same owner/)] })
  })
})

describe('what says little', () => {
  it.each([['express-dev', 'note'], ['expresses', 'alarm'], ['@babel-core/x', 'note'], ['@acme/x', 'none'], ['express4', 'note']])('%s', (name, level) => {
    const found = NameIndex.build('npm', [{ name: 'express', why: 'popular', rank: 3 }, { name: '@babel/core', why: 'popular', rank: 4 }]).check(name)
    const levels = found.map((one) => judgeImitation(one, { name: null, target: null, now }).level)
    expect(levels[0] ?? 'none').toBe(level)
  })
})

describe('an imitation of a private name', () => {
  it.each<[string, Identity | null, string]>([
    ['of which nothing is known', null, 'alarm'], ['fresh', identity('acme-billling'), 'alarm'], ['of unknown age', identity('acme-billling', { createdAt: null }), 'alarm'],
    ['there for a while', identity('acme-billling', { createdAt: ago(200) }), 'note'], ['established', identity('acme-billling', { createdAt: ago(3_000), releases: 90 }), 'note'],
    ['popular', identity('acme-billling', { createdAt: ago(3_000), releases: 90, rank: 900 }), 'none'],
  ])('%s', (_what, facts, level) => {
    const judged = judgeImitation(own, { name: facts, target: null, now })
    expect(judged.level).toBe(level)
    expect(judged.because.length).toBeGreaterThan(0)
  })

  it('alarms even where as much of a popular one would not', () => {
    const [hung] = NameIndex.build('npm', [{ name: 'acme-billing', why: 'private', rank: null }]).check('acme-billing-sdk')
    expect(hung && judgeImitation(hung, { name: null, target: null, now }).level).toBe('alarm')
  })
})
