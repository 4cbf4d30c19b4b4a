import { describe, expect, it } from 'vitest'
import { stepAt } from './campaign.ts'
import { mark, marksOf, publisherOf } from './marks.ts'
import type { Member } from './member.ts'
import { Rate } from './rate.ts'
import type { Sighting } from './sighting.ts'
import { affixesOf, Habits, weakOf, worthOf } from './weak.ts'

const seen = (more: Partial<Sighting>): Sighting => ({
  ecosystem: 'npm', name: 'own', version: '1.0.0', at: new Date(0), account: null, emails: [], indicators: [], sketch: null, files: [],
  imitates: null, description: '', readme: null, metadataFrom: null, dependencies: [], malicious: null, known: false, ...more,
})

describe('marksOf', () => {
  it.each<[Partial<Sighting>, string[]]>([
    [{}, []],
    [{ account: 'a' }, ['account:npm:a']],
    [{ ecosystem: 'go', name: 'forge.example/a/b/v2' }, ['account:go:forge.example/a', 'package:go/forge.example/a/b/v2']],
    [{ emails: ['a@corp.example', 'b@gmail.com', 'noreply@x.example', 'bare'] }, ['email:a@corp.example', 'maildomain:corp.example', 'email:b@gmail.com']],
    [{ indicators: [{ type: 'url', value: 'https://u:p@Drop.example:8443/a/b?c' }, { type: 'domain', value: 'drop.example' }] }, ['indicator:host:drop.example']],
    [{ indicators: [{ type: 'url', value: 'http://[2001:db8::1]:80/' }, { type: 'url', value: 'no address' }] }, ['indicator:host:[2001:db8::1]', 'indicator:url:no address']],
    [{ indicators: [{ type: 'wallet', value: '0xaa' }, { type: 'hash', value: 'ff' }, { type: 'bot-token', value: '12***z' }] }, ['wallet:0xaa', 'indicator:bot-token:12***z']],
    [{ indicators: [{ type: 'webhook', value: 'https://api.telegram.org/bot12***z/sendMessage' }, { type: 'domain', value: 'api.telegram.org' }] }, ['indicator:webhook:https://api.telegram.org/bot12***z/sendMessage']],
    [{ indicators: [{ type: 'domain', value: 'IPINFO.io' }, { type: 'ipv4', value: '127.0.0.1' }, { type: 'url', value: 'https://github.com/a/b' }] }, []],
    [{ files: ['AB'.repeat(32)] }, [`file:${'ab'.repeat(20)}`]],
    [{ description: 'own 1.2 makes everything easier for everybody' }, ['description:. makes everything easier for everybody']],
    [{ description: 'too short to tell' }, []],
    [{ readme: 'r', metadataFrom: 'other', dependencies: ['x', 'x'] }, ['readme:r', 'metadata:npm/other', 'package:npm/x']],
  ])('%j', (more, marks) => {
    const own = more.ecosystem === 'go' ? [] : ['package:npm/own']
    expect(marksOf(seen(more)).sort()).toEqual([...marks, ...own].sort())
  })

  it('tells long values apart by a digest', () => {
    const [one, other] = ['a', 'b'].map((end) => mark('readme', 'x'.repeat(500) + end))
    expect(one).not.toBe(other)
    expect(one?.length).toBeLessThan(140)
    expect(publisherOf(seen({ emails: ['e@x.example'] }))).toBe('e@x.example')
  })
})

