import { describe, expect, it } from 'vitest'
import type { Found, Presence } from '../../core/presence.ts'
import type { Digest } from '../../core/types.ts'
import { agreed, openingsOf } from './judge.ts'
import { lossesOf, NOTHING_KNOWN, stateAfter, wholeAbsence } from './losses.ts'
import type { Lost, State } from './losses.ts'
import { isTooMany } from './schedule.ts'
import type { Had } from './subjects.ts'

const AT = new Date('2026-01-10T00:00:00Z')
const SHA = 'a'.repeat(64)
const fetched = (version: string, more: Partial<Had> = {}): Had => ({ version, file: `x-${version}.tgz`, bytes: { digest: `sha256:${SHA}` as Digest, hashes: { sha256: SHA }, size: 3, firstSeenAt: AT, publishedAt: null }, ...more })
const locked = (version: string): Had => ({ version, file: null, bytes: null })
const found = (there: boolean | null, more: Partial<Found> = {}): Found => ({ there, pledge: there ? { hashes: { sha256: SHA } } : null, url: null, remembered: false, mark: null, line: there ? 'line' : null, ...more })
const presence = (all: readonly Found[], more: Partial<Presence> = {}): Presence => ({ whole: null, listed: all.length, newest: null, found: all, ...more })
const known = (more: Partial<State> = {}): State => ({ ...NOTHING_KNOWN, known: true, ...more })
const brief = (losses: readonly Lost[]): string[] => losses.map(({ kind, version, weak }) => `${weak ? 'weak ' : ''}${kind} ${version ?? '*'}`)

describe('losses', () => {
  const yanked = found(true, { mark: { kind: 'yanked', says: 'yanked' } })
  it.each<[string, readonly Had[], Presence, State, string[]]>([
    ['all there', [fetched('1')], presence([found(true)]), known(), []],
    ['gone', [fetched('1'), fetched('2')], presence([found(true), found(false)]), known(), ['removed 2']],
    ['what cannot be told', [fetched('1')], presence([found(null)]), known(), []],
    ['another promise', [fetched('1')], presence([found(true, { pledge: { hashes: { sha256: 'b'.repeat(64) } } })]), known(), ['changed 1']],
    ['another size', [fetched('1')], presence([found(true, { pledge: { size: 4 } })]), known(), ['changed 1']],
    ['no promise', [fetched('1')], presence([found(true, { pledge: {} })]), known(), []],
    ['yanked since', [fetched('1')], presence([yanked]), known(), ['yanked 1']],
    ['yanked before', [fetched('1')], presence([yanked]), known({ marks: ['yanked 1'] }), []],
    ['yanked at the first look', [fetched('1')], presence([yanked]), NOTHING_KNOWN, []],
    ['locked, and never there', [locked('1')], presence([found(false)]), NOTHING_KNOWN, ['weak removed 1']],
    ['locked, never there, and said so', [locked('1')], presence([found(false)]), known({ marks: ['missing 1'] }), []],
    ['locked, once there', [locked('1')], presence([found(false)]), known({ seen: ['1'] }), ['removed 1']],
    ['a placeholder in place of all', [fetched('1')], presence([found(false)], { whole: { kind: 'placeholder', says: '' } }), known(), ['placeholder *']],
    ['a placeholder beside all', [fetched('1')], presence([found(true)], { whole: { kind: 'placeholder', says: '' } }), known(), ['weak placeholder *']],
    ['a placeholder, where only locked', [locked('1')], presence([found(false)], { whole: { kind: 'placeholder', says: '' } }), NOTHING_KNOWN, ['placeholder *']],
    ['quarantined', [fetched('1')], presence([found(false)], { whole: { kind: 'quarantined', says: '' } }), NOTHING_KNOWN, ['quarantined *']],
    ['archived since', [fetched('1')], presence([found(true)], { whole: { kind: 'archived', says: '' } }), known(), ['weak archived *']],
    ['archived before, and gone', [fetched('1')], presence([found(false)], { whole: { kind: 'archived', says: '' } }), known({ marks: ['archived'] }), ['removed 1']],
  ])('%s', (_what, had, there, state, expected) => {
    expect(brief(lossesOf(had, there, state))).toEqual(expected)
  })

  it('of a package without a document are sure only where something of it was once there', () => {
    expect(brief(wholeAbsence([fetched('1')], null, 404, NOTHING_KNOWN))).toEqual(['removed *'])
    expect(brief(wholeAbsence([locked('1')], null, 404, NOTHING_KNOWN))).toEqual(['weak removed *'])
    expect(brief(wholeAbsence([locked('1')], { kind: 'unpublished', says: '' }, 404, NOTHING_KNOWN))).toEqual(['unpublished *'])
  })

  it('keep the line from before, whatever files are called', () => {
    const had = [fetched('1', { file: '__proto__' }), fetched('2', { file: 'constructor' })]
    const state = JSON.parse(JSON.stringify(stateAfter(had, presence([found(true), found(true)]), NOTHING_KNOWN))) as State
    const lost = lossesOf(had, presence([found(false), found(false)]), state)
    expect(lost.map(({ before }) => before)).toEqual(['line', 'line'])
    expect(lossesOf(had, presence([found(false), found(false)]), NOTHING_KNOWN).map(({ before }) => before)).toEqual([null, null])
  })

  it('leave a state that does not grow without end', () => {
    const had = Array.from({ length: 5_000 }, (_, at) => locked(String(at)))
    const state = stateAfter(had, presence(had.map((_, at) => found(at % 2 === 0))), NOTHING_KNOWN)
    expect([Object.keys(state.lines).length, state.seen.length, state.marks.length]).toEqual([50, 2_000, 2_000])
  })
})

