import { describe, expect, it } from 'vitest'
import { newCampaign } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { reasonsFor } from './reasons.ts'

const group = ({ imitating = 0, ...counts }: Partial<Campaign> & { imitating?: number }): Campaign => {
  const campaign = Object.assign(newCampaign(0), counts)
  campaign.ill = Math.max(campaign.malicious, imitating, counts.ill ?? 0)
  Object.assign(campaign.habits, { imitating, size: campaign.size })
  return campaign
}

describe('reasonsFor', () => {
  it.each<[string, Parameters<typeof group>[0], string[]]>([
    ['two malicious', { size: 2, malicious: 2 }, []],
    ['three malicious', { size: 3, malicious: 3 }, ['malicious']],
    ['two malicious, and one that imitates', { size: 3, malicious: 2, ill: 3 }, ['malicious']],
    ['one wrong verdict in a suite', { size: 40, malicious: 1 }, []],
    ['two wrong verdicts in a small group', { size: 5, malicious: 2 }, []],
    ['four wrong ones in a hundred', { size: 100, malicious: 4 }, []],
    ['six malicious among a hundred', { size: 100, malicious: 6 }, ['malicious']],
    ['six wrong verdicts in thousands', { size: 5_000, malicious: 6 }, []],
    ['three names like others', { size: 3, imitating: 3 }, ['imitates']],
    ['three in a suite of forty', { size: 40, imitating: 3 }, []],
    ['copied metadata alone', { size: 30, copied: 30 }, []],
    ['copied metadata and an imitation', { size: 30, copied: 30, imitating: 1 }, ['copied']],
    ['a flood', { size: 100, flood: '100 new packages' }, ['flood']],
    ['many packages', { size: 300 }, []],
  ])('%s', (_, counts, kinds) => {
    expect(reasonsFor(group(counts)).map(({ kind }) => kind)).toEqual(kinds)
  })
})