describe('weak signs', () => {
  const member = (more: Partial<Member>): Member => ({
    key: 'npm/a', ecosystem: 'npm', name: 'a', publisher: 'p', account: null, emails: [], versions: ['1.0.0'], first: 0, last: 0, marks: [], near: 0, malicious: null,
    imitates: null, copied: null, known: false, campaign: null, sketch: null, ...more,
  })
  const kinds = (one: Partial<Member>, other: Partial<Member>): string[] => weakOf(member(one), Habits.of(member(other))).map(({ kind, weight }) => `${kind} ${weight}`)

  it.each<[Partial<Member>, Partial<Member>, string[]]>([
    [{}, {}, ['version 0.03', 'burst 0.1']],
    [{ versions: ['99.0.0'] }, { versions: ['99.0.0'], first: 30 * 3_600_000, last: 30 * 3_600_000 }, ['version 0.15']],
    [{ versions: ['9.9.9'] }, { versions: ['2.0.0'], first: 7 * 3_600_000, last: 7 * 3_600_000 }, ['burst 0.05']],
    [{ versions: ['2024.1.0'] }, { versions: ['2024.1.0'] }, ['version 0.08', 'burst 0.1']],
    [{ imitates: 'react' }, { imitates: 'vue', versions: [] }, ['burst 0.1', 'targets 0.1']],
    [{ imitates: 'vue', name: 'vue-fast-1234' }, { imitates: 'vue', name: 'react-quick-9876', versions: [] }, ['burst 0.1', 'targets 0.15', 'name 0.1']],
    [{ name: 'vue-fast' }, { name: 'vue-slow', versions: [] }, ['burst 0.1', 'name 0.05']],
    [{ name: 'kxzq-fast1234' }, { name: 'kxzq2-fast9876', versions: [] }, ['burst 0.1']],
    [{ name: 'abcd1234' }, { name: 'qwer9876', versions: [] }, ['burst 0.1', 'name 0.1']],
  ])('%j beside %j', (one, other, found) => {
    expect(kinds(one, other)).toEqual(found)
  })

  it('together never make a tie', () => {
    const all = weakOf(member({ versions: ['99.0.0'], imitates: 'vue', name: 'vue-a' }), Habits.of(member({ versions: ['99.0.0'], imitates: 'vue', name: 'vue-b' })))
    expect(all).toHaveLength(4)
    expect(worthOf(all)).toBeLessThanOrEqual(0.3)
  })

  it('count what was added and take it off again, up to a bound', () => {
    const habits = new Habits()
    for (let index = 0; index < 1_000; index += 1) habits.add(member({ name: `n${index}-x`, versions: [`1.${index}.0`], imitates: `t${index}` }))
    expect(Math.max(habits.names.size, habits.versions.size, habits.targets.size)).toBeLessThanOrEqual(200)
    for (let index = 0; index < 1_000; index += 1) habits.add(member({ name: `n${index}-x`, versions: [`1.${index}.0`], imitates: `t${index}` }), -1)
    expect([habits.size, habits.imitating, habits.names.size, habits.versions.size, habits.targets.size]).toEqual([0, 0, 0, 0, 0])
  })

  it('read made-up names', () => {
    expect(affixesOf('react-native-thing')).toEqual(['react…', '…thing'])
    expect(affixesOf('@scope/abc0042')).toEqual(['@scope…', '…abc0042', '@scope-*####'])
    expect(affixesOf('x'.repeat(10_000))).toEqual([])
  })
})

describe('Rate', () => {
  const HOUR = 3_600_000
  const flood = (count: number, name: (index: number) => string, apart = 1_000): string | null => {
    const rate = new Rate(true)
    for (let index = 0; index < count; index += 1) rate.add(name(index), `${index}`, 400 * HOUR + index * apart)
    return rate.flood()
  }

  it.each<[string, boolean, number, (index: number) => string, number?]>([
    ['a hundred names in minutes', true, 100, (index) => `${index.toString(36)}x-free`],
    ['forty', false, 40, (index) => `${index}-free`],
    ['a scope', false, 400, (index) => `@types/${index}`],
    ['a suite', false, 400, (index) => `azure-mgmt-${index}`],
    ['modules of one repository', false, 400, (index) => `forge.example/owner/repo/v${index}`],
    ['a hundred in a month', false, 100, (index) => `${index}-free`, 7 * HOUR],
  ])('%s: %s', (_, floods, count, name, apart) => {
    expect(flood(count, name, apart) !== null).toBe(floods)
  })

  it('wants more than an address that strangers may share', () => {
    for (const [versions, floods] of [[1, true], [2, false], [100, false]] as const) {
      const rate = new Rate(false)
      for (let index = 0; index < 100; index += 1) rate.add(`${index}-free`, `1.${index % versions}.0`, 400 * HOUR)
      expect(rate.flood() !== null).toBe(floods)
    }
  })

  it('takes times out of order, and forgets', () => {
    const rate = new Rate(true)
    for (let index = 0; index < 99; index += 1) rate.add(`${index}-a`, '1', (500 - (index % 20)) * HOUR)
    rate.add('old-one', '1', 0)
    expect(rate.flood()).toBeNull()
    rate.add('new-one', '1', 500 * HOUR)
    expect(rate.flood()).toMatch(/^100 and more new packages/)
    rate.add('late-one', '1', 900 * HOUR)
    expect(rate.flood()).toBeNull()
  })
})

describe('stepAt', () => {
  it('grows', () => {
    expect([3, 4, 5, 9, 10, 24, 25, 50, 99, 100, 250, 999, 100_000].map(stepAt)).toEqual([0, 0, 5, 5, 10, 10, 25, 50, 50, 100, 250, 500, 100_000])
  })
})
