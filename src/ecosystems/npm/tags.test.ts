import { describe, expect, it } from 'vitest'
import { pointTags } from './tags.ts'

const point = (tags: Record<string, string>, shown: string[]) => Object.fromEntries(pointTags(new Map(Object.entries(tags)), shown))

describe('dist-tags', () => {
  it.each([
    ['stay where their version is shown', { latest: '1.0.0', beta: '2.0.0-b' }, ['1.0.0', '2.0.0-b'], { latest: '1.0.0', beta: '2.0.0-b' }],
    ['move down to the next stable one', { latest: '2.0.0' }, ['0.9.0', '1.5.0', '1.6.0-b', '3.0.0'], { latest: '1.5.0' }],
    ['of a prerelease move to the next lower of any kind', { latest: '1.0.0', beta: '2.0.0-b.3' }, ['1.0.0', '2.0.0-b.2', '2.0.0'], { latest: '1.0.0', beta: '2.0.0-b.2' }],
    ['move up to the highest stable one where nothing is lower', { latest: '1.0.0' }, ['1.1.0', '2.0.0'], { latest: '2.0.0' }],
    ['are dropped where only higher prereleases are shown', { latest: '3.0.0-b', old: '1.0.0' }, ['3.0.0-b'], { latest: '3.0.0-b' }],
    ['always have a latest', { beta: '1.0.0-b' }, ['1.0.0-b', '1.0.0-a'], { beta: '1.0.0-b', latest: '1.0.0-b' }],
    ['have a latest even among versions that are none', {}, ['one'], { latest: 'one' }],
    ['that dangled upstream are mended', { latest: 'gone' }, ['1.0.0'], { latest: '1.0.0' }],
    ['vanish with the last version', { latest: '1.0.0' }, [], {}],
  ])('%s', (_what, tags, shown, expected) => {
    expect(point(tags, shown)).toEqual(expected)
  })
})