describe('reviews of them', () => {
  const lost = (kind: Lost['kind'], version: string | null, weak = false): Lost => ({ kind, version, file: null, says: `${version} is ${kind}`, before: null, after: null, weak })
  const open = (losses: readonly Lost[], had: readonly Had[] = [fetched('1')]) => openingsOf({ ecosystem: 'npm', name: 'x', had, losses, looks: [], noticedAt: new Date(AT.getTime() + 40 * 3_600_000) })

  it('are one a matter, by the gravest, and hold no more than they must', () => {
    expect(open([lost('removed', '1'), lost('unpublished', '2'), lost('changed', '3'), lost('yanked', '1'), lost('removed', '9', true)]).map(({ matter, kind, severity, versions, noted }) => [matter, kind, severity, versions, noted])).toEqual([
      ['removed', 'unpublished', 'high', ['1', '2'], false], ['changed', 'changed', 'critical', ['3'], false], ['note', 'removed', 'low', ['1', '9'], true],
    ])
    expect(open([lost('placeholder', null)])[0]).toMatchObject({ severity: 'high', versions: null, says: expect.stringContaining('noticed 40 h after it was first fetched here') })
    expect(open([lost('removed', '1')], [fetched('1', { bytes: { ...fetched('1').bytes as NonNullable<Had['bytes']>, publishedAt: new Date('2020-01-01') } })])[0]?.severity).toBe('medium')
  })

  it('rest on what both looks found', () => {
    expect(agreed([lost('removed', '1'), lost('removed', '2')], [{ ...lost('removed', '2'), says: 'more' }, lost('removed', '3')])).toMatchObject([{ version: '2', says: 'more' }])
  })
})

it.each([
  [1, 1, false], [2, 1, false], [2, 2, true], [3, 2, true], [10, 2, false], [10, 5, false], [10, 6, true], [100, 6, false], [100, 20, false], [100, 21, true], [1_000, 150, false],
])('of %d looked at %d gone at once is too many: %s', (looked, gone, expected) => {
  expect(isTooMany({ looked, gone })).toBe(expected)
})
