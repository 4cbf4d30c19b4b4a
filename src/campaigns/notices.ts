import type { EcosystemId } from '../core/types.ts'
import type { Campaign } from './campaign.ts'
import { reasonsFor } from './reasons.ts'
import type { Reason } from './reasons.ts'

export type Change = 'none' | 'founded' | 'joined' | 'left' | 'merged' | 'alert' | 'grew'

/** Something to tell people of a campaign: it was declared, has grown to another size worth a word, took in another declared one, or fell apart. */
export interface Notice {
  campaign: string
  change: 'alert' | 'grew' | 'merged' | 'split'
  size: number
  reasons: readonly Reason[]
  /** The id that is an alias from now on. */
  absorbed?: string
}

/** What one sighting did. `notices` may be of other campaigns than its own. */
export interface Outcome {
  ecosystem: EcosystemId
  name: string
  /** null: tied to nothing. Most campaigns are never declared: alarms come from `notices` alone. */
  campaign: string | null
  change: Change
  size: number
  notices: readonly Notice[]
}

export const describe = (campaign: Campaign): Omit<Notice, 'change'> =>
  ({ campaign: campaign.id, size: campaign.size, reasons: reasonsFor(campaign) })
