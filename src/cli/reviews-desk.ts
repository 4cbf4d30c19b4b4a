import { ReviewAnswers } from '../api/reviews-schemas.ts'
import type { ReviewAnswer } from '../api/reviews-schemas.ts'
import { wire } from '../api/wire.ts'
import type { EcosystemId } from '../core/types.ts'
import type { ReviewDesk } from '../monitor/recheck/desk.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask of the look back at upstream, in a data folder or at a running gate. */
export interface ReviewsDesk {
  status(): Promise<ReviewAnswer<'status'>>
  list(state: 'open' | 'all'): Promise<ReviewAnswer<'list'>>
  show(id: string): Promise<ReviewAnswer<'review'>>
  close(id: string, closing: { outcome: 'malicious' | 'harmless' | 'held'; because: string }): Promise<ReviewAnswer<'closed'>>
  recheck(ecosystem: EcosystemId, name: string): Promise<ReviewAnswer<'rechecked'>>
}

const MOST = 1_000

export const localReviewsDesk = (reviews: ReviewDesk, whoami: () => string): ReviewsDesk => ({
  status: async () => wire(await reviews.status()),
  list: async (state) => wire(await reviews.list({ states: state === 'all' ? ['open', 'noted', 'closed'] : ['open'], limit: MOST })),
  show: async (id) => wire(await reviews.show(id)),
  close: async (id, closing) => wire(await reviews.close(id, { ...closing, by: whoami() })),
  recheck: async (ecosystem, name) => wire(await reviews.recheck(ecosystem, name)),
})

export const remoteReviewsDesk = (call: Call): ReviewsDesk => ({
  status: () => call(ReviewAnswers.status, 'rechecks'),
  list: (state) => call(ReviewAnswers.list, `reviews?state=${state}&limit=${MOST}`),
  show: (id) => call(ReviewAnswers.review, `reviews/${encodeURIComponent(id)}`),
  close: (id, json) => call(ReviewAnswers.closed, `reviews/${encodeURIComponent(id)}/close`, { json }),
  recheck: (ecosystem, name) => call(ReviewAnswers.rechecked, 'rechecks', { json: { ecosystem, name } }),
})
