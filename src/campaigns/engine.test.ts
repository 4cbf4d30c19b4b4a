import { array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { live } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { Engine } from './engine.ts'
import { campaignsOf } from './hubs.ts'
import { isIll } from './member.ts'
import type { Sighting } from './sighting.ts'

const NOW = new Date('2026-03-01T00:00:00Z')
const BOUNDS = { members: 1_000, perCampaign: 1_000, families: 64 }

/** Few values, so that everything is shared in every way. */
const some = (values: string[]) => option(constantFrom(...values), { nil: null })
const sightings = array(record({
  ecosystem: constantFrom('npm' as const, 'pypi' as const),
  name: integer({ min: 0, max: 30 }).map((index) => `p${index}`),
  version: some(['1.0.0', '99.0.0']),
  at: integer({ min: 0, max: 60 }).map((hour) => new Date(NOW.getTime() - hour * 3_600_000)),
  account: some(['a', 'b', 'c', 'd']),
  emails: array(constantFrom('e@x.example', 'f@x.example', 'g@y.example'), { maxLength: 2 }),
  indicators: array(constantFrom('one.example', 'two.example').map((value) => ({ type: 'domain', value })), { maxLength: 2 }),
  files: array(constantFrom('aa'.repeat(32), 'bb'.repeat(32)), { maxLength: 2 }),
  imitates: some(['react', 'vue']),
  readme: some(['r', 's']),
  metadataFrom: some(['m']),
  malicious: option(boolean(), { nil: null }),
  known: integer({ min: 0, max: 5 }).map((dice) => dice === 0),
}).map((one): Sighting => ({ ...one, sketch: null, description: '', dependencies: [] })), { maxLength: 150 })
const rulings = array(constantFrom('email:e@x.example' as const, 'account:npm:a' as const, 'indicator:host:one.example' as const, 'readme:r' as const), { maxLength: 3 })

function check(engine: Engine): void {
  const counted = new Map<Campaign, number>()
  for (const member of engine.members.values()) {
    if (!member.campaign) continue
    const campaign = live(member.campaign)
    counted.set(campaign, (counted.get(campaign) ?? 0) + 1)
    expect(campaign.members.has(member)).toBe(true)
    expect(engine.campaigns.get(campaign.id)).toBe(campaign)
    for (const hub of engine.hubs.of(member)) {
      const holders = [...hub.holders]
      expect([hub.held, hub.ill]).toEqual([holders.length, holders.filter(isIll).length])
      expect(hub.loose.every((loose) => loose.campaign === null)).toBe(true)
      const tally = campaignsOf(hub).get(campaign)
      if (hub.campaigns.size < 12) expect(tally).toBe(holders.filter((holder) => holder.campaign && live(holder.campaign) === campaign).length)
    }
  }
  for (const [campaign, times] of counted) {
    const ill = [...campaign.members].filter(isIll).length
    expect([campaign.size, campaign.ill, campaign.habits.size]).toEqual([times, ill, times])
  }
}

describe('Engine', () => {
  it('counts right, whatever comes in whatever order, and whatever is ruled out', () => {
    assert(property(sightings, rulings, sightings, (before, ruled, after) => {
      const engine = new Engine(BOUNDS)
      for (const each of before) engine.observe(each, NOW)
      check(engine)
      for (const each of ruled) engine.rule(each, NOW)
      check(engine)
      for (const each of after) engine.observe(each, NOW)
      check(engine)
      for (const each of ruled) engine.reinstate(each, NOW)
      check(engine)
    }), { numRuns: 60 })
  })

  it('forgets values that only what it has forgotten holds, those that many hold last', () => {
    const engine = new Engine({ members: 20, perCampaign: 5, families: 4 })
    const seen = (index: number): Sighting => ({
      ecosystem: 'npm', name: `p${index}`, version: '1.0.0', at: NOW, account: 'mallory', emails: [], indicators: [], sketch: null, files: [`${Math.floor(index / 2)}`.padStart(64, 'a')],
      imitates: 'react', description: '', readme: null, metadataFrom: null, dependencies: [], malicious: true, known: false,
    })
    for (let index = 0; index < 2_000; index += 1) {
      engine.observe(seen(index), NOW)
      engine.trim()
      expect(engine.hubs.size).toBeLessThanOrEqual(20 * 15 + 5)
    }
    expect(engine.hubs.get('account:npm:mallory')?.held).toBe(2_000)
    expect(engine.observe(seen(5_000), NOW).size).toBe(2_001)
  })

  it('stays in bounds, and goes on counting', () => {
    assert(property(sightings, (all) => {
      const engine = new Engine({ members: 10, perCampaign: 5, families: 4 })
      for (const each of all) {
        engine.observe(each, NOW)
        engine.trim()
      }
      expect(engine.members.size).toBeLessThanOrEqual(11)
      for (const campaign of engine.campaigns.values()) {
        expect(campaign.members.size).toBeLessThanOrEqual(6)
        expect(campaign.size).toBeGreaterThanOrEqual(campaign.members.size)
      }
    }), { numRuns: 40 })
  })
})
